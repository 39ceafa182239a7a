/** Intervals and numbers of questions against published values. */
import { expect, test } from 'vitest';
import {
  discordantShare,
  leastVisible,
  meanInterval,
  pairedInterval,
  questionsToShow,
  reachOfInterval,
  reachOfPairs,
  wilsonInterval,
} from './proportions.ts';

// Newcombe 1998, Statistics in Medicine 17:857–872, table I, method 3.
test.each([
  [81, 263, 0.2553, 0.3662],
  [15, 148, 0.0624, 0.1605],
  [0, 20, 0, 0.1611],
  [1, 29, 0.0061, 0.1718],
])("Wilson's interval of %i of %i", (successes, trials, low, high) => {
  const interval = wilsonInterval(successes, trials);
  expect(interval?.low).toBeCloseTo(low, 4);
  expect(interval?.high).toBeCloseTo(high, 4);
});

test('nothing right of ten leaves room above, everything right room below, no question none at all', () => {
  expect(wilsonInterval(0, 10)?.low).toBe(0);
  expect(wilsonInterval(0, 10)?.high).toBeCloseTo(0.2775, 4);
  expect(wilsonInterval(10, 10)?.high).toBe(1);
  expect(wilsonInterval(10, 10)?.low).toBeCloseTo(0.7225, 4);
  expect(wilsonInterval(0, 0)).toBeNull();
});

// Tango 1998, contact lenses: 1 of 44 pairs differs. Fagerland, Lydersen and Laake 2014, airway
// hyper-responsiveness: 1 and 7 of 21. Agresti and Min 2005: 40 and 20 of 160.
test.each([
  [44, 1, 0, -0.118, 0.059],
  [21, 7, 1, -0.517, -0.026],
  [160, 20, 40, 0.031, 0.218],
])("Tango's interval of %i pairs, %i to %i", (items, onlyFirst, onlySecond, low, high) => {
  const interval = pairedInterval({ items, onlyFirst, onlySecond });
  expect(interval?.low).toBeCloseTo(low, 3);
  expect(interval?.high).toBeCloseTo(high, 3);
});

test('a paired interval turns with its sides, holds its ends and is wide where nothing differs', () => {
  const one = pairedInterval({ items: 60, onlyFirst: 9, onlySecond: 4 });
  const other = pairedInterval({ items: 60, onlyFirst: 4, onlySecond: 9 });
  expect(one?.low).toBeCloseTo(-(other?.high ?? Number.NaN), 9);
  expect(pairedInterval({ items: 10, onlyFirst: 0, onlySecond: 10 })?.high).toBe(1);
  expect(pairedInterval({ items: 10, onlyFirst: 10, onlySecond: 0 })?.low).toBe(-1);
  const same = pairedInterval({ items: 10, onlyFirst: 0, onlySecond: 0 });
  expect(same?.high).toBeCloseTo(0.2775, 4);
  expect(same?.low).toBeCloseTo(-0.2775, 4);
  expect(pairedInterval({ items: 0, onlyFirst: 0, onlySecond: 0 })).toBeNull();
});

test('a mean of four alike is half as wide as each; one without an interval leaves none', () => {
  const one = { value: 0.5, interval: { low: 0.4, high: 0.6 } };
  const mean = meanInterval([one, one, one, one]);
  expect(mean?.low).toBeCloseTo(0.45, 12);
  expect(mean?.high).toBeCloseTo(0.55, 12);
  expect(meanInterval([one, { value: 0.5, interval: null }])).toBeNull();
  expect(meanInterval([])).toBeNull();
});

test('pairs needed for a difference', () => {
  // Connor 1987, as R and other calculators give it for discordant shares of 0.05 and 0.45.
  expect(questionsToShow(0.4, 0.5)).toBe(23);
  // Fewer than differ cannot differ.
  expect(questionsToShow(0.2, 0.1)).toBe(questionsToShow(0.2, 0.2));
  const visible = leastVisible(200, 0.3) ?? Number.NaN;
  expect(questionsToShow(visible, 0.3)).toBeLessThanOrEqual(200);
  expect(questionsToShow(visible - 0.002, 0.3)).toBeGreaterThan(200);
  expect(leastVisible(3, 0.3)).toBeNull();
});

test('what few questions can show', () => {
  expect(discordantShare({ items: 15, onlyFirst: 0, onlySecond: 0 })).toBeCloseTo(0.102, 3);
  const { visible, questions } = reachOfPairs({ items: 15, onlyFirst: 1, onlySecond: 0 });
  expect(questions).toBe(questionsToShow(0.05, 2.9207 / 18.8415));
  expect(visible).toBeGreaterThan(0.05);
  // Half as wide at four times the questions.
  const wide = reachOfInterval({ low: -0.2, high: 0.2 }, 50);
  const narrow = reachOfInterval({ low: -0.1, high: 0.1 }, 200);
  expect(wide?.questions).toBe(narrow?.questions);
  expect(wide?.visible).toBeCloseTo((0.2 * 2.8016) / 1.96, 4);
  expect(reachOfInterval({ low: 0, high: 0 }, 50)).toBeNull();
  expect(reachOfInterval(null, 50)).toBeNull();
});
