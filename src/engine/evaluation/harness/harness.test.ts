/** Prompts, continuations and right answers against those of lm-eval, character by character. */
import { expect, test } from 'vitest';
import { askedByHarness, readHarnessFixtures } from '../../testing/harness-reference.ts';
import type { EvaluationItem } from '../items.ts';
import { planTasks, questionsOf } from './files.ts';
import { PythonRandom, strip } from './python.ts';
import { continuationsOf, normedLetter } from './questions.ts';
import { harnessTasks, splitIn } from './tasks.ts';

/** Of Python 3.11: random.Random(1234), then sample(range(200), 3), sample(range(20), 7), sample(range(200), 6). */
const PYTHON = [
  [199, 112, 29],
  [0, 2, 1, 18, 3, 12, 5],
  [60, 4, 7, 88, 165, 159],
];

const files = await readHarnessFixtures();
const plans = planTasks(files);
const asked = askedByHarness();
const rightOf = ({ answer }: EvaluationItem): number => answer.charCodeAt(0) - 65;

test('every task has a fixture, and every file is recognised', () => {
  const names = plans.map(({ task }) => task.name).sort();
  expect(names).toEqual(harnessTasks.map(({ name }) => name).sort());
  expect([...new Set(asked.map(({ task }) => task))].sort()).toEqual(names);
  expect(files.flatMap(({ leftOut }) => leftOut)).toEqual([]);
});

test.each(asked)('$task with $shots examples', ({ task, shots, items: wanted }) => {
  const plan = plans.find((one) => one.task.name === task);
  if (!plan) throw new Error('no files');
  const { items } = questionsOf(plan, shots);
  expect(items).toHaveLength(wanted.length);
  for (const [place, item] of items.entries()) {
    const due = wanted[place];
    expect(item.prompt).toBe(due?.context);
    expect(continuationsOf(item)).toEqual(due?.continuations);
    const target = due?.target;
    expect(rightOf(item)).toBe(
      typeof target === 'string' ? item.harness?.options.indexOf(target) : target,
    );
  }
});

test("draws as Python's random does", () => {
  const values = Array.from({ length: 200 }, (_, i) => i);
  const random = new PythonRandom(1234);
  const counts = [3, 7, 6];
  const drawn = counts.map((count) =>
    random.sample(count === 7 ? values.slice(0, 20) : values, count),
  );
  expect(drawn).toEqual(PYTHON);
  expect(() => random.sample(values, 201)).toThrow(RangeError);
});

test("shuffles and chooses as Python's random does", () => {
  // Of Python 3.11: random.Random(0), then shuffle(list(range(12))) and five times choice(range(7)).
  const random = new PythonRandom(0);
  const values = Array.from({ length: 12 }, (_, i) => i);
  expect(random.shuffled(values)).toEqual([1, 9, 8, 5, 10, 2, 3, 7, 4, 0, 11, 6]);
  expect(Array.from({ length: 5 }, () => random.below(7))).toEqual([4, 1, 2, 1, 6]);
  expect(random.shuffled([])).toEqual([]);
  expect(() => random.below(0)).toThrow(RangeError);
});

test('strips what Python strips', () => {
  expect(strip('\u3000\u00a0\u001c a\ufeff ')).toBe('a\ufeff');
});

test.each([
  ['train-00000-of-00001.parquet', 'train'],
  ['headqa/en/test-00000-of-00001.parquet', 'test'],
  ['test/anatomy_dev.csv', 'dev'],
  ['val/physician_val.csv', 'validation'],
  ['latest.json', null],
])('the split of %s', (path, split) => {
  expect(splitIn(path)).toBe(split);
});

test('acc_norm counts characters, as Python does', () => {
  const harness = { options: ['𝛾𝛾', 'aaa'], norm: true, shots: 0, question: '', row: {} };
  const item = {
    task: 't',
    kind: 'knowledge',
    metric: 'accuracy',
    prompt: 'p',
    answer: 'A',
  } as const;
  // By UTF-16 units the first would have −0.75 a unit, and win.
  expect(normedLetter({ ...item, harness }, [-3, -4])).toBe('B');
});
