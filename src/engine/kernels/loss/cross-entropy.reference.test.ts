import { expect, test } from 'vitest';
import { randomValues, relativeL2 } from '../../testing/numbers.ts';
import { crossEntropy } from './cross-entropy.reference.ts';
import { finiteDifferences } from '../testing/finite-differences.ts';

test('the gradient is the derivative of the scaled sum of losses', () => {
  const logits = randomValues(4 * 9, 21, 3);
  const problem = { logits, rows: 4, vocabulary: 9, targets: [3, -100, 0, 8], scale: 0.37 };
  const { gradient, losses } = crossEntropy(problem);
  const expected = finiteDifferences(
    (x) => 0.37 * crossEntropy({ ...problem, logits: x }).losses.reduce((a, b) => a + b, 0),
    logits,
  );
  expect(relativeL2(gradient, expected)).toBeLessThan(1e-7);
  expect(losses[1]).toBe(0);
});

test('even logits cost log V; the lower of two best tokens is the likeliest', () => {
  const logits = new Float64Array(10).fill(7);
  const { losses, topCorrect } = crossEntropy({
    logits,
    rows: 2,
    vocabulary: 5,
    targets: [0, 1],
    scale: 1,
  });
  expect(losses[0]).toBeCloseTo(Math.log(5), 14);
  expect(topCorrect).toEqual([1, 0]);
});
