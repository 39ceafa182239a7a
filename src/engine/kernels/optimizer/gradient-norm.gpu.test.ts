import { afterAll, beforeAll, expect, test } from 'vitest';
import { KernelBench, openTestDevice } from '../../../../test/gpu/kernel-bench.ts';
import { randomValues } from '../../testing/numbers.ts';
import type { Gpu } from '../../gpu/device.ts';
import { gradientNorm } from './gradient-norm.ts';
import * as reference from './gradient-norm.reference.ts';

let gpu: Gpu;
beforeAll(async () => {
  gpu = await openTestDevice();
});
afterAll(() => gpu.close());

async function measure(
  data: ArrayLike<number>,
  clipNorm: number,
  workgroup?: number,
): Promise<number[]> {
  const bench = new KernelBench(gpu);
  const gradients = bench.input('gradients', [data.length], data);
  const result = bench.output('result', [4]);
  const run = async () => {
    await bench.run((r) =>
      gradientNorm(r, { gradients, result, clipNorm, ...(workgroup ? { workgroup } : {}) }),
    );
    return [...(await bench.read(result))];
  };
  const first = await run();
  expect(await run()).toEqual(first);
  bench.close();
  return first;
}

test.each([
  [1, 1],
  [63, 0.5],
  [65, 1000],
  [4097, 1],
  [2_000_003, 0],
])('norm of %i gradients, clipped at %d', async (count, clipNorm) => {
  const block = randomValues(Math.min(count, 4999), count, 0.03);
  const data = Float64Array.from({ length: count }, (_, i) => block[i % block.length] ?? 0);
  const { norm, clipFactor } = reference.gradientNorm(data, clipNorm);
  const [actualNorm = 0, actualFactor = 0, nonFinite, unused] = await measure(data, clipNorm);
  expect(Math.abs(actualNorm / norm - 1)).toBeLessThan(1e-6);
  expect(Math.abs(actualFactor / clipFactor - 1)).toBeLessThan(1e-6);
  expect([nonFinite, unused]).toEqual([0, 0]);
  if (count > 10_000) return;
  const wide = await measure(data, clipNorm, 256);
  expect(Math.abs((wide[0] ?? 0) / norm - 1)).toBeLessThan(1e-6);
});

test.each([
  ['NaN', Number.NaN],
  ['+∞', Number.POSITIVE_INFINITY],
  ['−∞', Number.NEGATIVE_INFINITY],
  ['a value whose square overflows', 1e25],
])('%s anywhere is reported', async (_, broken) => {
  for (const place of [0, 4096, 9000]) {
    const data = randomValues(9001, 71);
    data[place] = broken;
    expect((await measure(data, 1))[2]).toBe(1);
  }
});
