import { expect, test } from 'vitest';
import { LogitComparison } from './logit-difference.ts';

const log = Math.log;

test('figures of two small models, worked out by hand', () => {
  const comparison = new LogitComparison(2);
  // Logits are log-probabilities of ½, ½ and ¼, ¾; the other says ¾, ¼ and the same; ids are 0 then 1.
  const own = Float32Array.of(log(1 / 2), log(1 / 2), log(1 / 4), log(3 / 4));
  const other = Float32Array.of(log(3 / 4), log(1 / 4), log(1 / 4), log(3 / 4));
  comparison.add(Uint32Array.of(0, 1), own, other);
  const { tokens, ownNll, nll, divergence, greedyAgreement, relativeL2 } = comparison.result;
  expect(tokens).toBe(2);
  expect(ownNll).toBeCloseTo(log(2), 6);
  expect(nll).toBeCloseTo(log(4), 6);
  expect(divergence).toBeCloseTo((log(2 / 3) / 2 + log(2) / 2) / 2, 6);
  // A tie goes to the first token, as greedy decoding does.
  expect(greedyAgreement).toBe(1);
  const error = log(3 / 2) ** 2 + log(2) ** 2;
  const norm = 2 * log(2) ** 2 + log(4) ** 2 + log(4 / 3) ** 2;
  expect(relativeL2).toBeCloseTo(Math.sqrt(error / norm), 6);
});

test('a shift of all logits changes no probability, but the logits', () => {
  const comparison = new LogitComparison(3);
  const own = Float32Array.of(1, 2, 3, 3, 2, 1);
  comparison.add(
    Uint32Array.of(2, 0),
    own,
    own.map((x) => x + 80),
  );
  const { ownNll, nll, divergence, greedyAgreement, relativeL2 } = comparison.result;
  expect(comparison.largest).toBe(80);
  expect(nll).toBeCloseTo(ownNll, 12);
  expect(divergence).toBeCloseTo(0, 12);
  expect(greedyAgreement).toBe(1);
  expect(relativeL2).toBeGreaterThan(10);
});

test('texts add up, and what is not a number shows', () => {
  const comparison = new LogitComparison(2);
  const own = Float32Array.of(0, 1, 1, 0);
  comparison.add(Uint32Array.of(0, 1), own, own);
  comparison.add(Uint32Array.of(1, 1), own, Float32Array.of(1, 0, 0, 1));
  expect(comparison.result).toMatchObject({ tokens: 4, greedyAgreement: 0.5 });
  comparison.add(Uint32Array.of(0, 1), own, Float32Array.of(0, Number.NaN, 1, 0));
  const { nll, relativeL2, divergence, ownNll } = comparison.result;
  expect([nll, comparison.largest, relativeL2, divergence].every(Number.isNaN)).toBe(true);
  expect(ownNll).toBeGreaterThan(0);
});
