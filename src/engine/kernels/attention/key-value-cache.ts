/** The key-value cache: its formats, and how new rows are written to it. */
import { uniformWords } from '../uniforms.ts';
import { shaderKernels } from '../shaders.ts';
import { foldGrid } from '../../gpu/kernel.ts';
import type { PlanRecorder } from '../../gpu/recorder.ts';
import type { Tensor } from '../../gpu/tensor.ts';
import { expectTensor, sizesOf } from '../tensor-check.ts';

const append = shaderKernels('attention', 'attention/cache-append');
const appendHalf = shaderKernels('attention', 'attention/cache-append-half');

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

/** The format of a cache tensor. */
export function cacheFormat({ type }: Tensor): CacheFormat {
  return type === 'u32' ? 'float16' : 'float32';
}

/** @throws RangeError when a cache is not of these sizes */
export function expectCache(
  cache: Tensor,
  kernel: string,
  format: CacheFormat,
  sizes: readonly [number, number, number, number],
): void {
  const { shape, type } = cacheTensorShape(format, sizes);
  expectTensor(cache, `${kernel} ${cache.label}`, shape, type);
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
  const shape = { width, slots: slotCount, capacity };
  recorder.dispatch({
    kernel: format === 'float16' ? appendHalf() : append(),
    bindings: [
      { tensor: k, access: 'read' },
      { tensor: v, access: 'read' },
      { tensor: slots, access: 'read' },
      { tensor: positions, access: 'read' },
      { tensor: keyCache, access: 'readwrite' },
      { tensor: valueCache, access: 'readwrite' },
    ],
    uniforms:
      format === 'float16'
        ? uniformWords('attention/cache-append-half', { words: elements, ...shape })
        : uniformWords('attention/cache-append', { elements, ...shape }),
    grid: foldGrid(Math.ceil(elements / 64), recorder.traits.maxWorkgroupsPerDimension),
  });
}
