import { expect, test } from 'vitest';
import { randomValues, relativeL2 } from '../../testing/numbers.ts';
import { finiteDifferences } from '../testing/finite-differences.ts';
import { orthogonalBackward, orthogonalForward } from './orthogonal.reference.ts';

test('the gradient is the derivative to both sides', () => {
  const knowledge = randomValues(3 * 7, 31);
  const alignment = randomValues(4 * 7, 32);
  const pair = { knowledge, alignment, rankK: 3, rankD: 4, inputs: 7 };
  const { dknowledge, dalignment } = orthogonalBackward(pair);
  const byK = finiteDifferences((x) => orthogonalForward({ ...pair, knowledge: x }), knowledge);
  const byD = finiteDifferences((x) => orthogonalForward({ ...pair, alignment: x }), alignment);
  expect(relativeL2(dknowledge, byK)).toBeLessThan(1e-7);
  expect(relativeL2(dalignment, byD)).toBeLessThan(1e-7);
});

test('orthogonal sides cost nothing and pull nowhere', () => {
  const pair = {
    knowledge: Float64Array.of(1, 0, 0, 2, 0, 0),
    alignment: Float64Array.of(0, 3, -1),
    rankK: 2,
    rankD: 1,
    inputs: 3,
  };
  expect(orthogonalForward(pair)).toBe(0);
  expect([...orthogonalBackward(pair).dknowledge].map(Math.abs)).toEqual([0, 0, 0, 0, 0, 0]);
});
