import { expect, test } from 'vitest';
import { randomWord } from '../../kernels/random-words.ts';
import type { EvaluationItem, ItemAnswer } from '../items.ts';
import { calibrationOf, type TaskCalibration } from './calibration-report.ts';

const SEED = 42;
const uniform = (place: number, stream: number): number =>
  randomWord(7, place, stream, 0) / 2 ** 32;

interface Made {
  readonly items: EvaluationItem[];
  readonly answers: ItemAnswer[];
}

/** Questions of two options, answered with these confidences and right with these probabilities. */
function made(
  count: number,
  { sure, right }: Record<'sure' | 'right', (place: number) => number>,
): Made {
  const items = Array.from({ length: count }, (_, place): EvaluationItem => ({
    ...({ task: 'exam', kind: 'knowledge', metric: 'accuracy', prompt: String(place) } as const),
    answer: uniform(place, 1) < right(place) ? 'A' : 'B',
    choices: ['A', 'B'],
    subject: place % 2 === 0 ? 'anatomy' : 'surgery',
  }));
  const answers = items.map((_, place): ItemAnswer => {
    const options = [Math.log(sure(place)), Math.log(1 - sure(place))];
    return { text: 'A', written: null, reference: null, options };
  });
  return { items, answers };
}

function calibrationOfMade({ items, answers }: Made): TaskCalibration {
  const found = calibrationOf({ task: 'exam', method: 'likelihood', items, answers }, SEED);
  if (!found) throw new Error('no calibration');
  return found;
}

const spread = (place: number): number => 0.5 + uniform(place, 2) * 0.49;

test('a model that is as often right as it is sure shows no error beyond chance, and refusing helps it', () => {
  const found = calibrationOfMade(made(600, { sure: spread, right: spread }));
  expect(found).toMatchObject({ items: 600, says: 'none-seen', refusing: 'helps' });
  expect(found.ece.value).toBeGreaterThan(0);
  expect(found.ece.value).toBeLessThanOrEqual(found.eceByChance);
  const { interval, value } = found.aurc;
  expect(interval?.low).toBeLessThan(value);
  expect(interval?.high).toBeGreaterThan(value);
  expect(value).toBeLessThan(1 - found.right / found.items);
});

test('too sure and too unsure models are told apart, and equal sureness gives nothing to refuse by', () => {
  const half = (): number => 0.5;
  expect(calibrationOfMade(made(400, { sure: () => 0.95, right: half })).says).toBe('too-sure');
  expect(calibrationOfMade(made(400, { sure: () => 0.55, right: () => 0.95 })).says).toBe(
    'too-unsure',
  );
  expect(calibrationOfMade(made(400, { sure: spread, right: half })).refusing).toBe('none-seen');
  const harmed = made(400, { sure: spread, right: (place) => 1.5 - spread(place) });
  expect(calibrationOfMade(harmed).refusing).toBe('harms');
});

test('few questions allow no conclusion, and their chance error is large', () => {
  const found = calibrationOfMade(made(12, { sure: () => 0.95, right: () => 0.5 }));
  expect(found).toMatchObject({ says: 'few', refusing: 'few' });
  const more = calibrationOfMade(made(600, { sure: () => 0.95, right: () => 0.5 }));
  expect(found.eceByChance).toBeGreaterThan(2 * more.eceByChance);
});

test('counts by sureness, both curves and the subjects are of the same answers, and draws repeat', () => {
  const given = made(300, { sure: spread, right: spread });
  const found = calibrationOfMade(given);
  expect(found.atLeast.answered[0]).toBe(300);
  expect(found.atLeast.right[0]).toBe(found.right);
  expect(found.atLeast.answered[100]).toBe(0);
  const sure = given.answers.filter((_, place) => spread(place) >= 0.7).length;
  expect(Math.abs((found.atLeast.answered[70] ?? 0) - sure)).toBeLessThanOrEqual(1);
  expect(found.curve).toHaveLength(100);
  expect(found.curve.at(-1)?.coverage).toBe(1);
  expect(found.curve.at(-1)?.risk).toBeCloseTo(1 - found.right / 300, 12);
  expect(found.bins.reduce((sum, { items }) => sum + items, 0)).toBe(300);
  expect(found.subjects.map(({ subject, items }) => [subject, items])).toEqual([
    ['anatomy', 150],
    ['surgery', 150],
  ]);
  expect(calibrationOfMade(given)).toEqual(found);
});

test('answers without likelihoods have no calibration', () => {
  const { items, answers } = made(3, { sure: spread, right: spread });
  const bare = answers.map(({ options: _options, ...answer }) => answer);
  expect(
    calibrationOf({ task: 'exam', method: 'likelihood', items, answers: bare }, SEED),
  ).toBeNull();
  expect(calibrationOf({ task: 'exam', method: 'generated', items, answers }, SEED)).toBeNull();
  const broken = answers.map((answer) => ({ ...answer, options: [Number.NaN, 0] }));
  expect(
    calibrationOf({ task: 'exam', method: 'likelihood', items, answers: broken }, SEED),
  ).toBeNull();
});
