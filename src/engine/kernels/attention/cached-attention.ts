/** Attention of new rows over a key-value cache. */
import { uniformWords } from '../uniforms.ts';
import { foldGrid, type Kernel } from '../../gpu/kernel.ts';
import type { PlanRecorder } from '../../gpu/recorder.ts';
import { asMatrix, type Tensor } from '../../gpu/tensor.ts';
import { chooseVariant, twoVariants, type KernelClass } from '../kernel-class.ts';
import { expectInteger, expectTensor, sizesOf } from '../tensor-check.ts';
import { CaseTensors, type KernelCase } from '../kernel-case.ts';
import { cellsOf, directHeads, kernelFor } from './head-kernels.ts';
import { shaderKernels } from '../shaders.ts';
import * as reference from './attention.reference.ts';
import { cacheFormat, cacheTensorShape, canCacheHalf, expectCache } from './key-value-cache.ts';

const split = shaderKernels('attention', 'attention/cached-split');
const join = shaderKernels('attention', 'attention/cache/join-slices');
const direct = directHeads('attention/cached-direct', [2, 4, 8, 16]);

/**
 * - `direct`: a thread per row and head
 * - `split`: a workgroup per row and head
 * - `slices`: several workgroups per row and head, each over a slice of the keys, joined in a second dispatch
 */
type CachedVariant = 'direct' | 'split' | 'slices';

interface CachedAttentionSizes {
  readonly kind: 'cached-attention';
  readonly rows: number;
  readonly heads: number;
  readonly groups: number;
  readonly headSize: number;
  /** Keys that a row attends at most. */
  readonly capacity: number;
  readonly half: boolean;
}

/** The largest head size of the direct kernels: they keep a row in registers. */
const largestDirectHead = 64;

export const cachedAttentionClass: KernelClass<CachedAttentionSizes, CachedVariant> = {
  kind: 'cached-attention',
  shaders: [direct.kernels.shader, split.shader, join.shader],
  name: [
    [{ measure: 'heads', of: ({ headSize }) => headSize }],
    [{ measure: 'cache', of: ({ half }) => (half ? 'f16' : 'f32') }],
    [{ measure: null, of: (sizes) => (worthSlices(sizes) > 1 ? 'slices' : 'whole') }],
  ],
  work: ({ rows, capacity, heads, headSize }) => 2 * rows * capacity * heads * headSize,
  variants: (traits, sizes) => {
    const cpu = { variant: 'direct', exists: sizes.headSize <= largestDirectHead } as const;
    const whole = twoVariants(traits, cpu, 'split');
    if (worthSlices(sizes) === 1) return whole;
    return traits.software ? [...whole, 'slices'] : ['slices', ...whole];
  },
  shape: ({ rows, capacity, heads, groups, headSize }) => {
    return { rows, capacity, heads, groups, headSize };
  },
  largestOperand: ({ rows, capacity, groups, headSize }) =>
    Math.min(rows, mostCaseSlots) * capacity * groups * headSize,
  checkSizes: (sizes) => {
    // Of the numbers of heads, only the heads per key head matters to a kernel.
    const shared = sizes.heads / sizes.groups;
    const rows = Math.min(sizes.rows, 5);
    return {
      ...sizes,
      rows,
      heads: shared,
      groups: 1,
      capacity: Math.min(sizes.capacity, checkedCapacity),
    };
  },
  halved: (sizes) =>
    sizes.capacity > 64 ? [{ ...sizes, capacity: Math.ceil(sizes.capacity / 2) }] : [],
  knownCase: cachedCase,
};

/** Workgroups that keep a large GPU busy, the keys worth a slice of their own, and the most slices. */
const wantedWorkgroups = 256;
const leastSliceKeys = 128;
const mostSlices = 16;

/** Into how many slices of keys these sizes are worth cutting: the cache is long and workgroups are few. */
function worthSlices({ rows, heads, capacity }: CachedAttentionSizes): number {
  const wanted = Math.min(wantedWorkgroups / (rows * heads), capacity / leastSliceKeys, mostSlices);
  return Math.max(1, Math.floor(wanted));
}

/** Sequences that the rows of a case belong to. */
const mostCaseSlots = 4;

/** Caches of at most this many positions are attended a second time over a window of half of them. */
const checkedCapacity = 100;

function cachedCase(sizes: CachedAttentionSizes): KernelCase<CachedVariant> {
  const { rows, heads, groups, headSize, capacity, half } = sizes;
  const tensors = new CaseTensors();
  const slotCount = Math.min(rows, mostCaseSlots);
  const format = half ? 'float16' : 'float32';
  const { shape } = cacheTensorShape(format, [slotCount, capacity, groups, headSize]);
  // Two float16 to a word: any signs and mantissas, exponents near that of 1.
  const cache = (label: string): Tensor =>
    half ? tensors.words(label, shape, halfWord) : tensors.values(label, shape);
  const q = tensors.values('q', [rows, heads, headSize]);
  const keyCache = cache('keys');
  const valueCache = cache('values');
  const slots = tensors.words('slots', [rows], (row) => row % slotCount);
  const position = (row: number): number => capacity - 1 - (row % Math.ceil(capacity / 4));
  const positions = tensors.words('positions', [rows], position);
  const windows = capacity <= checkedCapacity ? [null, Math.ceil(capacity / 2)] : [null];
  const outputs = windows.map((window) => {
    const label = window === null ? 'output' : 'output of a window';
    return { window, output: tensors.result(label, [rows, heads, headSize]) };
  });
  return {
    tensors,
    prepare: null,
    record: (r, variant) => {
      const operands = { q, keyCache, valueCache, slots, positions };
      for (const own of outputs) cachedAttention(r, { ...operands, ...own, variant });
    },
    results: outputs.map(({ output }) => asMatrix(output)),
    expected: async (read) => {
      const rowsOf = (value: (row: number) => number): number[] =>
        Array.from({ length: rows }, (_, row) => value(row));
      const cacheValues = async (tensor: Tensor): Promise<Float64Array> =>
        half ? halves(slotCount * capacity * groups * headSize) : read(tensor);
      const values = [
        await read(q),
        await cacheValues(keyCache),
        await cacheValues(valueCache),
      ] as const;
      const places = { slots: rowsOf((row) => row % slotCount), positions: rowsOf(position) };
      const sizesOfCase = { heads, groups, headSize, slotCount, capacity, ...places };
      return windows.map((window) =>
        reference.cachedAttention(...values, { ...sizesOfCase, window: window ?? undefined }),
      );
    },
  };
}

/** Two float16 of exponent 0, their mantissas from the index. */
const halfWord = (index: number): number =>
  0x3c003c00 | (Math.imul(index, 0x9e3779b9) & 0x83ff83ff);

/** The same as numbers. */
function halves(count: number): Float64Array {
  return Float64Array.from({ length: count }, (_, index) => {
    const word = halfWord(index >> 1) >>> (16 * (index & 1));
    const value = 1 + (word & 0x3ff) / 1024;
    return word & 0x8000 ? -value : value;
  });
}

function arrange(
  recorder: PlanRecorder,
  variant: CachedVariant,
  slices: number,
  { rows, heads, headSize, half }: CachedAttentionSizes,
): { kernel: Kernel; grid: [number, number, number]; constants: Record<string, number> } {
  const vectors = rows * heads;
  const CACHE = half ? 'half' : 'float';
  const limit = recorder.traits.maxWorkgroupsPerDimension;
  if (variant === 'direct') {
    const kernel = kernelFor(direct, headSize, { CACHE });
    if (!kernel) throw new RangeError(`No direct cached attention for head size ${headSize}`);
    const grid = foldGrid(Math.ceil(vectors / 8), limit);
    return { kernel, grid, constants: { HEAD_DIM: headSize } };
  }
  const lanes = headSize <= 16 ? 16 : headSize <= 32 ? 32 : 64;
  const [x, y] = foldGrid(vectors, limit);
  return {
    kernel: split({ CACHE, ...cellsOf(headSize) }),
    grid: [x, y, slices],
    constants: { HEAD_DIM: headSize, LANES: lanes },
  };
}

interface CachedAttention {
  readonly q: Tensor;
  readonly keyCache: Tensor;
  readonly valueCache: Tensor;
  readonly slots: Tensor;
  readonly positions: Tensor;
  readonly output: Tensor;
  readonly scale?: number | undefined;
  readonly window?: number | null;
  readonly variant?: CachedVariant;
}

/**
 * Attention of new rows over the cache: row n attends the keys 0 … positions[n] of slot slots[n], its own
 * (appended before) included, or the last `window` of them. Scores are multiplied by `scale`, which is
 * 1 / √headSize unless given. A row outside the cache gives zeros. The order of sums is fixed.
 *
 * @param args q, output [N, H, headSize], keyCache, valueCache [S, capacity, G, headSize] with G dividing
 *   H, slots, positions u32 [N]
 * @throws RangeError when the shapes disagree, or headSize is odd or outside 4..256
 */
export function cachedAttention(recorder: PlanRecorder, args: CachedAttention): void {
  const { q, keyCache, valueCache, slots, positions, output, window = null } = args;
  const sizes = checkedSizes(args);
  const { rows, heads, groups, headSize } = sizes;
  const [slotCount = 0, capacity = 0] = keyCache.shape;
  const { traits } = recorder;
  const { variant, request } = chooseVariant(cachedAttentionClass, traits, sizes, args.variant);
  // A variant that was asked for slices whatever it gains.
  const slices = variant === 'slices' ? Math.max(2, worthSlices(sizes)) : 1;
  const shape = {
    ...{ rows, heads, groups, capacity },
    slots: slotCount,
    scale: args.scale ?? 1 / Math.sqrt(headSize),
    window: window ?? 0xffffffff,
  };
  const parts = recorder.scratch('slices', [slices, rows, heads, headSize + 2]);
  recorder.dispatch({
    ...arrange(recorder, variant, slices, sizes),
    request,
    bindings: [
      { tensor: q, access: 'read' },
      { tensor: keyCache, access: 'read' },
      { tensor: valueCache, access: 'read' },
      { tensor: slots, access: 'read' },
      { tensor: positions, access: 'read' },
      { tensor: slices > 1 ? parts : output, access: 'write' },
    ],
    uniforms:
      variant === 'direct'
        ? uniformWords('attention/cached-direct', shape)
        : uniformWords('attention/cached-split', { ...shape, slices }),
  });
  if (slices > 1) joinSlices(recorder, parts, output, slices);
}

/** output [N, H, headSize] from its slices [slices, N, H, headSize + 2]. */
function joinSlices(recorder: PlanRecorder, parts: Tensor, output: Tensor, slices: number): void {
  const [rows = 0, heads = 0, size = 0] = output.shape;
  const vectors = rows * heads;
  recorder.dispatch({
    kernel: join(),
    bindings: [
      { tensor: parts, access: 'read' },
      { tensor: output, access: 'write' },
    ],
    uniforms: uniformWords('attention/cache/join-slices', { vectors, size, slices }),
    grid: foldGrid(Math.ceil((vectors * size) / 64), recorder.traits.maxWorkgroupsPerDimension),
  });
}

/** @throws RangeError as `cachedAttention` */
function checkedSizes(args: CachedAttention): CachedAttentionSizes {
  const { q, keyCache, valueCache, slots, positions, output, window = null } = args;
  const [rows = 0, heads = 0, headSize = 0] = sizesOf(q, 'cachedAttention', 3);
  const [slotCount = 0, capacity = 0, groups = 0] = sizesOf(keyCache, 'cachedAttention', 4);
  if (heads % groups !== 0) {
    throw new RangeError(`cachedAttention: ${heads} heads do not share ${groups} key heads evenly`);
  }
  if (headSize % 2 !== 0 || headSize < 4 || headSize > 256) {
    throw new RangeError(`cachedAttention: head size ${headSize} is not even and in 4..256`);
  }
  if (window !== null) expectInteger(window, 'cachedAttention window', 1, 2 ** 31);
  const format = cacheFormat(keyCache);
  if (format === 'float16' && !canCacheHalf(headSize)) {
    throw new RangeError(`cachedAttention: heads of ${headSize} cannot be cached in float16`);
  }
  expectTensor(q, 'cachedAttention q', q.shape);
  const sizes = [slotCount, capacity, groups, headSize] as const;
  for (const cache of [keyCache, valueCache]) expectCache(cache, 'cachedAttention', format, sizes);
  expectTensor(slots, 'cachedAttention slots', [rows], 'u32');
  expectTensor(positions, 'cachedAttention positions', [rows], 'u32');
  expectTensor(output, 'cachedAttention output', q.shape);
  const half = format === 'float16';
  const keys = Math.min(capacity, window ?? capacity);
  return { kind: 'cached-attention', rows, heads, groups, headSize, capacity: keys, half };
}
