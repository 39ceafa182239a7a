/** Appends to the key-value cache and attends over it. */
import cacheAppendSource from '../../../../shaders/attention/cache-append.wgsl?raw';
import cacheAppendHalfSource from '../../../../shaders/attention/cache-append-half.wgsl?raw';
import cellsFloatSource from '../../../../shaders/attention/cache-cells-float.wgsl?raw';
import cellsHalfSource from '../../../../shaders/attention/cache-cells-half.wgsl?raw';
import directSource from '../../../../shaders/attention/cached-direct.wgsl?raw';
import splitSource from '../../../../shaders/attention/cached-split.wgsl?raw';
import { defineKernel, f32, foldGrid, u32, type Kernel } from '../../gpu/kernel.ts';
import type { PlanRecorder } from '../../gpu/recorder.ts';
import type { Tensor } from '../../gpu/tensor.ts';
import {
  defineCellKernels,
  defineDirect,
  kernelFor,
  type CellKernels,
  type SizedKernels,
} from './attention-shaders.ts';
import { chooseVariant, type CachedVariant } from '../choices.ts';
import { expectInteger, expectTensor, sizesOf } from '../tensor-check.ts';

const append = defineKernel({
  name: 'cache-append',
  family: 'attention',
  sources: [cacheAppendSource],
});
const appendHalf = defineKernel({
  name: 'cache-append-half',
  family: 'attention',
  sources: [cacheAppendHalfSource],
});

interface CacheKernels {
  readonly split: CellKernels;
  readonly direct: readonly SizedKernels[];
}

function cacheKernels(suffix: string, cells: string, halves: readonly string[]): CacheKernels {
  return {
    split: defineCellKernels(
      `cached-attention-split${suffix}`,
      { reads: ['q', 'key_cache'], writes: [], halves },
      [cells, splitSource],
    ),
    direct: defineDirect(
      `cached-attention${suffix}`,
      { reads: ['q', 'key_cache', 'value_cache'], writes: ['output'], halves },
      directSource,
      [
        [8, 1],
        [16, 1],
        [32, 1],
        [64, 1],
      ],
      [cells],
    ),
  };
}

const floatKernels = cacheKernels('', cellsFloatSource, []);
const halfKernels = cacheKernels('-half', cellsHalfSource, ['key_cache', 'value_cache']);

/** How keys and values are cached. Float16 halves the memory and rounds both to 11 bits. */
export type CacheFormat = 'float32' | 'float16';

/** Whether heads of this size can be cached in float16. */
export function canCacheHalf(headSize: number): boolean {
  return headSize % 4 === 0;
}

/** Shape and element type of a cache tensor. */
export function cacheTensorShape(
  format: CacheFormat,
  [slots, capacity, groups, headSize]: readonly [number, number, number, number],
): { shape: readonly number[]; type: 'f32' | 'u32' } {
  return format === 'float16'
    ? { shape: [slots, capacity, groups, headSize / 2], type: 'u32' }
    : { shape: [slots, capacity, groups, headSize], type: 'f32' };
}

function arrange(
  recorder: PlanRecorder,
  { split, direct }: CacheKernels,
  variant: CachedVariant,
  vectors: number,
  headSize: number,
): { kernel: Kernel; grid: [number, number, number]; constants: Record<string, number> } {
  const limit = recorder.traits.maxWorkgroupsPerDimension;
  if (variant === 'direct') {
    const inRegisters = kernelFor(direct, headSize);
    if (!inRegisters) throw new RangeError(`No direct cached attention for head size ${headSize}`);
    const grid = foldGrid(Math.ceil(vectors / 8), limit);
    return { kernel: inRegisters.kernel, grid, constants: { HEAD_DIM: headSize } };
  }
  const lanes = headSize <= 16 ? 16 : headSize <= 32 ? 32 : 64;
  return {
    kernel: headSize % 4 === 0 ? split.vec4 : split.scalar,
    grid: foldGrid(vectors, limit),
    constants: { HEAD_DIM: headSize, LANES: lanes },
  };
}

/**
 * Puts keys and values of new rows into the cache: keyCache[slots[n], positions[n]] = k[n]. A row whose
 * slot or position lies outside the cache (0xffffffff: inactive) appends nothing.
 *
 * @param args k, v [N, G, headSize], keyCache, valueCache [S, capacity, G, headSize], or u32 with half as
 *   many words where they are float16, slots, positions u32 [N], places distinct
 * @throws RangeError when the shapes disagree
 */
export function cacheAppend(
  recorder: PlanRecorder,
  args: {
    readonly k: Tensor;
    readonly v: Tensor;
    readonly keyCache: Tensor;
    readonly valueCache: Tensor;
    readonly slots: Tensor;
    readonly positions: Tensor;
  },
): void {
  const { k, v, keyCache, valueCache, slots, positions } = args;
  const [rows = 0, groups = 0, headSize = 0] = sizesOf(k, 'cacheAppend', 3);
  const [slotCount = 0, capacity = 0] = sizesOf(keyCache, 'cacheAppend', 4);
  const format = cacheFormat(keyCache);
  expectTensor(k, 'cacheAppend k', k.shape);
  expectTensor(v, 'cacheAppend v', k.shape);
  const sizes = [slotCount, capacity, groups, headSize] as const;
  for (const cache of [keyCache, valueCache]) expectCache(cache, 'cacheAppend', format, sizes);
  expectTensor(slots, 'cacheAppend slots', [rows], 'u32');
  expectTensor(positions, 'cacheAppend positions', [rows], 'u32');
  const width = groups * headSize;
  const elements = (rows * width) / (format === 'float16' ? 2 : 1);
  recorder.dispatch({
    kernel: format === 'float16' ? appendHalf : append,
    bindings: [
      { tensor: k, access: 'read' },
      { tensor: v, access: 'read' },
      { tensor: slots, access: 'read' },
      { tensor: positions, access: 'read' },
      { tensor: keyCache, access: 'readwrite' },
      { tensor: valueCache, access: 'readwrite' },
    ],
    uniforms: [u32(elements), u32(width), u32(slotCount), u32(capacity)],
    grid: foldGrid(Math.ceil(elements / 64), recorder.traits.maxWorkgroupsPerDimension),
  });
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
export function cachedAttention(
  recorder: PlanRecorder,
  args: {
    readonly q: Tensor;
    readonly keyCache: Tensor;
    readonly valueCache: Tensor;
    readonly slots: Tensor;
    readonly positions: Tensor;
    readonly output: Tensor;
    readonly scale?: number | undefined;
    readonly window?: number | null;
    readonly variant?: CachedVariant;
  },
): void {
  const { q, keyCache, valueCache, slots, positions, output } = args;
  const [rows = 0, heads = 0, headSize = 0] = sizesOf(q, 'cachedAttention', 3);
  const [slotCount = 0, capacity = 0, groups = 0] = sizesOf(keyCache, 'cachedAttention', 4);
  if (heads % groups !== 0) {
    throw new RangeError(`cachedAttention: ${heads} heads do not share ${groups} key heads evenly`);
  }
  if (headSize % 2 !== 0 || headSize < 4 || headSize > 256) {
    throw new RangeError(`cachedAttention: head size ${headSize} is not even and in 4..256`);
  }
  const { window = null } = args;
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
  const { variant, request } = chooseVariant(
    recorder.traits,
    { kind: 'cached-attention', rows, heads, groups, headSize, capacity, half },
    args.variant,
  );
  const kernels = half ? halfKernels : floatKernels;
  recorder.dispatch({
    ...arrange(recorder, kernels, variant, rows * heads, headSize),
    request,
    bindings: [
      { tensor: q, access: 'read' },
      { tensor: keyCache, access: 'read' },
      { tensor: valueCache, access: 'read' },
      { tensor: slots, access: 'read' },
      { tensor: positions, access: 'read' },
      { tensor: output, access: 'write' },
    ],
    uniforms: [
      u32(rows),
      u32(heads),
      u32(groups),
      u32(slotCount),
      u32(capacity),
      f32(args.scale ?? 1 / Math.sqrt(headSize)),
      u32(window ?? 0xffffffff),
    ],
  });
}

function cacheFormat({ type }: Tensor): CacheFormat {
  return type === 'u32' ? 'float16' : 'float32';
}

function expectCache(
  cache: Tensor,
  kernel: string,
  format: CacheFormat,
  sizes: readonly [number, number, number, number],
): void {
  const { shape, type } = cacheTensorShape(format, sizes);
  expectTensor(cache, `${kernel} ${cache.label}`, shape, type);
}
