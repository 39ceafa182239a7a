import { afterAll, beforeAll, expect, test } from 'vitest';
import { KernelBench, openTestDevice } from '../../../test/gpu/kernel-bench.ts';
import { randomValues } from '../testing/numbers.ts';
import type { Gpu } from '../gpu/device.ts';
import { dropoutForward } from './dropout.ts';
import { stepStateLength, stepStateWord } from './random.ts';
import { keepScale } from './random.reference.ts';

let gpu: Gpu;
beforeAll(async () => {
  gpu = await openTestDevice();
});
afterAll(() => gpu.close());

test.each([
  [1, 1, 0.5],
  [5, 63, 0.05],
  [33, 65, 0.3],
  [4, 64, 0],
])('[%i, %i] with p = %d: every element is the reference to the bit', async (rows, columns, p) => {
  const bench = new KernelBench(gpu);
  const counters = { seed: 0x9abcdef1, step: 17, stream: 5, microBatch: 3 };
  const words = new Array<number>(stepStateLength).fill(0);
  words[stepStateWord.seed] = counters.seed;
  words[stepStateWord.step] = counters.step;
  words[stepStateWord.microBatch] = counters.microBatch;
  const stepState = bench.input('step state', [stepStateLength], words, 'u32');
  const data = randomValues(rows * columns, rows);
  const x = bench.input('x', [rows, columns], data);
  const y = bench.output('y', [rows, columns]);
  await bench.run((r) => dropoutForward(r, x, [{ y, probability: p, stream: 5, stepState }]));
  const actual = await bench.read(y);
  const expected = Float32Array.from(
    data,
    (value, element) => value * keepScale({ ...counters, element, probability: p }),
  );
  expect([...actual].map(Math.abs)).toEqual([...expected].map(Math.abs));
  if (rows > 30) {
    const kept = actual.filter((value) => value !== 0).length / actual.length;
    expect(Math.abs(kept - (1 - p))).toBeLessThan(4 * Math.sqrt((p * (1 - p)) / actual.length));
  }
  bench.close();
});
