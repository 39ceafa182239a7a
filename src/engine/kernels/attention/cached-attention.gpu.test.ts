import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { KernelBench, openTestDevice } from '../../../../test/gpu/kernel-bench.ts';
import { randomValues, relativeL2 } from '../../testing/numbers.ts';
import type { Gpu } from '../../gpu/device.ts';
import { float16ToFloat32, narrowFloat16Array } from '../../../formats/weights/float-bits.ts';
import { cachedAttention } from './cached-attention.ts';
import { cacheTensorShape, type CacheFormat } from './key-value-cache.ts';
import * as reference from './attention.reference.ts';

let gpu: Gpu;
beforeAll(async () => {
  gpu = await openTestDevice();
});
afterAll(() => gpu.close());

const inactive = 0xffffffff;

interface Case {
  readonly heads: number;
  readonly groups: number;
  readonly headSize: number;
  readonly capacity: number;
  readonly slots: readonly number[];
  readonly positions: readonly number[];
  readonly options?: { readonly window: number; readonly scale: number };
}

const both: readonly Case[] = [
  { heads: 1, groups: 1, headSize: 4, capacity: 3, slots: [0], positions: [0] },
  { heads: 4, groups: 2, headSize: 10, capacity: 70, slots: [1, 0, 1], positions: [63, 64, 65] },
  { heads: 2, groups: 2, headSize: 32, capacity: 200, slots: [2, 0], positions: [199, 128] },
  { heads: 3, groups: 1, headSize: 64, capacity: 130, slots: [0, 1], positions: [62, 129] },
  ...[1, 63, 64, 65].map((window) => ({
    ...{ heads: 4, groups: 2, headSize: 12, capacity: 140, options: { window, scale: 0.17 } },
    ...{ slots: [0, 2, 1], positions: [3, 64, 139] },
  })),
];
const large: readonly Case[] = [
  { heads: 2, groups: 1, headSize: 130, capacity: 66, slots: [0], positions: [65] },
  { heads: 1, groups: 1, headSize: 256, capacity: 65, slots: [1], positions: [64] },
];

/** Long enough for several slices of several tiles, some of them empty. */
const long: readonly Case[] = [
  { heads: 2, groups: 1, headSize: 12, capacity: 700, slots: [0, 1, 2], positions: [699, 63, 64] },
  { heads: 1, groups: 1, headSize: 64, capacity: 2100, slots: [1, 0], positions: [2099, 1025] },
];

const halves = both.filter(({ headSize }) => headSize % 4 === 0);

/** Values as a cache of this format holds them. */
function held(values: Float64Array, format: CacheFormat): Float64Array {
  if (format === 'float32') return values;
  return Float64Array.from(narrowFloat16Array(Float32Array.from(values)), float16ToFloat32);
}

function cacheWords(values: Float64Array, format: CacheFormat): ArrayLike<number> {
  if (format === 'float32') return values;
  return new Uint32Array(narrowFloat16Array(Float32Array.from(values)).buffer);
}

describe('attention over a cache', () => {
  test.each([
    ...both.map((item) => ({ ...item, variant: 'direct' as const, format: 'float32' as const })),
    ...both.map((item) => ({ ...item, variant: 'split' as const, format: 'float32' as const })),
    ...large.map((item) => ({ ...item, variant: 'split' as const, format: 'float32' as const })),
    ...[...both, ...large, ...long].flatMap((item) =>
      (['float32', 'float16'] as const)
        .filter((format) => format === 'float32' || item.headSize % 4 === 0)
        .map((format) => ({ ...item, variant: 'slices' as const, format })),
    ),
    ...halves.map((item) => ({ ...item, variant: 'direct' as const, format: 'float16' as const })),
    ...[...halves, ...large.slice(1)].map((item) => ({
      ...item,
      variant: 'split' as const,
      format: 'float16' as const,
    })),
  ])('$variant, $format, $heads/$groups heads of $headSize at $positions', async (item) => {
    const { heads, groups, headSize, capacity, variant, format } = item;
    const slotCount = 3;
    // Inactive rows of each kind between and after the active ones.
    const places = [...item.slots, inactive, 0, slotCount, 0];
    const at = [...item.positions, 0, inactive, 0, capacity];
    const rows = places.length;
    const qData = randomValues(rows * heads * headSize, 1);
    const cacheCount = slotCount * capacity * groups * headSize;
    const keyData = held(randomValues(cacheCount, 2), format);
    const valueData = held(randomValues(cacheCount, 3), format);
    const bench = new KernelBench(gpu);
    const q = bench.input('q', [rows, heads, headSize], qData);
    const cache = cacheTensorShape(format, [slotCount, capacity, groups, headSize]);
    const keyCache = bench.input('keys', cache.shape, cacheWords(keyData, format), cache.type);
    const valueCache = bench.input(
      'values',
      cache.shape,
      cacheWords(valueData, format),
      cache.type,
    );
    const slots = bench.input('slots', [rows], places, 'u32');
    const positions = bench.input('positions', [rows], at, 'u32');
    const output = bench.output('output', [rows, heads, headSize]);
    const args = { q, keyCache, valueCache, slots, positions };
    const run = (): Promise<void> =>
      bench.run((r) => cachedAttention(r, { ...args, output, variant, ...item.options }));
    await run();
    const actual = await bench.read(output);
    const expected = reference.cachedAttention(qData, keyData, valueData, {
      ...{ heads, groups, headSize, slotCount, capacity, ...item.options },
      slots: places,
      positions: at,
    });
    expect(relativeL2(actual, expected)).toBeLessThan(2e-6);
    const active = item.slots.length * heads * headSize;
    expect(actual.subarray(active)).toEqual(new Float32Array(actual.length - active));
    await run();
    expect(await bench.read(output)).toEqual(actual);
    bench.close();
  });

  test('refuses shapes that do not fit', async () => {
    const bench = new KernelBench(gpu);
    const q = bench.input('q', [2, 4, 8], randomValues(64, 1));
    const cache = bench.input('cache', [1, 3, 2, 8], randomValues(48, 2));
    const odd = bench.input('odd', [1, 3, 3, 8], randomValues(72, 2));
    const rows = bench.input('rows', [2], [0, 0], 'u32');
    const one = bench.input('one', [1], [0], 'u32');
    const output = bench.output('output', [2, 4, 8]);
    const args = { q, keyCache: cache, valueCache: cache, slots: rows, positions: rows, output };
    const refused = (changed: Partial<typeof args>): Promise<void> =>
      expect(bench.run((r) => cachedAttention(r, { ...args, ...changed }))).rejects.toThrow(
        RangeError,
      );
    await refused({ keyCache: odd, valueCache: odd });
    await refused({ valueCache: odd });
    await refused({ slots: one });
    await refused({ output: cache });
    bench.close();
  });
});
