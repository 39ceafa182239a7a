import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { KernelBench, openTestDevice } from '../../../../test/gpu/kernel-bench.ts';
import { floatEpsilon, largestError, randomValues, relativeL2 } from '../../testing/numbers.ts';
import type { Gpu } from '../../gpu/device.ts';
import { PlanRecorder } from '../../gpu/recorder.ts';
import { rmsNormBackward, rmsNormForward } from './norm.ts';
import * as reference from './norm.reference.ts';

let gpu: Gpu;
beforeAll(async () => {
  gpu = await openTestDevice();
});
afterAll(() => gpu.close());

const epsilon = Math.fround(1e-6);
const shapes = [
  [1, 1],
  [1, 63],
  [65, 64],
  [7, 65],
  [33, 130],
  [3, 896],
] as const;

describe.each(['rows', 'groups'] as const)('RMSNorm by %s', (variant) => {
  test.each(shapes)('[%i, %i] forward and backward', async (rows, size) => {
    const shape = [rows, size];
    const xData = randomValues(rows * size, 1 + rows);
    const weightData = randomValues(size, 2 + rows);
    const dyData = randomValues(rows * size, 3 + rows);
    const beforeData = randomValues(rows * size, 4 + rows);
    const bench = new KernelBench(gpu);
    const x = bench.input('x', shape, xData);
    const weight = bench.input('weight', [size], weightData);
    const dy = bench.input('dy', shape, dyData);
    const y = bench.output('y', shape);
    const dx = bench.output('dx', shape);
    const sum = bench.input('sum', shape, beforeData);
    const residual = bench.input('residual', shape, beforeData);
    const added = bench.output('added', shape);
    const run = (): Promise<void> =>
      bench.run((r) => {
        rmsNormForward(r, { x, weight, epsilon, y, variant });
        rmsNormForward(r, { x, weight, epsilon, residual, y: added, variant });
        rmsNormBackward(r, { x, weight, epsilon, dy, dx, variant });
        rmsNormBackward(r, { x, weight, epsilon, dy, dx: sum, accumulate: true, variant });
      });
    await run();
    const results = [await bench.read(y), await bench.read(dx), await bench.read(sum)] as const;

    const expected = reference.rmsNormForward(xData, weightData, epsilon);
    // The mean of squares has `size` roundings; its root halves their relative effect.
    const ulps = size + 8;
    const unit = expected.map((value) => ulps * floatEpsilon * Math.abs(value) + 1e-30);
    expect(largestError(results[0], expected, unit)).toBeLessThan(1);
    const gradient = reference.rmsNormBackward(xData, weightData, epsilon, dyData);
    // A row of one element barely depends on it: there the rounding of the difference is the whole error.
    if (size > 1) expect(relativeL2(results[1], gradient)).toBeLessThan(1e-6);
    const scale = gradient.map((_, i) => {
      const row = i - (i % size);
      const along = Math.hypot(...expected.subarray(row, row + size));
      return 64 * floatEpsilon * (Math.abs(dyData[i] ?? 0) * 10 + along + 10);
    });
    expect(largestError(results[1], gradient, scale)).toBeLessThan(1);
    // The same product, then one more rounding.
    const onto = results[0].map((value, i) =>
      Math.fround(Math.fround(beforeData[i] ?? Number.NaN) + value),
    );
    const sums = await bench.read(added);
    expect(
      largestError(
        sums,
        onto,
        onto.map((value) => 2 * floatEpsilon * (Math.abs(value) + 8)),
      ),
    ).toBeLessThan(1);
    const total = gradient.map((value, i) => value + (beforeData[i] ?? Number.NaN));
    expect(relativeL2(results[2], total)).toBeLessThan(1e-6);

    await run();
    expect([await bench.read(y), await bench.read(dx), await bench.read(sum)]).toEqual(results);
    expect(await bench.read(added)).toEqual(sums);
    bench.close();
  });
});

test.each(['rows', 'groups'] as const)(
  'more %s than a grid has in one dimension',
  async (variant) => {
    const rows = 1100;
    const xData = randomValues(rows * 2, 7);
    const weightData = randomValues(2, 8);
    const bench = new KernelBench(gpu);
    const x = bench.input('x', [rows, 2], xData);
    const weight = bench.input('weight', [2], weightData);
    const y = bench.output('y', [rows, 2]);
    await bench.run((r) => {
      const narrow = new PlanRecorder('narrow', { ...r.traits, maxWorkgroupsPerDimension: 53 });
      rmsNormForward(narrow, { x, weight, epsilon, y, variant });
      for (const command of narrow.finish().commands) {
        if (command.kind === 'dispatch') r.dispatch(command.call);
      }
    });
    const expected = reference.rmsNormForward(xData, weightData, epsilon);
    expect(relativeL2(await bench.read(y), expected)).toBeLessThan(1e-6);
    bench.close();
  },
);

test('refuses shapes that differ', async () => {
  const bench = new KernelBench(gpu);
  const x = bench.input('x', [2, 3], randomValues(6, 1));
  const weight = bench.input('weight', [2], randomValues(2, 2));
  const y = bench.output('y', [2, 3]);
  await expect(bench.run((r) => rmsNormForward(r, { x, weight, epsilon, y }))).rejects.toThrow(
    RangeError,
  );
  const run = bench.run((r) => rmsNormBackward(r, { x, weight, epsilon, dy: x, dx: y }));
  await expect(run).rejects.toThrow(RangeError);
  bench.close();
});
