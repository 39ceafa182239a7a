import { expect, test } from 'vitest';
import type { LossFigures } from '../../../studio/experts/noise-audit.ts';
import { conclusionOf, holdsOwn, lossLines } from './noise-rows.ts';

const figures = (mean: number, reach: number, records = 100): LossFigures => ({
  ...{ records, withNoise: 2, without: 2 + mean },
  held: { mean, low: mean - reach, high: mean + reach },
});

test('a rise or fall is concluded only where its interval leaves out zero', () => {
  expect(conclusionOf(figures(0.2, 0.1))).toBe('holds');
  expect(conclusionOf(figures(-0.2, 0.1))).toBe('falls');
  expect(conclusionOf(figures(0.2, 0.3))).toBe('unclear');
  expect(conclusionOf({ ...figures(0.2, 0.1, 1), held: null })).toBe('unclear');
});

test('more is held of seen records only where the intervals are apart, and of enough others', () => {
  expect(holdsOwn(figures(0.5, 0.1), figures(0.1, 0.1))).toBe(true);
  expect(holdsOwn(figures(0.5, 0.1), figures(0.45, 0.1))).toBe(false);
  expect(holdsOwn(figures(0.5, 0.3), figures(0.3, 0.1))).toBeNull();
  expect(holdsOwn(figures(0.5, 0.1), figures(0.1, 0.1, 8))).toBeNull();
  expect(holdsOwn(figures(0.5, 0.1), null)).toBeNull();
  expect(holdsOwn(figures(-0.5, 0.1), figures(0.1, 0.1))).toBeNull();
});

test('kinds without a record have no line, and a single task none beside all', () => {
  const none = { ...figures(0, 0, 0), held: null };
  const noise = {
    ...{ measuredAt: 0, states: { withNoise: 'stage1.end', without: 'stage1.after' } },
    ...{ trained: 100, heldOut: null, all: figures(0.1, 0.1), notFinite: 0, length: null },
    ...{ repeated: none, single: figures(0.1, 0.1), canaries: [] },
    byTask: [{ task: 'a', ...figures(0.1, 0.1) }],
  };
  expect(lossLines(noise).map(({ key }) => key)).toEqual(['all']);
  const more = {
    ...{ ...noise, heldOut: figures(0.1, 0.1), repeated: figures(0.1, 0.1, 4) },
    canaries: [{ times: 4, ...figures(0.1, 0.1, 3) }],
    byTask: ['b', 'a'].map((task) => ({ task, ...figures(0.1, 0.1) })),
  };
  expect(lossLines(more).map(({ key }) => key)).toEqual([
    ...['all', 'validation', 'repeated', 'single', 'planted 4', 'task b', 'task a'],
  ]);
});
