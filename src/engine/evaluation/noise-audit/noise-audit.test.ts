import { expect, test } from 'vitest';
import { meanInterval } from '../statistics/mean-interval.ts';
import { rankCorrelation } from '../statistics/rank-correlation.ts';
import {
  heldByNoise,
  noiseAuditFigures,
  noisiest,
  rankedByHeld,
  type AuditedRecords,
} from './noise-audit.ts';

/** Records of two tasks: the longer, the more is held; two of them are nearly the same. */
function audited(change: Partial<AuditedRecords> = {}): AuditedRecords {
  const held = [0.5, 0.1, 0.9, 0.3, 0.7, 0.2, 0.6, 0.4, 0.8, 0.05];
  return {
    dataSet: new Uint32Array(10),
    row: Uint32Array.from(held.keys()),
    task: Uint32Array.from(held, (_, i) => i % 2),
    targets: Uint32Array.from(held, (value) => value * 100),
    withNoise: Float32Array.from(held, () => 1),
    without: Float32Array.from(held, (value) => 1 + value),
    repeats: Uint32Array.from(held, (_, i) => (i === 2 || i === 8 ? 1 : 0)),
    planted: Uint32Array.from(held, (_, i) => (i === 6 || i === 7 ? 4 : i === 9 ? 1 : 0)),
    ...change,
  };
}

test('records are ranked by what the loss rises without the Noise Aggregator', () => {
  const held = heldByNoise(audited());
  expect(held[2]).toBeCloseTo(0.9, 6);
  expect([...rankedByHeld(audited())]).toEqual([2, 8, 4, 6, 0, 7, 3, 5, 1, 9]);
  expect([...noisiest(audited(), 0.2)]).toEqual([2, 8]);
  expect([...noisiest(audited(), 0.01)]).toEqual([2]);
});

test('a record without a finite loss is counted, and in no figure and no rank', () => {
  const without = audited().without.slice();
  without[2] = Number.NaN;
  without[9] = Number.POSITIVE_INFINITY;
  const figures = noiseAuditFigures(audited({ without }));
  expect(figures.notFinite).toBe(2);
  expect(figures.all.records).toBe(8);
  expect(Number.isFinite(figures.all.without)).toBe(true);
  expect([...rankedByHeld(audited({ without }))]).not.toContain(2);
});

test('figures by task, by repetition and with length agree with their definitions', () => {
  const figures = noiseAuditFigures(audited());
  expect(figures.all.held?.mean).toBeCloseTo(0.455, 6);
  expect(figures.byTask.map(({ task, records }) => [task, records])).toEqual([
    [0, 5],
    [1, 5],
  ]);
  expect(figures.byTask[0]?.held?.mean).toBeCloseTo((0.5 + 0.9 + 0.7 + 0.6 + 0.8) / 5, 6);
  expect(figures.repeated).toMatchObject({ records: 2 });
  expect(figures.repeated.without).toBeCloseTo(1.85, 6);
  expect(figures.single.records).toBe(8);
  expect(figures.length?.rho).toBeCloseTo(1, 9);
  expect(figures.canaries.map(({ times, records }) => [times, records])).toEqual([
    [1, 1],
    [4, 2],
  ]);
  expect(figures.canaries[1]?.held?.mean).toBeCloseTo(0.5, 6);
});

test('the interval of a mean is 1.96 standard errors; one value has none', () => {
  const { mean, low, high } = meanInterval([1, 2, 3, 4]) ?? { mean: 0, low: 0, high: 0 };
  // The standard deviation of 1, 2, 3, 4 is 1.2909944487.
  expect(mean).toBe(2.5);
  expect(high - mean).toBeCloseTo((1.96 * 1.2909944487) / 2, 9);
  expect(mean - low).toBeCloseTo(high - mean, 12);
  expect(meanInterval([1])).toBeNull();
});

test('a rank correlation has its interval by Fisher’s z, and none of few or equal values', () => {
  const x = Array.from({ length: 20 }, (_, i) => i);
  const y = x.map((value) => (value % 5) + value / 10);
  const found = rankCorrelation(x, y);
  // Computed once more from ρ alone.
  const reach = 1.96 * Math.sqrt((1 + (found?.rho ?? 0) ** 2 / 2) / 17);
  expect(found?.low).toBeCloseTo(Math.tanh(Math.atanh(found?.rho ?? 0) - reach), 12);
  expect(found?.high).toBeGreaterThan(found?.rho ?? 1);
  expect(
    rankCorrelation(
      x,
      x.map(() => 1),
    ),
  ).toBeNull();
  expect(rankCorrelation([1, 2, 3], [1, 2, 3])).toBeNull();
});
