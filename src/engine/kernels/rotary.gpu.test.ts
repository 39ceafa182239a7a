import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { KernelBench, openTestDevice } from '../../../test/gpu/kernel-bench.ts';
import { floatEpsilon, largestError, randomValues, relativeL2 } from '../../../test/gpu/numbers.ts';
import type { Gpu } from '../gpu/device.ts';
import * as reference from './reference/rotary.ts';
import { rotaryBackward, rotaryForward } from './rotary.ts';
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

describe.each([false, true])('rotary positions, per-head norm: %s', (normed) => {
  test.each(shapes)('[%i, %i, %i]', async (rows, heads, headSize) => {
    const count = 77;
    const shape = [rows, heads, headSize];
    const elements = rows * heads * headSize;
    const places = Array.from({ length: rows }, (_, row) => (row * 29 + 5) % count);
    if (rows > 2) places.splice(1, 2, 0xffffffff, count);
    const scaling = { type: 'none' } as const;
    const tables = rotaryTables({ theta: 10000, headSize, positions: count, scaling });
    const xData = randomValues(elements, 1);
    const dyData = randomValues(elements, 2);
    const weightData = randomValues(headSize, 3);
    const epsilon = Math.fround(1e-6);
    const bench = new KernelBench(gpu);
    const x = bench.input('x', shape, xData);
    const dy = bench.input('dy', shape, dyData);
    const weight = bench.input('weight', [headSize], weightData);
    const positions = bench.input('positions', [rows], places, 'u32');
    const cosine = bench.input('cosine', [count, headSize / 2], tables.cosine);
    const sine = bench.input('sine', [count, headSize / 2], tables.sine);
    const y = bench.output('y', shape);
    const dx = bench.output('dx', shape);
    const angles = { positions, cosine, sine, ...(normed ? { norm: { weight, epsilon } } : {}) };
    const run = (): Promise<void> =>
      bench.run((r) => {
        rotaryForward(r, { x, y, ...angles });
        rotaryBackward(r, { x, dy, dx, ...angles });
      });
    await run();
    const results = [await bench.read(y), await bench.read(dx)] as const;

    const rotary = {
      heads,
      headSize,
      positions: places,
      ...tables,
      ...(normed ? { norm: { weight: weightData, epsilon } } : {}),
    };
    const forward = reference.rotaryForward(xData, rotary);
    const backward = reference.rotaryBackward(xData, dyData, rotary);
    expect(relativeL2(results[0], forward)).toBeLessThan(1e-6);
    expect(relativeL2(results[1], backward)).toBeLessThan(1e-6);
    if (!normed) {
      const unit = (input: Float64Array): Float64Array =>
        input.map((value, i) => {
          const half = headSize / 2;
          const other = input[i % headSize < half ? i + half : i - half] ?? Number.NaN;
          return 2 * floatEpsilon * (Math.abs(value) + Math.abs(other)) + 1e-30;
        });
      expect(largestError(results[0], forward, unit(xData))).toBeLessThan(1);
      expect(largestError(results[1], backward, unit(dyData))).toBeLessThan(1);
    }
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
  await refused((r) => rotaryForward(r, { x: odd, y: odd, ...angles }));
  await refused((r) => rotaryForward(r, { x, y: odd, ...angles }));
  const norm = { weight: table, epsilon: 1e-6 };
  await refused((r) => rotaryForward(r, { x, y, ...angles, norm }));
  await refused((r) => rotaryBackward(r, { x, dy: y, dx: odd, ...angles }));
  await refused((r) => rotaryForward(r, { x, y, ...angles, positions: table }));
  bench.close();
});
