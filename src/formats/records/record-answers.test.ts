import { expect, test } from 'vitest';
import { decideAnswers, lettered, optionsOf } from './record-answers.ts';
import type { JsonValue } from '../texts/json.ts';
import type { AnswerReading } from './record-types.ts';

const four = optionsOf(['red', 'green', 'blue', 'white']);
const decide = (options: ReturnType<typeof optionsOf>, values: readonly JsonValue[]) =>
  decideAnswers(values.map((given) => ({ options, given })));
const answer = (options: ReturnType<typeof optionsOf>, given: JsonValue, reading: AnswerReading) =>
  lettered({ question: 'Q?', options, given, field: 'answer', reading }).messages[1]?.content;

test.each<[string, ReturnType<typeof optionsOf>, JsonValue[], AnswerReading | undefined]>([
  ['0 occurs', four, [1, 2, 0], 'from-0'],
  ['as many as there are options occurs', four, [1, 2, 4], 'from-1'],
  ['texts of digits count too', four, ['3', '0'], 'from-0'],
  ['neither 0 nor 4', four, [1, 2, 3], undefined],
  ['both 0 and 4', four, [0, 1, 4], undefined],
  ['letters', four, ['A', 'd', 'C.'], 'letters'],
  ['texts', four, ['red', 'White'], 'texts'],
  ['several', four, ['AC', 'B,D', 'A、B、C'], 'letters'],
  ['lists of letters', four, [['A', 'C'], ['B']], 'letters'],
  ['lists of numbers', four, [[0, 2], [1]], 'from-0'],
  ['a letter with its text', four, ['B. green', '(C) blue'], 'letters'],
  ['full-width letters', four, ['Ａ', 'Ｃ'], 'letters'],
  ['one bad value in twenty', four, [...Array.from({ length: 19 }, () => 'A'), 'X'], 'letters'],
  ['options that are other letters', optionsOf(['B', 'A', 'D', 'C']), ['A', 'C'], undefined],
  ['options that are their letters', optionsOf(['A', 'B', 'C', 'D']), ['A', 'C'], 'letters'],
  ['options that are numbers', optionsOf(['2', '1', '3']), ['1', '2'], undefined],
  ['numbers of which one is no number of an option', optionsOf(['7', '8', '9']), [7, 9], 'texts'],
  ['keys that are numbers', optionsOf({ '1': 'a', '2': 'b' }), ['1', '2'], 'letters'],
  ['nothing', four, ['X', 'Y'], undefined],
])('%s', (_name, options, values, due) => {
  expect(decide(options, values).decided).toBe(due);
});

test('several right letters come in the order of the options; what is none is refused', () => {
  expect(answer(four, 'CA', 'letters')).toBe('AC');
  expect(answer(four, ['white', 'red'], 'texts')).toBe('AD');
  expect(() => answer(four, 'AE', 'letters')).toThrow('names none');
  expect(() => answer(four, 'AA', 'letters')).toThrow('names none');
  expect(() => answer(four, 0, 'from-1')).toThrow('names none');
  const gap = optionsOf({ A: 'a', B: '', C: 'c' });
  expect(answer(gap, 'C', 'letters')).toBe('C');
  expect(answer(gap, 3, 'from-1')).toBe('C');
  expect(() => answer(gap, 'B', 'letters')).toThrow('names none');
});

test('options as ARC and as texts have them', () => {
  expect(optionsOf({ text: ['x', 'y'], label: ['1', '2'] })).toEqual([
    { letter: '1', text: 'x' },
    { letter: '2', text: 'y' },
  ]);
  expect(optionsOf('x | y').map(({ text }) => text)).toEqual(['x', 'y']);
});
