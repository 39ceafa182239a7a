/** The key-value cache: its formats, and how new rows are written to it. */
import { uniformWords } from '../uniforms.ts';
import { shaderKernels } from '../shaders.ts';
import { foldGrid } from '../../gpu/kernel.ts';
import type { PlanRecorder } from '../../gpu/recorder.ts';
import { bytesPerElement, spanOf, type Tensor } from '../../gpu/tensor.ts';
import { optionalBinding } from '../linear/linear-matrix.ts';
import { expectTensor, sizesOf } from '../tensor-check.ts';
import type { RotaryAngles } from './rotary.ts';

const kernels = shaderKernels('rotary', 'attention/cache/new-rows');

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

/** New rows before their rotation: query [N, H, headSize], key, value [N, G, headSize], in one buffer. */
interface NewHeads {
  readonly query: Tensor;
  readonly key: Tensor;
  readonly value: Tensor;
}

interface RotateToCache {
  readonly heads: NewHeads;
  readonly angles: RotaryAngles;
  /** RMSNorm of each query and key before the rotation: weights [headSize] each, in one buffer. */
  readonly norm: { readonly query: Tensor; readonly key: Tensor; readonly epsilon: number } | null;
  readonly keyCache: Tensor;
  readonly valueCache: Tensor;
  readonly slots: Tensor;
}

/**
 * Rotates new queries in place, as `rotate` does, and puts the rotated keys and the values of the same rows into
 * the cache: keyCache[slots[n], positions[n]] = k[n]. A row whose slot or position lies outside the cache
 * (0xffffffff: inactive) puts nothing there.
 *
 * @param args keyCache, valueCache [S, capacity, G, headSize], or u32 with half as many words where they are
 *   float16; slots u32 [N], with the positions distinct places
 * @throws RangeError when the shapes disagree, or tensors do not share their buffer
 */
export function rotateToCache(recorder: PlanRecorder, args: RotateToCache): void {
  const { heads: rows, angles, norm, keyCache, valueCache, slots } = args;
  const { maxBindingBytes, maxWorkgroupsPerDimension } = recorder.traits;
  const sizes = checkedSizes(args);
  const x = together([rows.query, rows.key, rows.value], maxBindingBytes);
  const norms = norm ? together([norm.query, norm.key], maxBindingBytes) : null;
  const perWord = cacheFormat(keyCache) === 'float16' ? 2 : 1;
  const words = sizes.half / perWord;
  // The norm of a head is one thread's.
  const span = norm ? words : 1;
  const threads = sizes.rows * (sizes.heads + 2 * sizes.groups) * (words / span);
  const kernel = kernels({ CACHE: perWord === 2 ? 'half' : 'float' });
  recorder.dispatch({
    kernel,
    constants: { NORMED: norm ? 1 : 0 },
    bindings: [
      { tensor: x.all, access: 'readwrite' },
      optionalBinding(norms?.all, angles.cosine),
      { tensor: slots, access: 'read' },
      { tensor: angles.positions, access: 'read' },
      { tensor: angles.cosine, access: 'read' },
      { tensor: angles.sine, access: 'read' },
      { tensor: keyCache, access: 'readwrite' },
      { tensor: valueCache, access: 'readwrite' },
    ],
    uniforms: uniformWords('attention/cache/new-rows', {
      ...sizes,
      span,
      query: x.startOf(rows.query),
      key: x.startOf(rows.key),
      value: x.startOf(rows.value),
      query_norm: norm && norms ? norms.startOf(norm.query) : 0,
      key_norm: norm && norms ? norms.startOf(norm.key) : 0,
      epsilon: norm?.epsilon ?? 0,
    }),
    grid: foldGrid(Math.ceil(threads / 64), maxWorkgroupsPerDimension),
  });
}

/** Tensors of one buffer as one binding, and the element at which each begins. */
function together(
  tensors: readonly Tensor[],
  maxBytes: number,
): { readonly all: Tensor; readonly startOf: (tensor: Tensor) => number } {
  const all = spanOf(tensors, maxBytes);
  if (!all) {
    const names = tensors.map(({ label }) => label).join(', ');
    throw new RangeError(`rotateToCache: ${names} are not in one binding`);
  }
  return { all, startOf: ({ offset }) => (offset - all.offset) / bytesPerElement };
}

/** @throws RangeError as `rotateToCache` */
function checkedSizes({ heads: x, angles, norm, keyCache, valueCache, slots }: RotateToCache) {
  const name = 'rotateToCache';
  const [rows = 0, heads = 0, headSize = 0] = sizesOf(x.query, name, 3);
  const [slotCount = 0, capacity = 0, groups = 0] = sizesOf(keyCache, name, 4);
  const format = cacheFormat(keyCache);
  if (headSize % (format === 'float16' ? 4 : 2) !== 0) {
    throw new RangeError(`${name}: heads of ${headSize} in ${format}`);
  }
  const half = headSize / 2;
  const [count = 0] = sizesOf(angles.cosine, name, 2);
  expectTensor(x.query, `${name} query`, x.query.shape);
  for (const tensor of [x.key, x.value]) expectTensor(tensor, name, [rows, groups, headSize]);
  for (const cache of [keyCache, valueCache]) {
    expectCache(cache, name, format, [slotCount, capacity, groups, headSize]);
  }
  for (const places of [slots, angles.positions]) expectTensor(places, name, [rows], 'u32');
  for (const table of [angles.cosine, angles.sine]) expectTensor(table, name, [count, half]);
  if (norm) for (const weight of [norm.query, norm.key]) expectTensor(weight, name, [headSize]);
  return { rows, heads, groups, half, count, slots: slotCount, capacity };
}
