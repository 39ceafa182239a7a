import { describe, expect, test } from 'vitest';
import { randomValues, relativeL2 } from '../../testing/numbers.ts';
import { dot, finiteDifferences } from '../testing/finite-differences.ts';
import { gateBackward, gateForward } from './gate.reference.ts';

describe.each(['silu', 'gelu-tanh'] as const)('%s', (activation) => {
  test('the backward pass is the derivative of the forward pass', () => {
    const gate = randomValues(40, 1, 2);
    const up = randomValues(40, 2);
    const dy = randomValues(40, 3);
    const { dgate, dup } = gateBackward(activation, gate, up, dy);
    const byGate = finiteDifferences((x) => dot(gateForward(activation, x, up), dy), gate);
    const byUp = finiteDifferences((x) => dot(gateForward(activation, gate, x), dy), up);
    expect(relativeL2(dgate, byGate)).toBeLessThan(1e-7);
    expect(relativeL2(dup, byUp)).toBeLessThan(1e-7);
  });
});

test('known values: silu(0) = 0, silu(1) = 1 / (1 + 1/e), and the limits', () => {
  const one = new Float64Array(4).fill(1);
  const y = gateForward('silu', Float64Array.of(0, 1, 800, -800), one);
  expect([...y]).toEqual([0, 1 / (1 + Math.exp(-1)), 800, -0]);
});

test('gelu in its tanh form at points that PyTorch gives in float64', () => {
  const one = new Float64Array(4).fill(1);
  const y = gateForward('gelu-tanh', Float64Array.of(1, -1, 2.5, -3.75), one);
  const expected = [
    0.8411919906082768, -0.15880800939172324, 2.484915733910001, -0.0002192520724417224,
  ];
  y.forEach((value, i) => {
    expect(Math.abs(value / (expected[i] ?? Number.NaN) - 1)).toBeLessThan(1e-11);
  });
});
