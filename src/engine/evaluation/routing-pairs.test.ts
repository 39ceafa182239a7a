import { expect, test } from 'vitest';
import type { MicroBatch } from '../model/packing.ts';
import { expertPairs, packQuestions, scoreQuestions } from './routing-pairs.ts';

const ids = (...values: number[]) => Uint32Array.from(values);

/** A loss that depends on everything before the target in its own record, and on the target. */
function lossOf(before: readonly number[], target: number): number {
  return before.reduce((sum, id, i) => (sum * 31 + id * (i + 1)) % 97, 7) / 97 + target / 50;
}

const scorer = {
  targetLosses: (part: MicroBatch) =>
    Promise.resolve(
      Float32Array.from({ length: part.targets }, (_, target) => {
        const row = part.targetRows[target] ?? 0;
        const before = [...part.ids.slice(part.segmentStart[row] ?? 0, row + 1)];
        return lossOf(before, part.targetIds[target] ?? 0);
      }),
    ),
};

test('pairs are unordered and complete', () => {
  expect(expertPairs(4)).toEqual([
    [0, 1],
    [0, 2],
    [0, 3],
    [1, 2],
    [1, 3],
    [2, 3],
  ]);
  expect(expertPairs(8)).toHaveLength(28);
});

test('options of one token share a prompt, longer ones do not, and all find their question again', async () => {
  const questions = [
    { task: 'exam', prompt: ids(3, 4, 5, 6, 7), options: [ids(9), ids(2), ids(30)], answer: 1 },
    { task: 'exam', prompt: ids(8, 8, 1), options: [ids(1, 2), ids(5, 6, 7)], answer: 1 },
    { task: 'note', prompt: ids(2, 3), options: [ids(11, 12, 13)], answer: 0 },
    { task: 'exam', prompt: ids(6, 5, 4, 3), options: [ids(20), ids(21)], answer: 1 },
  ];
  const packed = packQuestions(questions, 8, 12);
  expect(packed.parts.length).toBeGreaterThan(1);
  const rows = packed.parts.reduce((sum, { tokens }) => sum + tokens, 0);
  expect(rows).toBe(5 + (3 + 1) + (3 + 2) + (2 + 2) + 4);
  const mean = (prompt: Uint32Array, option: Uint32Array) => {
    const all = [...prompt, ...option];
    const losses = Array.from(option, (id, t) => lossOf(all.slice(0, prompt.length + t), id));
    return -losses.reduce((sum, loss) => sum + loss, 0) / option.length;
  };
  const right = questions.filter(({ prompt, options, answer }) => {
    const scores = options.map((option) => mean(prompt, option));
    return options.length > 1 && scores.indexOf(Math.max(...scores)) === answer;
  });
  const tasks = await scoreQuestions(scorer, packed);
  expect(tasks.map(({ task, items, choices }) => ({ task, items, choices }))).toEqual([
    { task: 'exam', items: 3, choices: 3 },
    { task: 'note', items: 1, choices: 0 },
  ]);
  expect(tasks[0]?.right).toBe(right.length);
  const own = (task: string) =>
    questions
      .filter((question) => question.task === task)
      .reduce((sum, { prompt, options, answer }) => {
        return sum + mean(prompt, options[answer] ?? ids());
      }, 0);
  expect(tasks[0]?.logLikelihood).toBeCloseTo(own('exam'), 5);
  expect(tasks[1]?.logLikelihood).toBeCloseTo(own('note'), 5);
});

test('a prompt longer than the context keeps its end', async () => {
  const prompt = Uint32Array.from({ length: 40 }, (_, i) => i + 1);
  const packed = packQuestions([{ task: 't', prompt, options: [ids(3)], answer: 0 }], 8, 16);
  const [tasks] = await scoreQuestions(scorer, packed);
  expect(tasks?.logLikelihood).toBeCloseTo(-lossOf([...prompt.slice(-15)], 3), 5);
});
