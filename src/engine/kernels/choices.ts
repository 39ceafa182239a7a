/** Kernel classes, the variants a device can run for them, and which is used. */
import type { DeviceTraits, KernelRequest } from '../gpu/kernel.ts';
import {
  canBroadcast,
  chooseProduct,
  fitsDevice,
  productTile,
  tiledVariants,
  type ProductVariant,
} from './linear/linear-kernels.ts';
import {
  chooseVector,
  hasVectorSubgroups,
  mostVectorRows,
  type VectorVariant,
} from './linear/matrix-vector.ts';
import type { WeightReader } from './linear/weight-formats.ts';

/**
 * Every place where one computation has several kernels: the classes, the variants that a device can run
 * for them, and which one is used. A plan is recorded with the choices in its device's traits, so that one
 * recorded without a device follows them too.
 */

/** Rows × columns of the result, and the length of the sums. */
export interface ProductSizes {
  readonly kind: 'forward' | 'input' | 'weight';
  readonly reader: WeightReader;
  readonly rows: number;
  readonly columns: number;
  readonly inner: number;
  /** Every matrix may be read in whole vectors of four. */
  readonly aligned: boolean;
}

export interface AttentionSizes {
  readonly kind: 'attention-forward' | 'attention-backward';
  readonly rows: number;
  readonly heads: number;
  readonly groups: number;
  readonly headSize: number;
}

export interface CachedAttentionSizes {
  readonly kind: 'cached-attention';
  readonly rows: number;
  readonly heads: number;
  readonly groups: number;
  readonly headSize: number;
  readonly capacity: number;
  readonly half: boolean;
}

export interface NormSizes {
  readonly kind: 'norm-forward' | 'norm-backward';
  readonly rows: number;
  readonly columns: number;
}

export type KernelSizes = ProductSizes | AttentionSizes | CachedAttentionSizes | NormSizes;

/** `direct`: rows in a thread's registers, no barriers; `tiled`: tiles in workgroup memory. */
export type AttentionVariant = 'direct' | 'tiled';
/** `direct`: a thread per row and head; `split`: a workgroup. */
export type CachedVariant = 'direct' | 'split';
/** `rows`: a thread per row; `groups`: a workgroup per row. */
export type NormVariant = 'rows' | 'groups';

/** The variants of each kind of computation. */
interface Variants {
  readonly forward: ProductVariant | VectorVariant;
  readonly input: ProductVariant;
  readonly weight: ProductVariant;
  readonly 'attention-forward': AttentionVariant;
  readonly 'attention-backward': AttentionVariant;
  readonly 'cached-attention': CachedVariant;
  readonly 'norm-forward': NormVariant;
  readonly 'norm-backward': NormVariant;
}
type VariantOf<S extends KernelSizes> = Variants[S['kind']];

/** The largest heads that the direct attention kernels are made for: they keep a row in registers. */
export const largestDirectHead = 32;
export const largestDirectCachedHead = 64;

const rowBounds: readonly number[] = [1, 8, 64, 512];
const widthBounds: readonly number[] = [64, 1024];
const normBounds: readonly number[] = [8, 64, 512];

/** The least bound that holds a size; `x` beyond the last. */
function bucket(size: number, bounds: readonly number[]): string {
  return String(bounds.find((limit) => size <= limit) ?? 'x');
}

/** The name under which a table of choices holds the kernel for these sizes. */
export function kernelClass(sizes: KernelSizes): string {
  switch (sizes.kind) {
    case 'forward':
    case 'input':
    case 'weight': {
      const { kind, reader, rows, columns, inner, aligned } = sizes;
      const shape = [
        bucket(rows, rowBounds),
        bucket(columns, widthBounds),
        bucket(inner, widthBounds),
      ];
      return `${kind}.${reader}.${shape.join('-')}.${aligned ? 'vec4' : 'scalar'}`;
    }
    case 'attention-forward':
    case 'attention-backward':
      return `${sizes.kind}.${sizes.headSize}`;
    case 'cached-attention':
      return `${sizes.kind}.${sizes.headSize}.${sizes.half ? 'f16' : 'f32'}`;
    case 'norm-forward':
    case 'norm-backward':
      return `${sizes.kind}.${bucket(sizes.rows, normBounds)}`;
  }
}

/** Multiplications, roughly. */
export function workOf(sizes: KernelSizes): number {
  switch (sizes.kind) {
    case 'forward':
    case 'input':
    case 'weight':
      return sizes.rows * sizes.columns * sizes.inner;
    case 'attention-forward':
    case 'attention-backward': {
      // Rows are packed records, seldom longer than this, and attend what is before them.
      const keys = Math.min(sizes.rows, 512) / 2;
      const passes = sizes.kind === 'attention-forward' ? 2 : 5;
      return passes * sizes.rows * keys * sizes.heads * sizes.headSize;
    }
    case 'cached-attention':
      return 2 * sizes.rows * sizes.capacity * sizes.heads * sizes.headSize;
    case 'norm-forward':
    case 'norm-backward':
      return 2 * sizes.rows * sizes.columns;
  }
}

/** Every variant that a device can run for these sizes, the default first. */
export function runnableVariants(traits: DeviceTraits, sizes: KernelSizes): readonly string[] {
  switch (sizes.kind) {
    case 'forward':
    case 'input':
    case 'weight':
      return productVariants(traits, sizes);
    case 'attention-forward':
    case 'attention-backward':
      return twoVariants(traits.software, sizes.headSize <= largestDirectHead, 'direct', 'tiled');
    case 'cached-attention': {
      const fits = sizes.headSize <= largestDirectCachedHead;
      return twoVariants(traits.software, fits, 'direct', 'split');
    }
    case 'norm-forward':
    case 'norm-backward':
      return twoVariants(traits.software, true, 'rows', 'groups');
  }
}

/** Those of the runnable variants that may be the fastest; the default first. */
export function candidateVariants(traits: DeviceTraits, sizes: KernelSizes): readonly string[] {
  const [standard, ...others] = runnableVariants(traits, sizes);
  const worthwhile = others.filter((variant) => {
    const isProduct = sizes.kind === 'forward' || sizes.kind === 'input' || sizes.kind === 'weight';
    return !isProduct || isWorthTiming(sizes, variant as ProductVariant | VectorVariant);
  });
  return standard === undefined ? [] : [standard, ...worthwhile];
}

/** A form for CPU adapters, where it exists, and one for GPUs. */
function twoVariants(software: boolean, exists: boolean, cpu: string, gpu: string): string[] {
  if (!exists) return [gpu];
  return software ? [cpu, gpu] : [gpu, cpu];
}

function productVariants(traits: DeviceTraits, sizes: ProductSizes): string[] {
  const { kind, rows } = sizes;
  const found = new Set<ProductVariant | VectorVariant>();
  if (kind === 'forward') {
    const vector = chooseVector(traits, rows);
    if (vector) found.add(vector);
  }
  found.add(chooseProduct(traits));
  if (kind === 'forward' && rows <= mostVectorRows) {
    found.add('vector-workgroup');
    if (hasVectorSubgroups(traits)) found.add('vector-subgroup');
  }
  for (const variant of tiledVariants) {
    // Weight gradients are split by a rule of their own.
    const isDouble = kind === 'weight' && variant.startsWith('split');
    if (!isDouble && fitsDevice(traits, variant)) found.add(variant);
  }
  found.add('direct');
  if (canBroadcast(traits)) found.add('broadcast');
  return [...found];
}

/** Whether a tile is no larger than the result by more than half, and a split one does split. */
function isWorthTiming(sizes: ProductSizes, variant: ProductVariant | VectorVariant): boolean {
  if (isVector(variant)) return true;
  const tile = productTile(variant);
  if (!tile) return true;
  const { rows, columns, inner } = sizes;
  // The least tiles serve whatever is smaller.
  const fits = (size: number, extent: number): boolean => extent <= 64 || size > extent / 2;
  if (!fits(rows, tile.rows) || !fits(columns, tile.columns)) return false;
  // Of a few rows a larger tile would be nearly empty.
  if (rows <= mostVectorRows && tile.rows > 32) return false;
  return !variant.startsWith('split') || (productSplits(sizes, tile) > 1 && inner > 64);
}

export function isVector(variant: ProductVariant | VectorVariant): variant is VectorVariant {
  return variant === 'vector-subgroup' || variant === 'vector-workgroup';
}

/** Workgroups that keep a large GPU busy, and sums that are worth a part of their own. */
const wantedWorkgroups = 256;
const leastSplitInner = 64;
const mostSplits = 16;

/** Into how many parts the sums of a forward product or an input gradient are split: a power of two. */
export function productSplits(
  { rows, columns, inner }: Pick<ProductSizes, 'rows' | 'columns' | 'inner'>,
  tile: { readonly rows: number; readonly columns: number },
): number {
  const workgroups = Math.ceil(rows / tile.rows) * Math.ceil(columns / tile.columns);
  const wanted = Math.min(wantedWorkgroups / workgroups, inner / leastSplitInner, mostSplits);
  return wanted < 2 ? 1 : 2 ** Math.floor(Math.log2(wanted));
}

/**
 * The variant for these sizes, and what a dispatch says of it: that which is asked for, else the one in the
 * device's table where it can run there, else the default.
 */
export function chooseVariant<S extends KernelSizes>(
  traits: DeviceTraits,
  sizes: S,
  asked?: VariantOf<S>,
): { readonly variant: VariantOf<S>; readonly request: KernelRequest } {
  const name = kernelClass(sizes);
  const runnable = runnableVariants(traits, sizes);
  const wanted = traits.choices?.[name];
  const usable = wanted !== undefined && runnable.includes(wanted) ? wanted : runnable[0];
  const variant = asked ?? usable;
  if (variant === undefined) throw new RangeError(`No kernel for ${name}`);
  return {
    // What is runnable for a kind is a variant of that kind.
    variant: variant as VariantOf<S>,
    request: { kernelClass: name, variant, work: workOf(sizes), sizes: { ...sizes } },
  };
}
