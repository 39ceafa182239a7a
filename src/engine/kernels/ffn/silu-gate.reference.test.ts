import { expect, test } from 'vitest';
import { randomValues, relativeL2 } from '../../testing/numbers.ts';
import { dot, finiteDifferences } from '../testing/finite-differences.ts';
import { siluGateBackward, siluGateForward } from './silu-gate.reference.ts';

test('the backward pass is the derivative of the forward pass', () => {
  const gate = randomValues(40, 1, 2);
  const up = randomValues(40, 2);
  const dy = randomValues(40, 3);
  const { dgate, dup } = siluGateBackward(gate, up, dy);
  const byGate = finiteDifferences((x) => dot(siluGateForward(x, up), dy), gate);
  const byUp = finiteDifferences((x) => dot(siluGateForward(gate, x), dy), up);
  expect(relativeL2(dgate, byGate)).toBeLessThan(1e-7);
  expect(relativeL2(dup, byUp)).toBeLessThan(1e-7);
});

test('known values: silu(0) = 0, silu(1) = 1 / (1 + 1/e), and the limits', () => {
  const one = new Float64Array(4).fill(1);
  const y = siluGateForward(Float64Array.of(0, 1, 800, -800), one);
  expect([...y]).toEqual([0, 1 / (1 + Math.exp(-1)), 800, -0]);
});
