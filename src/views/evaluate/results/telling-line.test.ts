import { expect, it } from 'vitest';
import { tellingLine } from './telling-line.ts';

it('is the first line that others lack: no instruction for all, and no last option', () => {
  const letters = ['Mrs O has fever.', 'Mr M fell.'].map(
    (letter) => `Give the code.\n\nDear colleague,\n${letter}\nThank you.`,
  );
  expect(letters.map((letter) => tellingLine(letter, letters))).toEqual([
    ...['Mrs O has fever.', 'Mr M fell.'],
  ]);
  const exam = ['Which organ pumps?\nA. Heart\nB. Knee', 'Which organ breathes?\nA. Foot\nB. Lung'];
  expect(exam.map((question) => tellingLine(question, exam))).toEqual([
    ...['Which organ pumps?', 'Which organ breathes?'],
  ]);
  expect(tellingLine('One\ntwo', ['One\ntwo'])).toBe('One');
  expect(tellingLine('', [''])).toBe('');
});
