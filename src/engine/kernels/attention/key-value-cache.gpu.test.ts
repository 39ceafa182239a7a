import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { KernelBench, openTestDevice } from '../../../../test/gpu/kernel-bench.ts';
import type { Gpu } from '../../gpu/device.ts';
import { elementCount, placesTogether, viewTensor, type Tensor } from '../../gpu/tensor.ts';
import { float16ToFloat32 } from '../../../formats/weights/float-bits.ts';
import { randomValues, relativeL2 } from '../../testing/numbers.ts';
import { rotateToCacheReference } from './key-value-cache.reference.ts';
import { cacheTensorShape, rotateToCache, type CacheFormat } from './key-value-cache.ts';
import { rotaryTables } from './rotary-tables.ts';

let gpu: Gpu;
beforeAll(async () => {
  gpu = await openTestDevice();
});
afterAll(() => gpu.close());

const inactive = 0xffffffff;
const slotCount = 3;

/** Tensors of these shapes in one buffer, each with its values. */
function together(bench: KernelBench, label: string, shapes: readonly (readonly number[])[]) {
  const { offsets, elements } = placesTogether(shapes);
  const data = randomValues(elements, label.length);
  const all = bench.input(label, [elements], data);
  return shapes.map((shape, index) => {
    const first = offsets[index] ?? 0;
    const values = Float64Array.from(data.slice(first, first + elementCount(shape)));
    return { tensor: viewTensor(all, first, shape), values };
  });
}

/** The values of a cache: pairs of float16, or float32. */
function valuesOf(cells: ArrayLike<number>, format: CacheFormat): Float64Array {
  if (format === 'float32') return Float64Array.from(cells);
  const halves = new Uint16Array(Uint32Array.from(cells).buffer);
  return Float64Array.from(halves, float16ToFloat32);
}

interface Shape {
  readonly rows: number;
  readonly heads: number;
  readonly groups: number;
  readonly headSize: number;
  readonly capacity: number;
}

async function check(
  { rows, heads, groups, headSize, capacity }: Shape,
  format: CacheFormat,
  normed: boolean,
): Promise<void> {
  const bench = new KernelBench(gpu);
  const shapes = [heads, groups, groups].map((count) => [rows, count, headSize]);
  const [query, key, value] = together(bench, 'heads', shapes);
  const [queryNorm, keyNorm] = together(bench, 'weights', [[headSize], [headSize]]);
  if (!query || !key || !value || !queryNorm || !keyNorm) throw new Error('Views are missing');
  // Distinct places, then one row each that is inactive or outside the cache.
  const slots = Array.from({ length: rows }, (_, row) => row % slotCount);
  const places = Array.from({ length: rows }, (_, row) => Math.floor(row / slotCount));
  if (rows > 5) {
    slots.splice(1, 2, inactive, slotCount);
    places.splice(3, 2, inactive, capacity);
  }
  // Shorter than the cache: later positions become zeros.
  const count = capacity - 1;
  const tables = rotaryTables({
    ...{ theta: 10000, headSize, positions: count },
    scaling: { type: 'none' },
  });
  const angles = {
    positions: bench.input('positions', [rows], places, 'u32'),
    cosine: bench.input('cosine', [count, headSize / 2], tables.cosine),
    sine: bench.input('sine', [count, headSize / 2], tables.sine),
  };
  const cache = cacheTensorShape(format, [slotCount, capacity, groups, headSize]);
  const before = Array.from({ length: elementCount(cache.shape) }, (_, i) => i % 251);
  const ofCache = (label: string): Tensor => bench.input(label, cache.shape, before, cache.type);
  const [keyCache, valueCache] = [ofCache('keys'), ofCache('values')];
  const slotTensor = bench.input('slots', [rows], slots, 'u32');
  const epsilon = Math.fround(1e-6);
  const run = (): Promise<void> =>
    bench.run((r) =>
      rotateToCache(r, {
        heads: { query: query.tensor, key: key.tensor, value: value.tensor },
        norm: normed ? { query: queryNorm.tensor, key: keyNorm.tensor, epsilon } : null,
        ...{ slots: slotTensor, angles, keyCache, valueCache },
      }),
    );
  const read = async (): Promise<ArrayLike<number>[]> => [
    await bench.read(query.tensor),
    ...(await Promise.all(
      [keyCache, valueCache].map((each) =>
        format === 'float16' ? bench.readUint32(each) : bench.read(each),
      ),
    )),
  ];
  await run();
  const results = await read();
  const cells = Float64Array.from(before);
  const expected = rotateToCacheReference(
    { query: query.values, key: key.values, value: value.values },
    { keys: cells, values: cells },
    {
      ...{ heads, groups, headSize, slotCount, capacity, slots },
      angles: { ...tables, positions: places },
      norm: normed ? { query: queryNorm.values, key: keyNorm.values, epsilon } : null,
    },
  );
  const [turned = [], keys = [], values = []] = results;
  expect(relativeL2(Float64Array.from(turned), expected.query)).toBeLessThan(1e-6);
  const bound = format === 'float16' ? 2e-4 : 1e-6;
  expect(relativeL2(valuesOf(keys, format), valuesOf(expected.keys, format))).toBeLessThan(bound);
  // Values are only copied or rounded.
  expect(Float64Array.from(values)).toEqual(expected.values);
  await run();
  expect(await read()).toEqual(results);
  bench.close();
}

describe('new rows rotated and put into the cache', () => {
  const shapes: readonly Shape[] = [
    { rows: 1, heads: 1, groups: 1, headSize: 4, capacity: 5 },
    { rows: 7, heads: 4, groups: 2, headSize: 10, capacity: 7 },
    { rows: 64, heads: 3, groups: 1, headSize: 12, capacity: 65 },
    { rows: 2, heads: 7, groups: 7, headSize: 64, capacity: 63 },
    { rows: 6, heads: 2, groups: 1, headSize: 132, capacity: 64 },
  ];
  const formats = (['float32', 'float16'] as const).flatMap((format) =>
    [false, true].map((normed) => ({ format, normed })),
  );
  const cases = shapes.flatMap((shape) => formats.map((one) => ({ ...shape, ...one })));
  test.each(cases.filter(({ headSize, format }) => format === 'float32' || headSize % 4 === 0))(
    '$rows rows, $heads/$groups heads of $headSize in $format, norm $normed',
    ({ format, normed, ...shape }) => check(shape, format, normed),
  );

  test('float16 ends at its largest number', async () => {
    const bench = new KernelBench(gpu);
    const shape = [1, 1, 4];
    const { offsets, elements } = placesTogether([shape, shape, shape]);
    const data = new Float32Array(elements);
    data.set([1e6, -1e6, 65504, 1], offsets[1]);
    data.set([-1e6, 1e6, -65504, 2], offsets[2]);
    const all = bench.input('heads', [elements], data);
    const [query, key, value] = offsets.map((offset) => viewTensor(all, offset, shape));
    if (!query || !key || !value) throw new Error('Views are missing');
    const cache = cacheTensorShape('float16', [1, 1, 1, 4]);
    const keyCache = bench.output('keys', cache.shape, 'u32');
    const valueCache = bench.output('values', cache.shape, 'u32');
    const zero = bench.input('zero', [1], [0], 'u32');
    const angles = {
      positions: zero,
      cosine: bench.input('cosine', [1, 2], [1, 1]),
      sine: bench.input('sine', [1, 2], [0, 0]),
    };
    await bench.run((r) =>
      rotateToCache(r, {
        ...{ heads: { query, key, value }, norm: null, slots: zero, angles, keyCache, valueCache },
      }),
    );
    const read = async (tensor: Tensor): Promise<number[]> => [
      ...valuesOf(await bench.readUint32(tensor), 'float16'),
    ];
    expect(await read(keyCache)).toEqual([65504, -65504, 65504, 1]);
    expect(await read(valueCache)).toEqual([-65504, 65504, -65504, 2]);
    bench.close();
  });

  test('refuses shapes that do not fit, and tensors in several buffers', async () => {
    const bench = new KernelBench(gpu);
    const [query, key, value] = together(bench, 'heads', [
      [2, 4, 8],
      [2, 2, 8],
      [2, 2, 8],
    ]);
    const apart = bench.input('apart', [2, 2, 8], randomValues(32, 1));
    if (!query || !key || !value) throw new Error('Views are missing');
    const cache = bench.input('cache', [1, 3, 2, 8], randomValues(48, 2));
    const other = bench.input('other', [1, 3, 3, 8], randomValues(72, 2));
    const two = bench.input('two', [2], [0, 0], 'u32');
    const one = bench.input('one', [1], [0], 'u32');
    const table = bench.input('table', [3, 4], randomValues(12, 3));
    const weight = bench.input('weight', [8], randomValues(8, 4));
    const args = {
      heads: { query: query.tensor, key: key.tensor, value: value.tensor },
      angles: { positions: two, cosine: table, sine: table },
      ...{ norm: null, slots: two, keyCache: cache, valueCache: cache },
    };
    const refused = (changed: Partial<Parameters<typeof rotateToCache>[1]>): Promise<void> =>
      expect(bench.run((r) => rotateToCache(r, { ...args, ...changed }))).rejects.toThrow(
        RangeError,
      );
    await refused({ keyCache: other, valueCache: other });
    await refused({ valueCache: other });
    await refused({ slots: one });
    await refused({ heads: { ...args.heads, value: apart } });
    await refused({ angles: { ...args.angles, sine: weight } });
    await refused({ norm: { query: weight, key: apart, epsilon: 1 } });
    bench.close();
  });
});
