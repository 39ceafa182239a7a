import { afterAll, beforeAll, expect, test } from 'vitest';
import { KernelBench, openTestDevice } from '../../../../test/gpu/kernel-bench.ts';
import { randomValues } from '../../testing/numbers.ts';
import type { Gpu } from '../../gpu/device.ts';
import { lossSum } from './reduce.ts';
import { sum } from './reduce.reference.ts';

let gpu: Gpu;
beforeAll(async () => {
  gpu = await openTestDevice();
});
afterAll(() => gpu.close());

test.each([1, 63, 64, 65, 257, 4097, 100_003])('sums %i losses, twice alike', async (count) => {
  const data = randomValues(count, count).map((value) => Math.fround(2 + value));
  const bench = new KernelBench(gpu);
  const losses = bench.input('losses', [count], data);
  const result = bench.output('result', [1]);
  const before = bench.input('before', [1], [41.5]);
  const run = async () => {
    await bench.run((r) => {
      lossSum(r, { losses, result, accumulate: false });
      lossSum(r, { losses, result: before, accumulate: true });
    });
    return [(await bench.read(result))[0] ?? 0, (await bench.read(before))[0] ?? 0] as const;
  };
  const actual = await run();
  const expected = sum(data);
  expect(Math.abs(actual[0] / expected - 1)).toBeLessThan(2e-6);
  expect(Math.abs(actual[1] / (41.5 + expected) - 1)).toBeLessThan(2e-6);
  expect(await run()).toEqual(actual);
  bench.close();
});
