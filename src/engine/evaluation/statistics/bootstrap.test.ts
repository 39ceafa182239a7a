import { expect, test } from 'vitest';
import { differenceOfDraws, percentileInterval, resampledScores, signTest } from './bootstrap.ts';
import type { Sample } from '../sample.ts';

const rights = (count: number, every: number): Sample => ({
  kind: 'mean',
  values: Float64Array.from({ length: count }, (_, i) => (i % every === 0 ? 1 : 0)),
});

test('the interval of a share is that of the binomial distribution', () => {
  // 100 of 400: standard error sqrt(p(1−p)/n) = 0.02165, so 0.25 ± 0.0424.
  const interval = percentileInterval(resampledScores(rights(400, 4), 'exam', 7, 4000));
  expect(interval?.low).toBeCloseTo(0.25 - 1.96 * 0.02165, 2);
  expect(interval?.high).toBeCloseTo(0.25 + 1.96 * 0.02165, 2);
  expect(percentileInterval(new Float64Array())).toBeNull();
  expect(percentileInterval(new Float64Array())).toBeNull();
});

test('a seed gives the same draws; another seed or another task gives others', () => {
  const sample = rights(50, 3);
  const draws = resampledScores(sample, 'exam', 7, 20);
  expect(resampledScores(sample, 'exam', 7, 20)).toEqual(draws);
  expect(resampledScores(sample, 'exam', 8, 20)).not.toEqual(draws);
  expect(resampledScores(sample, 'quiz', 7, 20)).not.toEqual(draws);
});

test('micro-F1 is computed anew from the drawn counts', () => {
  // Each item alone has F1 0.5 (1 of 1 given, 1 of 3 wanted), and so has every draw of them.
  const sample: Sample = {
    kind: 'items',
    right: Uint32Array.from([1, 1, 1]),
    given: Uint32Array.from([1, 1, 1]),
    wanted: Uint32Array.from([3, 3, 3]),
  };
  for (const score of resampledScores(sample, 'ner', 1, 10)) expect(score).toBeCloseTo(0.5, 12);
});

test('two models are drawn alike: a constant difference has no spread', () => {
  const first = rights(90, 3);
  const values = first.kind === 'mean' ? first.values.map((value) => value + 0.25) : undefined;
  if (!values) throw new Error('a mean');
  const second: Sample = { kind: 'mean', values };
  const difference = differenceOfDraws(
    resampledScores(first, 'exam', 3, 200),
    resampledScores(second, 'exam', 3, 200),
  );
  const interval = percentileInterval(difference);
  expect(interval?.low).toBeCloseTo(0.25, 12);
  expect(interval?.high).toBeCloseTo(0.25, 12);
});

test("McNemar's test counts the items that only one got right", () => {
  const first = [1, 1, 1, 1, 1, 1, 0, 0, 1];
  const second = [0, 0, 0, 0, 0, 0, 1, 0, 1];
  const { onlyFirst, onlySecond, equal, p } = signTest(first, second);
  expect([onlyFirst, onlySecond, equal]).toEqual([6, 1, 2]);
  // 2 · (1 + 7) / 2⁷
  expect(p).toBeCloseTo(0.125, 12);
  expect(signTest([1, 0], [1, 0]).p).toBe(1);
  // Fair halves of many items: no underflow.
  const many = Array.from({ length: 3000 }, (_, i) => i % 2);
  expect(
    signTest(
      many,
      many.map((value) => 1 - value),
    ).p,
  ).toBe(1);
});
