import { expect, test } from 'vitest';
import type { EvaluationItem, ItemAnswer } from '../items.ts';
import { reportAnswers } from '../report.ts';
import { vary } from '../shortcuts/variations.ts';
import { offerUnsure } from './unsure-option.ts';

const exam = { task: 'exam', kind: 'knowledge', metric: 'accuracy' } as const;
const english: EvaluationItem = {
  ...{ ...exam, prompt: 'Who?\nA. You\nB. Me\nAnswer now.', answer: 'B', choices: ['A', 'B'] },
};
const chinese: EvaluationItem = {
  ...{ ...exam, prompt: '谁？\n（A）你\n（B）我', answer: 'A', choices: ['A', 'B'] },
};

test('the option stands after the last one, as the others are written', () => {
  const [one, other] = offerUnsure([english, chinese]);
  expect(one).toMatchObject({
    prompt: 'Who?\nA. You\nB. Me\nC. I do not know\nAnswer now.',
    ...{ choices: ['A', 'B', 'C'], unsure: 'C', answer: 'B' },
  });
  expect(other?.prompt).toBe('谁？\n（A）你\n（B）我\n（C）我不知道');
});

test('questions without listed options, with several right ones or with labels stay as they are', () => {
  const others: EvaluationItem[] = [
    { ...english, prompt: 'Who?' },
    { ...english, answer: 'AB' },
    { ...english, choices: ['yes', 'no'], answer: 'yes' },
    { ...english, metric: 'rouge-l' },
  ];
  expect(offerUnsure(others)).toEqual(others);
});

test('declining is no right answer, is counted apart, and is no guess', () => {
  const items = offerUnsure(Array.from({ length: 4 }, () => english));
  const answers = ['B', 'A', 'C', 'C'].map((text): ItemAnswer => {
    const options = ['A', 'B', 'C'].map((letter) => (letter === text ? -0.1 : -3));
    return { text, written: null, reference: null, options };
  });
  const [report] = reportAnswers(items, answers, { choices: 'likelihood', seed: 42 }).tasks;
  expect(report).toMatchObject({
    value: 0.25,
    declined: { offered: 4, declined: 2, accuracy: { value: 0.5 } },
    baseline: { chance: 0.5 },
  });
  // Calibration is of the options that may be right.
  expect(report?.calibration).toMatchObject({ items: 4 });
  expect(report?.calibration?.confidence).toBeCloseTo((2 / (1 + Math.exp(-2.9)) + 1) / 4, 12);
});

test('when options move, declining keeps its meaning', () => {
  const [moved] = vary('options', offerUnsure([english]), 42);
  const letter = moved?.item.unsure ?? '';
  expect(moved?.before?.get(letter)).toBe('C');
  expect(moved?.item.prompt).toContain(`${letter}. I do not know`);
});
