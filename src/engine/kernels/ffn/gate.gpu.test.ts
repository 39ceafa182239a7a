import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { KernelBench, openTestDevice } from '../../../../test/gpu/kernel-bench.ts';
import { floatEpsilon, largestError, randomValues, relativeL2 } from '../../testing/numbers.ts';
import type { Gpu } from '../../gpu/device.ts';
import * as reference from './gate.reference.ts';
import { gateBackward, gateForward } from './gate.ts';

let gpu: Gpu;
beforeAll(async () => {
  gpu = await openTestDevice();
});
afterAll(() => gpu.close());

const shapes = [
  [1, 1],
  [1, 63],
  [3, 65],
  [2, 64],
  [1, 64],
  [1, 65],
  [37, 154],
] as const;

describe.each(['silu', 'gelu-tanh'] as const)('%s gate', (activation) => {
  test.each(shapes)('forward and backward of [%i, %i]', async (rows, columns) => {
    const count = rows * columns;
    const gateData = randomValues(count, 1 + count, 3);
    const upData = randomValues(count, 2 + count);
    const dyData = randomValues(count, 3 + count);
    // Where exp(-g) would overflow or vanish: the results must be the limits, not NaN.
    [200, -200, 95, -95, 1e15, -1e15].forEach((value, i) => {
      if (i < count) gateData[count - 1 - i] = value;
    });
    const bench = new KernelBench(gpu);
    const gate = bench.input('gate', [rows, columns], gateData);
    const up = bench.input('up', [rows, columns], upData);
    const dy = bench.input('dy', [rows, columns], dyData);
    const y = bench.output('y', [rows, columns]);

    await bench.run((r) => gateForward(r, activation, { gate, up, y }));
    const actual = await bench.read(y);
    const expected = reference.gateForward(activation, gateData, upData);
    const ulps = reference.gateUlps(activation, gateData);
    const unit = expected.map(
      (value, i) => (ulps[i] ?? Number.NaN) * floatEpsilon * Math.abs(value) + 1e-37,
    );
    expect(largestError(actual, expected, unit)).toBeLessThan(1);
    await bench.run((r) => gateForward(r, activation, { gate, up, y }));
    expect(await bench.read(y)).toEqual(actual);

    await bench.run((r) => gateBackward(r, activation, { gate, up, dy }));
    const { dgate, dup } = reference.gateBackward(activation, gateData, upData, dyData);
    const first = [await bench.read(gate), await bench.read(up)] as const;
    expect(relativeL2(first[0], dgate)).toBeLessThan(1e-6);
    expect(relativeL2(first[1], dup)).toBeLessThan(1e-6);
    await bench.run((r) => gateBackward(r, activation, { gate, up, dy }));
    expect([await bench.read(gate), await bench.read(up)]).toEqual(first);
    bench.close();
  });

  test('refuses shapes that differ', async () => {
    const bench = new KernelBench(gpu);
    const gate = bench.input('gate', [2, 3], randomValues(6, 1));
    const y = bench.output('y', [3, 2]);
    await expect(
      bench.run((r) => gateForward(r, activation, { gate, up: gate, y })),
    ).rejects.toThrow(RangeError);
    bench.close();
  });
});
