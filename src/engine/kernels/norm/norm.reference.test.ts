import { expect, test } from 'vitest';
import { randomValues, relativeL2 } from '../../testing/numbers.ts';
import { dot, finiteDifferences } from '../testing/finite-differences.ts';
import { rmsNormBackward, rmsNormForward } from './norm.reference.ts';

test('RMSNorm of a row known by hand', () => {
  const y = rmsNormForward(Float64Array.of(3, 4), Float64Array.of(1, 10), 0);
  const rms = Math.sqrt(12.5);
  expect(relativeL2(y, [3 / rms, 40 / rms])).toBeLessThan(1e-15);
});

test.each([
  [1, 5],
  [3, 8],
])('the gradient of RMSNorm of [%i, %i] is its finite differences', (rows, size) => {
  const x = randomValues(rows * size, 1);
  const weight = randomValues(size, 2);
  const dy = randomValues(rows * size, 3);
  const numeric = finiteDifferences((moved) => dot(rmsNormForward(moved, weight, 1e-3), dy), x);
  expect(relativeL2(rmsNormBackward(x, weight, 1e-3, dy), numeric)).toBeLessThan(1e-7);
});
