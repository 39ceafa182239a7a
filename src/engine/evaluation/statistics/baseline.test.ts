import { expect, test } from 'vitest';
import type { EvaluationItem } from '../items.ts';
import type { Reading } from '../answers/reading.ts';
import { baselineOf } from './baseline.ts';
import { clearBest } from './clear-best.ts';

function exam(answer: string, choices: readonly string[] = ['A', 'B', 'C', 'D']): EvaluationItem {
  return { task: 'exam', kind: 'knowledge', metric: 'accuracy', prompt: 'Which?', answer, choices };
}

function read(wanted: string, given: string): Reading {
  const value = wanted === given ? 1 : 0;
  return { wanted: [...wanted], given: [...given], value, adheres: null, reference: null };
}

const key = [...'AAAABBCCDD'];

test('one answer to all is told, with how often it is right', () => {
  const baseline = baselineOf(
    'accuracy',
    key.map((answer) => exam(answer)),
    key.map((answer) => read(answer, 'D')),
  );
  expect(baseline).toEqual({
    ...{ chance: 0.25, constant: 0.4, repeats: true },
    usual: { answer: 'A', given: 0, right: 4 },
    favourite: { answer: 'D', given: 10, right: 2 },
  });
});

test('answers that follow the key are no habit, however uneven the key is', () => {
  const uneven = [...'DDDDDDDDDA'];
  const baseline = baselineOf(
    'accuracy',
    uneven.map((answer) => exam(answer)),
    uneven.map((answer) => read(answer, answer)),
  );
  expect(baseline).toMatchObject({ constant: 0.9, repeats: false });
  // Four questions are too few to speak of a habit.
  const four = baselineOf(
    'accuracy',
    key.slice(6).map((answer) => exam(answer)),
    key.slice(6).map((answer) => read(answer, 'A')),
  );
  expect(four?.repeats).toBe(false);
});

test('chance follows the number of options, and sets of several letters', () => {
  const items = [exam('A', ['A', 'B']), exam('AB', ['A', 'B', 'C'])];
  const baseline = baselineOf('accuracy', items, [read('A', 'A'), read('AB', 'B')]);
  expect(baseline?.chance).toBeCloseTo((1 / 2 + 1 / 7) / 2, 12);
  expect(baseline?.favourite).toEqual({ answer: 'A', given: 1, right: 1 });
});

test('labels scored by F1 have a constant answer but no chance; open answers have neither', () => {
  const labels = ['yes', 'no'];
  const items = ['yes', 'yes', 'no'].map((answer): EvaluationItem => {
    return { ...exam(answer, labels), metric: 'macro-f1' };
  });
  const readings = items.map(({ answer }) => ({
    ...read('', ''),
    wanted: [answer],
    given: ['no'],
  }));
  const baseline = baselineOf('macro-f1', items, readings);
  // "yes": P = 2/3, R = 1, F1 = 0.8; "no": 0.
  expect(baseline?.constant).toBeCloseTo(0.4, 12);
  expect(baseline?.chance).toBeNull();
  expect(baselineOf('rouge-l', items, readings)).toBeNull();
  expect(
    baselineOf('accuracy', [{ ...exam('a'), choices: undefined }], [read('a', 'a')]),
  ).toBeNull();
});

test('a score stands out where its interval overlaps with no other', () => {
  const score = (value: number, half = 0.1) => ({
    ...{ value, interval: { low: value - half, high: value + half } },
  });
  expect(clearBest([score(0.3), null, score(0.6)])).toBe(2);
  expect(clearBest([score(0.3), score(0.45)])).toBeNull();
  expect(clearBest([score(0.3), score(0.6)], true)).toBe(0);
  expect(clearBest([score(0.3)])).toBeNull();
  expect(clearBest([{ value: 0.9, interval: null }, score(0.3)])).toBeNull();
  expect(clearBest([score(0.9), { value: 0.3, interval: null }])).toBeNull();
});

test('options in words that all questions share name the answer; those of each question do not', () => {
  const asked = (answer: string, options: readonly string[]): EvaluationItem => ({
    ...exam(answer, ['A', 'B', 'C']),
    harness: { options, norm: false, shots: 0, row: {}, question: 'Which?' },
  });
  const readings = [...'AAB'].map((answer) => read(answer, 'B'));
  const shared = [...'AAB'].map((answer) => asked(answer, ['yes', 'no', 'maybe']));
  expect(baselineOf('accuracy', shared, readings)).toMatchObject({
    usual: { answer: 'yes', given: 0, right: 2 },
    favourite: { answer: 'no', given: 3, right: 1 },
  });
  const own = [...'AAB'].map((answer, i) => asked(answer, ['copper', 'iron', `zinc ${i}`]));
  expect(baselineOf('accuracy', own, readings)?.usual.answer).toBe('A');
  expect(baselineOf('accuracy', shared.slice(0, 1), readings.slice(0, 1))?.usual.answer).toBe('A');
});
