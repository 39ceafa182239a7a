import { expect, test } from 'vitest';
import { readEvaluationItem, groupByTask, parseItems, parseLabel, scoreAnswers } from './items.ts';
import type { EvaluationItem } from './items.ts';
import { accuracy, labelF1, microF1, rougeL, rougeTokens } from './metrics.ts';
import { evaluateItems } from './tasks.ts';
import type { AnsweringModel, PromptText } from './tasks.ts';

test('micro-F1 sums over records before it divides', () => {
  const score = microF1(
    [new Set(['a', 'b', 'c']), new Set(['d'])],
    [new Set(['a', 'x']), new Set(['d'])],
  );
  expect(score.precision).toBeCloseTo(2 / 3, 12);
  expect(score.recall).toBeCloseTo(2 / 4, 12);
  expect(score.f1).toBeCloseTo(4 / 7, 12);
  expect(microF1([new Set()], [new Set()]).f1).toBe(0);
});

test('macro and weighted F1 average over labels of references and predictions', () => {
  const references = ['a', 'a', 'a', 'b'];
  const predictions = ['a', 'a', 'b', 'c'];
  // a: p 1, r 2/3, f 0.8; b: p 0, r 0, f 0; c: no support, f 0
  expect(labelF1(references, predictions, 'macro').f1).toBeCloseTo(0.8 / 3, 12);
  expect(labelF1(references, predictions, 'weighted').f1).toBeCloseTo(0.6, 12);
  expect(accuracy(references, predictions)).toBe(0.5);
  expect(accuracy([], [])).toBe(0);
});

test('ROUGE-L counts words of English and characters of Chinese', () => {
  expect(rougeTokens('Fever, 38.5°C; naïve')).toEqual([
    'fever',
    ',',
    '38',
    '.',
    '5°c',
    ';',
    'naive',
  ]);
  expect(rougeTokens('患者ＣＴ检查 CT扫描。')).toEqual([
    ...'患者',
    'ｃｔ',
    ...'检查',
    'ct',
    ...'扫描。',
  ]);
  // lcs "the cat the mat" = 4 of 6 and 4 of 5
  expect(rougeL('the cat sat on the mat', 'the cat was the mat')).toBeCloseTo(8 / 11, 12);
  expect(rougeL('头痛发热', '发热头痛')).toBe(0.5);
  expect(rougeL('x', '')).toBe(0);
});

test('list answers become sets of typed items, whatever their case and spacing', () => {
  expect(parseItems('chemical: Selegiline;  L-dopa\ndisease: none')).toEqual(
    new Set(['chemical\tselegiline', 'chemical\tl-dopa']),
  );
  expect(parseItems('There is nothing here')).toBeNull();
});

test('a label is read from an answer only where the answer gives it', () => {
  const labels = new Set(['yes', 'no', 'family and social history']);
  expect(parseLabel('Yes.', labels)).toBe('yes');
  expect(parseLabel('no\nBecause the study says yes', labels)).toBe('no');
  expect(parseLabel('The answer is: no', labels)).toBe('no');
  expect(parseLabel('Family and Social History', labels)).toBe('family and social history');
  expect(parseLabel('yes and no', labels)).toBeNull();
  expect(parseLabel('', labels)).toBeNull();
});

function item(values: Partial<EvaluationItem>): EvaluationItem {
  return { task: 't', kind: 'alignment', metric: 'accuracy', prompt: 'p', answer: 'a', ...values };
}

test('answers are scored by the metric of their task, with adherence to the format', () => {
  const [entities] = groupByTask([
    item({ metric: 'micro-f1', answer: 'chemical: a; b\ndisease: none' }),
    item({ metric: 'micro-f1', answer: 'chemical: none\ndisease: c' }),
  ]);
  if (!entities) throw new Error('one task');
  const score = scoreAnswers(entities, ['chemical: A\ndisease: none', 'disease: c; d']);
  // right a, c; predicted a, c, d; wanted a, b, c
  expect(score.score).toBeCloseTo(2 / 3, 12);
  expect(score.formatAdherence).toBe(0.5);

  const [labels] = groupByTask([
    item({ answer: 'yes', choices: ['yes', 'no', 'maybe'] }),
    item({ answer: 'no', choices: ['yes', 'no', 'maybe'] }),
    item({ answer: 'no', choices: ['yes', 'no', 'maybe'] }),
  ]);
  if (!labels) throw new Error('one task');
  expect(scoreAnswers(labels, ['Yes', 'maybe', 'I think'])).toEqual({
    score: 1 / 3,
    formatAdherence: 2 / 3,
  });
});

/** Characters as tokens. `score` prefers the letter that the prompt names; `generate` repeats it. */
const text: PromptText = {
  prompt: (prompt) => Uint32Array.from(prompt, (c) => c.charCodeAt(0)),
  answer: (answer) => Uint32Array.from(answer, (c) => c.charCodeAt(0)),
  decode: (ids) => String.fromCharCode(...ids),
  eosIds: [0],
};

function lastLetterModel(seen: number[]): AnsweringModel {
  return {
    generateBatch: async (prompts) => prompts.map((prompt) => prompt.slice(-3)),
    score: async (records) =>
      records.map(({ ids, labels }) => {
        const targets = labels.filter((label) => label !== -100);
        seen.push(ids.length);
        const right = ids[ids.length - targets.length - 1] === targets[0];
        return { nll: right ? 0.5 : 2, targets: targets.length };
      }),
  };
}

test('option letters are chosen by likelihood, words are generated and parsed', async () => {
  const seen: number[] = [];
  const choices = ['A', 'B', 'C', 'D'];
  const progress: number[] = [];
  const results = await evaluateItems(
    lastLetterModel(seen),
    text,
    [
      item({ task: 'exam', kind: 'knowledge', prompt: 'xxxxxxxxxxC', answer: 'C', choices }),
      item({ task: 'exam', kind: 'knowledge', prompt: 'B', answer: 'A', choices }),
      item({ task: 'words', prompt: 'so: yes', answer: 'yes', choices: ['yes', 'no'] }),
    ],
    {
      maxTokens: 4,
      contextLength: 8,
      batchSize: 2,
      onProgress: (done, total) => progress.push(done / total),
    },
  );
  expect(results.map(({ task, score }) => [task, score])).toEqual([
    ['exam', 0.5],
    ['words', 1],
  ]);
  expect(results[0]?.answers).toEqual(['C', 'B']);
  expect(results[0]?.formatAdherence).toBeNull();
  expect(results[1]?.formatAdherence).toBe(1);
  expect(progress).toEqual([2 / 3, 1]);
  // The long prompt was cut to the context, its end kept.
  expect(Math.max(...seen)).toBe(8);
});

test('evaluation stops where the check throws', async () => {
  const stop = evaluateItems(lastLetterModel([]), text, [item({})], {
    maxTokens: 1,
    contextLength: 8,
    check: () => {
      throw new Error('stop');
    },
  });
  await expect(stop).rejects.toThrow('stop');
});

test('a row that is no item is refused with its field', () => {
  expect(readEvaluationItem({ ...item({}), metric: 'bleu' })).toMatchObject({
    ok: false,
    field: 'metric',
  });
  expect(readEvaluationItem(3).ok).toBe(false);
  const row = { task_dataset: 'X', input: 'i', target: 't', answer_choices: '' };
  expect(readEvaluationItem(row)).toMatchObject({ ok: false, field: 'task_dataset' });
});

test('rows of PromptCBLUE are scored by the rules of their task', () => {
  const read = readEvaluationItem({
    task_dataset: 'CHIP-STS',
    input: '相同吗？',
    target: '相同',
    answer_choices: ['是的', '不是', '相同', '不同'],
  });
  if (!read.ok) throw new Error(read.reason);
  expect(read.item).toMatchObject({ task: 'CHIP-STS', metric: 'weighted-f1', kind: 'alignment' });
  const [task] = groupByTask([read.item]);
  if (!task) throw new Error('one task');
  expect(scoreAnswers(task, ['是的']).score).toBe(1);
  expect(scoreAnswers(task, ['不同']).score).toBe(0);
});
