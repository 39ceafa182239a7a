import cacheAppendSource from '../../../shaders/attention/cache-append.wgsl?raw';
import directSource from '../../../shaders/attention/cached-direct.wgsl?raw';
import splitSource from '../../../shaders/attention/cached-split.wgsl?raw';
import { defineKernel, f32, foldGrid, u32, type Kernel } from '../gpu/kernel.ts';
import type { PlanRecorder } from '../gpu/recorder.ts';
import type { Tensor } from '../gpu/tensor.ts';
import { defineCellKernels, defineDirect, kernelFor } from './attention-shaders.ts';
import { expectTensor, sizesOf } from './tensor-check.ts';

const append = defineKernel({
  name: 'cache-append',
  family: 'attention',
  sources: [cacheAppendSource],
});
const split = defineCellKernels(
  'cached-attention-split',
  { reads: ['q', 'key_cache'], writes: [] },
  [splitSource],
);
const direct = defineDirect(
  'cached-attention',
  { reads: ['q', 'key_cache', 'value_cache'], writes: ['output'] },
  directSource,
  [
    [8, 1],
    [16, 1],
    [32, 1],
    [64, 1],
  ],
);

/** `direct`: a thread per row and head, for software adapters and heads up to 64; `split`: a workgroup. */
export type CachedVariant = 'direct' | 'split';

function choose(
  recorder: PlanRecorder,
  vectors: number,
  headSize: number,
  variant: CachedVariant | undefined,
): { kernel: Kernel; grid: [number, number, number]; constants: Record<string, number> } {
  const { software, maxWorkgroupsPerDimension: limit } = recorder.traits;
  const inRegisters = kernelFor(direct, headSize);
  if (variant === 'direct' || (variant === undefined && software && inRegisters)) {
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
 * @param args k, v [N, G, headSize], keyCache, valueCache [S, capacity, G, headSize], slots, positions
 *   u32 [N], places distinct
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
  const cacheShape = [slotCount, capacity, groups, headSize];
  expectTensor(k, 'cacheAppend k', k.shape);
  expectTensor(v, 'cacheAppend v', k.shape);
  expectTensor(keyCache, 'cacheAppend keyCache', cacheShape);
  expectTensor(valueCache, 'cacheAppend valueCache', cacheShape);
  expectTensor(slots, 'cacheAppend slots', [rows], 'u32');
  expectTensor(positions, 'cacheAppend positions', [rows], 'u32');
  const width = groups * headSize;
  const elements = rows * width;
  recorder.dispatch({
    kernel: append,
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
 * (appended before) included. A row outside the cache gives zeros. The order of sums is fixed.
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
    readonly variant?: CachedVariant;
  },
): void {
  const { q, keyCache, valueCache, slots, positions, output, variant } = args;
  const [rows = 0, heads = 0, headSize = 0] = sizesOf(q, 'cachedAttention', 3);
  const [slotCount = 0, capacity = 0, groups = 0] = sizesOf(keyCache, 'cachedAttention', 4);
  if (heads % groups !== 0) {
    throw new RangeError(`cachedAttention: ${heads} heads do not share ${groups} key heads evenly`);
  }
  if (headSize % 2 !== 0 || headSize < 4 || headSize > 256) {
    throw new RangeError(`cachedAttention: head size ${headSize} is not even and in 4..256`);
  }
  const cacheShape = [slotCount, capacity, groups, headSize];
  expectTensor(q, 'cachedAttention q', q.shape);
  expectTensor(keyCache, 'cachedAttention keyCache', cacheShape);
  expectTensor(valueCache, 'cachedAttention valueCache', cacheShape);
  expectTensor(slots, 'cachedAttention slots', [rows], 'u32');
  expectTensor(positions, 'cachedAttention positions', [rows], 'u32');
  expectTensor(output, 'cachedAttention output', q.shape);
  recorder.dispatch({
    ...choose(recorder, rows * heads, headSize, variant),
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
      f32(1 / Math.sqrt(headSize)),
    ],
  });
}
