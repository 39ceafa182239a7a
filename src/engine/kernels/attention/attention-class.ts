/** What the forward and backward kernel classes of attention over packed records share. */
import { uniformWords } from '../uniforms.ts';
import type { Binding, Kernel, UniformWord } from '../../gpu/kernel.ts';
import type { Tensor } from '../../gpu/tensor.ts';
import { twoVariants, type KernelClass } from '../kernel-class.ts';
import { expectTensor, sizesOf } from '../tensor-check.ts';
import { CaseTensors, type Read } from '../kernel-case.ts';
import { kernelFor, type HeadKernels } from './head-kernels.ts';

/** `direct`: rows in a thread's registers, no barriers; `tiled`: tiles in workgroup memory. */
export type AttentionVariant = 'direct' | 'tiled';

/** The kernels of one pass. */
export type Forms = Readonly<Record<AttentionVariant, HeadKernels>>;

export interface HeadSizes {
  readonly rows: number;
  readonly heads: number;
  readonly groups: number;
  readonly headSize: number;
}

interface AttentionSizes<Kind extends string> extends HeadSizes {
  readonly kind: Kind;
}

/** The largest head size of the direct kernels: they keep a row in registers. */
const largestDirectHead = 32;

/** The names of the shaders of some passes. */
export function shadersOfForms(...forms: readonly Forms[]): string[] {
  return forms.flatMap(({ direct, tiled }) => [direct.kernels.shader, tiled.kernels.shader]);
}

/** A class of attention over packed records; `passes` says how often each pair of query and key is computed. */
export function attentionClass<Kind extends string>(
  kind: Kind,
  { passes, shaders }: { readonly passes: number; readonly shaders: readonly string[] },
  knownCase: KernelClass<AttentionSizes<Kind>, AttentionVariant>['knownCase'],
): KernelClass<AttentionSizes<Kind>, AttentionVariant> {
  return {
    kind,
    shaders,
    name: [[{ measure: 'heads', of: ({ headSize }) => headSize }]],
    // Rows are packed records, which seldom are longer than this.
    work: (sizes) => pairWork(sizes, 512, passes),
    variants: (traits, { headSize }) =>
      twoVariants(traits, { variant: 'direct', exists: headSize <= largestDirectHead }, 'tiled'),
    shape: ({ rows, heads, groups, headSize }) => ({ rows, heads, groups, headSize }),
    largestOperand: ({ rows, heads, headSize }) => rows * heads * headSize,
    checkSizes: (sizes) => {
      // Of the numbers of heads, only the heads per key head matters to a kernel.
      const shared = sizes.heads / sizes.groups;
      return { ...sizes, rows: Math.min(sizes.rows, 73), heads: 2 * shared, groups: 2 };
    },
    halved: (sizes) => (sizes.rows > 64 ? [{ ...sizes, rows: Math.ceil(sizes.rows / 2) }] : []),
    knownCase,
  };
}

/** Multiplications where records have `longest` rows, each of which attends the rows before it, `passes` times. */
function pairWork({ rows, heads, headSize }: HeadSizes, longest: number, passes: number): number {
  return passes * rows * (Math.min(rows, longest) / 2) * heads * headSize;
}

/** Longest record of a case. */
const segmentRows = 256;
/** How far the second half of a case of fewer rows looks back, so that checks include a window. */
const checkedWindow = 20;

/** The first key that a row of a case sees, and the end of the rows that see it. */
function sightOf(rows: number): {
  readonly start: (row: number) => number;
  readonly end: (row: number) => number;
} {
  if (rows >= segmentRows) {
    // Records of one length, and the remaining rows.
    const start = (row: number): number => row - (row % segmentRows);
    return { start, end: (row) => Math.min(rows, start(row) + segmentRows) };
  }
  const half = Math.ceil(rows / 2);
  return {
    start: (row) => (row < half ? 0 : Math.max(half, row + 1 - checkedWindow)),
    end: (row) => (row < half ? half : Math.min(rows, row + checkedWindow)),
  };
}

/** Queries, keys, values and records of a case, and the same for the float64 reference. */
export function caseOperands({ rows, heads, groups, headSize }: HeadSizes) {
  const tensors = new CaseTensors();
  const query = [rows, heads, headSize];
  const key = [rows, groups, headSize];
  const q = tensors.values('q', query);
  const k = tensors.values('k', key);
  const v = tensors.values('v', key);
  const { start, end } = sightOf(rows);
  const segmentStart = tensors.words('first rows', [rows], start);
  const segmentEnd = tensors.words('ends', [rows], end);
  const forReference = async (read: Read) => {
    const starts = Array.from({ length: rows }, (_, row) => start(row));
    const shape = { heads, groups, headSize, segmentStart: starts };
    return [await read(q), await read(k), await read(v), shape] as const;
  };
  return { tensors, query, key, operands: { q, k, v, segmentStart }, segmentEnd, forReference };
}

/** Threads of a workgroup of the direct kernels; each takes `rows` rows. */
const directThreads = 8;

/** @throws RangeError when the shapes disagree, or the head size is odd or outside 4..256 */
export function attentionSizes(name: string, q: Tensor, k: Tensor, v: Tensor): HeadSizes {
  const [rows = 0, heads = 0, headSize = 0] = sizesOf(q, name, 3);
  const [, groups = 0] = sizesOf(k, name, 3);
  if (heads % groups !== 0) {
    throw new RangeError(`${name}: ${heads} query heads do not share ${groups} key heads evenly`);
  }
  if (headSize % 2 !== 0 || headSize < 4 || headSize > 256) {
    throw new RangeError(`${name}: head size ${headSize} is not even and in 4..256`);
  }
  expectTensor(q, `${name} q`, q.shape);
  expectTensor(k, `${name} k`, [rows, groups, headSize]);
  expectTensor(v, `${name} v`, [rows, groups, headSize]);
  return { rows, heads, groups, headSize };
}

/** The uniform words of a dispatch that begins with this workgroup of all. */
export function uniformsOf(
  { rows, heads, groups }: HeadSizes,
  scale: number,
  firstGroup: number,
): UniformWord[] {
  const first = { first_group: firstGroup };
  return uniformWords('attention/forward-direct', { rows, heads, groups, scale, ...first });
}

export const defaultScale = ({ headSize }: HeadSizes): number => 1 / Math.sqrt(headSize);

/** A form of a kernel for some sizes. */
interface Arrangement {
  readonly forms: Forms;
  readonly variant: AttentionVariant;
  readonly sizes: HeadSizes;
  /** Heads with rows of their own in the grid: of the queries, or of keys and values. */
  readonly heads: number;
  /** How often it computes each pair of query and key. */
  readonly passes: number;
}

/** The kernel of a form, its workgroups for all rows, and its work where all of them are one record. */
export function arrange({ forms, variant, sizes, heads, passes }: Arrangement): {
  kernel: Kernel;
  groups: number;
  mostWork: number;
} {
  const { rows: allRows, headSize } = sizes;
  const { rows } = forms[variant];
  const kernel = kernelFor(forms[variant], headSize);
  if (!kernel) throw new RangeError(`No ${variant} attention for head size ${headSize}`);
  const perGroup = variant === 'direct' ? rows * directThreads : rows;
  return {
    kernel,
    groups: heads * Math.ceil(allRows / perGroup),
    mostWork: pairWork(sizes, allRows, passes),
  };
}

export const read = (tensor: Tensor): Binding => ({ tensor, access: 'read' });
export const write = (tensor: Tensor): Binding => ({ tensor, access: 'write' });
