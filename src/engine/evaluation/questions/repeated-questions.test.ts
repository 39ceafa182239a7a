import { expect, test } from 'vitest';
import { RepeatCounter } from './repeated-questions.ts';

test('a question counts once, as exact where one text is the same, and as near where only numbers differ', () => {
  const counter = new RepeatCounter([
    'Mrs A., 74 y: cough since 3 days.',
    'Mr B., 60 y: pain.',
    'Ｆｅｖｅｒ？',
    'Never seen',
    '...',
  ]);
  for (const text of [
    'Mrs A., 71 y: cough since 2 days.',
    'mrs a, 74 Y – cough since 3 days',
    'Mr B., 61 y: pain.',
    'Mr B., 62 y: pain.',
    'fever?',
    'Mr C., 60 y: pain.',
    '???',
  ]) {
    counter.see(text);
  }
  expect(counter.repeats).toEqual({ exact: 2, near: 1 });
});
