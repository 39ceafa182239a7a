import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { KernelBench, openTestDevice } from '../../../../test/gpu/kernel-bench.ts';
import { floatEpsilon, largestError, randomValues, relativeL2 } from '../../testing/numbers.ts';
import type { Gpu } from '../../gpu/device.ts';
import { placesTogether, viewTensor } from '../../gpu/tensor.ts';
import { rotaryBackward, rotaryForward } from './rotary.reference.ts';
import { rotaryNormBackward, rotaryNormForward, rotate, type RotaryAngles } from './rotary.ts';
import { rotaryTables } from './rotary-tables.ts';

let gpu: Gpu;
beforeAll(async () => {
  gpu = await openTestDevice();
});
afterAll(() => gpu.close());

const shapes = [
  [1, 1, 4],
  [63, 3, 10],
  [65, 2, 8],
  [9, 5, 64],
  [3, 1, 130],
] as const;

const count = 77;

/** Positions of the rows, some of them inactive or beyond the tables. */
function placesOf(rows: number): number[] {
  const places = Array.from({ length: rows }, (_, row) => (row * 29 + 5) % count);
  if (rows > 2) places.splice(1, 2, 0xffffffff, count);
  return places;
}

function tablesFor(headSize: number): ReturnType<typeof rotaryTables> {
  const scaling = { type: 'none' } as const;
  return rotaryTables({ theta: 10000, headSize, positions: count, scaling });
}

function angleTensors(bench: KernelBench, rows: number, headSize: number): RotaryAngles {
  const tables = tablesFor(headSize);
  return {
    positions: bench.input('positions', [rows], placesOf(rows), 'u32'),
    cosine: bench.input('cosine', [count, headSize / 2], tables.cosine),
    sine: bench.input('sine', [count, headSize / 2], tables.sine),
  };
}

describe('rotary positions of queries and keys, in place', () => {
  test.each(shapes)('[%i, %i, %i]', async (rows, heads, headSize) => {
    const bench = new KernelBench(gpu);
    const angles = angleTensors(bench, rows, headSize);
    const shape = [rows, heads, headSize];
    const keyShape = [rows, 1, headSize];
    const { offsets, elements } = placesTogether([shape, keyShape]);
    const data = randomValues(elements, 1);
    const both = bench.input('query, key', [elements], data);
    const query = viewTensor(both, offsets[0] ?? 0, shape);
    const key = viewTensor(both, offsets[1] ?? 0, keyShape);
    const alone = bench.input('alone', shape, data.slice(0, rows * heads * headSize));
    const recorded: number[] = [];
    const run = (): Promise<void> =>
      bench.run((r) => {
        rotate(r, [query, key], angles, 1);
        rotate(r, [alone], angles, -1);
        recorded.push(r.finish().commands.length);
      });
    await run();
    const read = async (): Promise<Float32Array[]> => [
      await bench.read(query),
      await bench.read(key),
      await bench.read(alone),
    ];
    const results = await read();
    const cases = [
      { heads, first: offsets[0] ?? 0, length: rows * heads * headSize, turn: rotaryForward },
      { heads: 1, first: offsets[1] ?? 0, length: rows * headSize, turn: rotaryForward },
      { heads, first: 0, length: rows * heads * headSize, turn: turnBack },
    ];
    cases.forEach((one, index) => {
      const input = data.slice(one.first, one.first + one.length);
      const rotary = {
        heads: one.heads,
        headSize,
        positions: placesOf(rows),
        ...tablesFor(headSize),
      };
      const expected = one.turn(input, rotary);
      const half = headSize / 2;
      const unit = input.map((value, i) => {
        const other = input[i % headSize < half ? i + half : i - half] ?? Number.NaN;
        return 2 * floatEpsilon * (Math.abs(value) + Math.abs(other)) + 1e-30;
      });
      expect(largestError(results[index] ?? new Float32Array(), expected, unit)).toBeLessThan(1);
    });
    await run();
    expect(await read()).toEqual(results);
    expect(recorded).toEqual([2, 2]);
    bench.close();
  });
});

const turnBack: typeof rotaryForward = (dy, rotary) => rotaryBackward(dy, dy, rotary);

describe('per-head norm and rotary positions', () => {
  test.each(shapes)('[%i, %i, %i]', async (rows, heads, headSize) => {
    const shape = [rows, heads, headSize];
    const elements = rows * heads * headSize;
    const xData = randomValues(elements, 1);
    const dyData = randomValues(elements, 2);
    const weightData = randomValues(headSize, 3);
    const epsilon = Math.fround(1e-6);
    const bench = new KernelBench(gpu);
    const x = bench.input('x', shape, xData);
    const dy = bench.input('dy', shape, dyData);
    const weight = bench.input('weight', [headSize], weightData);
    const y = bench.output('y', shape);
    const dx = bench.output('dx', shape);
    const angles = { ...angleTensors(bench, rows, headSize), norm: { weight, epsilon } };
    const run = (): Promise<void> =>
      bench.run((r) => {
        rotaryNormForward(r, { x, y, ...angles });
        rotaryNormBackward(r, { x, dy, dx, ...angles });
      });
    await run();
    const results = [await bench.read(y), await bench.read(dx)] as const;
    const rotary = {
      heads,
      headSize,
      positions: placesOf(rows),
      ...tablesFor(headSize),
      norm: { weight: weightData, epsilon },
    };
    expect(relativeL2(results[0], rotaryForward(xData, rotary))).toBeLessThan(1e-6);
    expect(relativeL2(results[1], rotaryBackward(xData, dyData, rotary))).toBeLessThan(1e-6);
    await run();
    expect([await bench.read(y), await bench.read(dx)]).toEqual(results);
    bench.close();
  });
});

test('refuses odd heads, other shapes and float positions', async () => {
  const bench = new KernelBench(gpu);
  const x = bench.input('x', [2, 1, 4], randomValues(8, 1));
  const odd = bench.input('odd', [2, 1, 3], randomValues(6, 1));
  const y = bench.output('y', [2, 1, 4]);
  const table = bench.input('table', [5, 2], randomValues(10, 2));
  const positions = bench.input('positions', [2], [0, 1], 'u32');
  const angles = { positions, cosine: table, sine: table };
  const refused = (record: Parameters<typeof bench.run>[0]): Promise<void> =>
    expect(bench.run(record)).rejects.toThrow(RangeError);
  const weight = bench.input('weight', [4], randomValues(4, 3));
  const norm = { weight, epsilon: 1e-6 };
  await refused((r) => rotate(r, [odd], angles, 1));
  await refused((r) => rotate(r, [x], { ...angles, positions: table }, 1));
  await refused((r) => rotaryNormForward(r, { x: odd, y: odd, ...angles, norm }));
  await refused((r) => rotaryNormForward(r, { x, y: odd, ...angles, norm }));
  const long = { weight: table, epsilon: 1e-6 };
  await refused((r) => rotaryNormForward(r, { x, y, ...angles, norm: long }));
  await refused((r) => rotaryNormBackward(r, { x, dy: y, dx: odd, ...angles, norm }));
  bench.close();
});
