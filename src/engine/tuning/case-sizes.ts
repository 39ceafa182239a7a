/** The sizes at which a class is checked and timed, made from those at which a model needs it. */
import type { DeviceTraits } from '../gpu/kernel.ts';
import { kernelClass, workOf, type KernelSizes, type ProductSizes } from '../kernels/choices.ts';
import { formatGroup, type WeightReader } from '../kernels/linear/weight-formats.ts';

/** What the columns of a product's frozen weights are whole multiples of. */
function groupOf(reader: WeightReader): number {
  return formatGroup(reader === 'f16-native' ? 'f16' : reader);
}

const least = (size: number, wanted: number, multiple: number): number =>
  Math.min(size, Math.ceil(wanted / multiple) * multiple);

/**
 * Small sizes with remainders in every direction, which the same pipelines compute: float64 loops check them
 * in milliseconds.
 */
export function checkSizes(sizes: KernelSizes): KernelSizes {
  switch (sizes.kind) {
    case 'forward':
    case 'input':
    case 'weight': {
      const { kind, reader, rows, columns, inner, aligned } = sizes;
      const group = groupOf(reader);
      const vector = aligned ? 4 : 1;
      return {
        ...sizes,
        rows: least(rows, 133, kind === 'weight' ? vector : 1),
        columns: least(columns, 140, kind === 'input' ? Math.max(vector, group) : vector),
        inner: least(inner, 264, kind === 'forward' ? Math.max(vector, group) : vector),
      };
    }
    case 'attention-forward':
    case 'attention-backward': {
      // The heads that share keys are what a kernel sees of the numbers of heads.
      const shared = sizes.heads / sizes.groups;
      return { ...sizes, rows: Math.min(sizes.rows, 75), heads: 2 * shared, groups: 2 };
    }
    case 'cached-attention': {
      const shared = sizes.heads / sizes.groups;
      const rows = Math.min(sizes.rows, 5);
      return { ...sizes, rows, heads: shared, groups: 1, capacity: Math.min(sizes.capacity, 100) };
    }
    case 'norm-forward':
    case 'norm-backward':
      return { ...sizes, rows: Math.min(sizes.rows, 37) };
  }
}

/** The most multiplications and elements of an operand that one run takes: a few milliseconds at most. */
const mostWork = { software: 2 ** 25, hardware: 2 ** 31 };
const mostElements = 2 ** 23;

/** Sizes of the same class that are quick enough to be repeated. */
export function timingSizes(sizes: KernelSizes, traits: DeviceTraits): KernelSizes {
  const limit = traits.software ? mostWork.software : mostWork.hardware;
  let found = sizes;
  for (;;) {
    const smaller = isLarge(found, limit) ? halved(found) : null;
    if (!smaller) return found;
    found = smaller;
  }
}

function isLarge(sizes: KernelSizes, limit: number): boolean {
  return workOf(sizes) > limit || largestOperand(sizes) > mostElements;
}

function largestOperand(sizes: KernelSizes): number {
  switch (sizes.kind) {
    case 'forward':
    case 'input':
    case 'weight': {
      const { rows, columns, inner } = sizes;
      return Math.max(rows * columns, rows * inner, columns * inner);
    }
    case 'attention-forward':
    case 'attention-backward':
      return sizes.rows * sizes.heads * sizes.headSize;
    case 'cached-attention':
      return Math.min(sizes.rows, 4) * sizes.capacity * sizes.groups * sizes.headSize;
    case 'norm-forward':
    case 'norm-backward':
      return sizes.rows * sizes.columns;
  }
}

/** About half the work in the same class, or null where nothing can be halved. */
function halved(sizes: KernelSizes): KernelSizes | null {
  const name = kernelClass(sizes);
  const smaller = (): KernelSizes[] => {
    switch (sizes.kind) {
      case 'forward':
      case 'input':
      case 'weight':
        return halvedProducts(sizes);
      case 'attention-forward':
      case 'attention-backward':
      case 'norm-forward':
      case 'norm-backward':
        return sizes.rows > 64 ? [{ ...sizes, rows: Math.ceil(sizes.rows / 2) }] : [];
      case 'cached-attention':
        return sizes.capacity > 64 ? [{ ...sizes, capacity: Math.ceil(sizes.capacity / 2) }] : [];
    }
  };
  return smaller().find((candidate) => kernelClass(candidate) === name) ?? null;
}

/** Each dimension halved, the largest first, in whole groups of the weights. */
function halvedProducts(sizes: ProductSizes): KernelSizes[] {
  const multiple = Math.max(4, groupOf(sizes.reader));
  return (['rows', 'columns', 'inner'] as const)
    .filter((name) => sizes[name] > 2 * multiple)
    .sort((a, b) => sizes[b] - sizes[a])
    .map((name) => ({ ...sizes, [name]: Math.ceil(sizes[name] / 2 / multiple) * multiple }));
}
