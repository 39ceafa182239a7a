import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { statedLabel, statedLetters } from './stated-answer.ts';

const five = ['A', 'B', 'C', 'D', 'E'];

interface Lettered {
  readonly written: string;
  readonly letters: string;
}

interface Labelled {
  readonly written: string;
  readonly labels: readonly string[];
  readonly label: string | null;
}

function rows<T>(file: string): T[] {
  const lines = readFileSync(`test/fixtures/${file}`, 'utf8').split('\n');
  return lines.filter((line) => line.trim() !== '').map((line) => JSON.parse(line) as T);
}

test.each(['answers/letters.jsonl', 'field/35-how-answers-are-stated/forms.jsonl'])(
  'letters are read as a reader would: %s',
  (file) => {
    const forms = rows<Lettered>(file);
    expect(forms.length).toBeGreaterThan(10);
    const read = forms.map(({ written }) => [written, statedLetters(written, five).join('')]);
    expect(read).toEqual(forms.map(({ written, letters }) => [written, letters]));
  },
);

test.each(['answers/labels.jsonl', 'field/35-how-answers-are-stated/labels.jsonl'])(
  'labels are read as a reader would: %s',
  (file) => {
    const forms = rows<Labelled>(file);
    expect(forms.length).toBeGreaterThan(4);
    const read = forms.map(({ written, labels }) => [
      written,
      statedLabel(written, new Set(labels)),
    ]);
    expect(read).toEqual(forms.map(({ written, label }) => [written, label]));
  },
);

test('a letter that is no choice is no answer, and choices may go beyond E', () => {
  expect(statedLetters('The answer is E.', ['A', 'B', 'C', 'D'])).toEqual([]);
  expect(statedLetters('The answer is A and F.', five)).toEqual([]);
  const ten = [...'ABCDEFGHIJ'];
  expect(statedLetters('The answer is (I).', ten)).toEqual(['I']);
  expect(statedLetters('I think the answer is J.', ten)).toEqual(['J']);
  expect(statedLetters('I would rest.', ten)).toEqual([]);
});

test('a very long answer is read at its beginning and its end', () => {
  const long = 'The liver stores glycogen, A and B do not. '.repeat(20_000);
  expect(statedLetters(`${long}\nThe answer is C.`, five)).toEqual(['C']);
  // Many beginnings of a statement that never comes: the reader gives each up after a few words.
  expect(statedLetters('the answer to the answer '.repeat(20_000), five)).toEqual([]);
  expect(statedLetters('((((('.repeat(20_000), five)).toEqual([]);
});
