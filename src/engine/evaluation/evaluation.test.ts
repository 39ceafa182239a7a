import { expect, test } from 'vitest';
import type { AnsweringModel, PromptText } from './answering.ts';
import { groupByTask, readEvaluationRow, rightLetters } from './items.ts';
import type { EvaluationItem, ItemAnswer } from './items.ts';
import { parseItems } from './answers/list-answers.ts';
import { rougeL, rougeTokens } from './metrics.ts';
import { readAnswers, scoreAnswers } from './answers/read-answers.ts';
import type { Metric, Reading } from './answers/reading.ts';
import { reportAnswers } from './report.ts';
import { sampleOf, scoreSample } from './sample.ts';
import { statedLabel, statedLetters } from './answers/stated-answer.ts';
import { answerItems, evaluateItems, methodOf } from './tasks.ts';

function reading(wanted: readonly string[], given: readonly string[]): Reading {
  const value = wanted[0] === given[0] ? 1 : 0;
  return { wanted, given, value, adheres: true, reference: null };
}

function scoreOf(metric: Metric, pairs: readonly (readonly [string, string])[]) {
  const readings = pairs.map(([wanted, given]) => reading([...wanted], [...given]));
  return scoreSample(sampleOf(metric, readings));
}

test('micro-F1 sums over records before it divides, and counts an item once', () => {
  const score = scoreOf('micro-f1', [
    ['abc', 'axx'],
    ['d', 'd'],
  ]);
  expect(score.precision).toBeCloseTo(2 / 3, 12);
  expect(score.recall).toBeCloseTo(2 / 4, 12);
  expect(score.f1).toBeCloseTo(4 / 7, 12);
  expect(scoreOf('micro-f1', [['', '']]).f1).toBe(0);
});

test('macro and weighted F1 average over labels of references and predictions', () => {
  // a: p 1, r 2/3, f 0.8; b: p 0, r 0, f 0; c: no support, f 0
  const pairs = [
    ['a', 'a'],
    ['a', 'a'],
    ['a', 'b'],
    ['b', 'c'],
  ] as const;
  expect(scoreOf('macro-f1', pairs).f1).toBeCloseTo(0.8 / 3, 12);
  expect(scoreOf('weighted-f1', pairs).f1).toBeCloseTo(0.6, 12);
  expect(scoreOf('accuracy', pairs).f1).toBe(0.5);
  expect(scoreOf('accuracy', []).f1).toBe(0);
});

test('perplexity is the exponential of the mean loss per token of all references together', () => {
  const readings = [
    { nll: 2, tokens: 1 },
    { nll: 4, tokens: 5 },
  ].map((reference): Reading => ({ wanted: [], given: [], value: null, adheres: null, reference }));
  expect(scoreSample(sampleOf('perplexity', readings)).f1).toBeCloseTo(Math.E, 12);
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
  expect(statedLabel('Yes.', labels)).toBe('yes');
  expect(statedLabel('no\nBecause the study says yes', labels)).toBe('no');
  expect(statedLabel('The answer is: no', labels)).toBe('no');
  expect(statedLabel('Family and Social History', labels)).toBe('family and social history');
  expect(statedLabel('yes and no', labels)).toBeNull();
  expect(statedLabel('', labels)).toBeNull();
});

function item(values: Partial<EvaluationItem>): EvaluationItem {
  return { task: 't', kind: 'alignment', metric: 'accuracy', prompt: 'p', answer: 'a', ...values };
}

const answer = (text: string, written: string | null = null): ItemAnswer => ({
  text,
  written,
  reference: null,
});
const answers = (...texts: readonly string[]): ItemAnswer[] => texts.map((text) => answer(text));

test('answers are scored by the metric of their task, with adherence to the format', () => {
  const [entities] = groupByTask([
    item({ metric: 'micro-f1', answer: 'chemical: a; b\ndisease: none' }),
    item({ metric: 'micro-f1', answer: 'chemical: none\ndisease: c' }),
  ]);
  if (!entities) throw new Error('one task');
  const score = scoreAnswers(entities, answers('chemical: A\ndisease: none', 'disease: c; d'));
  // right a, c; predicted a, c, d; wanted a, b, c
  expect(score.score).toBeCloseTo(2 / 3, 12);
  expect(score.formatAdherence).toBe(0.5);

  const [labels] = groupByTask([
    item({ answer: 'yes', choices: ['yes', 'no', 'maybe'] }),
    item({ answer: 'no', choices: ['yes', 'no', 'maybe'] }),
    item({ answer: 'no', choices: ['yes', 'no', 'maybe'] }),
  ]);
  if (!labels) throw new Error('one task');
  expect(scoreAnswers(labels, answers('Yes', 'maybe', 'I think'))).toEqual({
    score: 1 / 3,
    formatAdherence: 2 / 3,
  });
});

/** Characters as tokens. `score` prefers the letter that the prompt names; `generate` repeats it. */
const text: PromptText = {
  prompt: (prompt) => Uint32Array.from(prompt, (c) => c.charCodeAt(0)),
  answer: (answer) => Uint32Array.from(answer, (c) => c.charCodeAt(0)),
  piece: (piece) => Uint32Array.from(piece, (c) => c.charCodeAt(0)),
  plain: (text) => Uint32Array.from(text, (c) => c.charCodeAt(0)),
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
  expect(results[0]?.answers.map(({ text: chosen }) => chosen)).toEqual(['C', 'B']);
  expect(results.map(({ method }) => method)).toEqual(['likelihood', 'written']);
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

/** The error in a row as code and field; null where the row is not of an evaluation file. */
function faultOf(value: Parameters<typeof readEvaluationRow>[0], own = false): string | null {
  const read = readEvaluationRow(value, own);
  if (!read) return null;
  return read.ok ? 'none' : `${read.fault.code} ${read.fault.data['field']}`;
}

const row = { task: 't', kind: 'knowledge', metric: 'accuracy', prompt: 'p', answer: 'A' };

test('a row that is no item is refused with its field', () => {
  expect(faultOf({ ...row, metric: 'bleu' })).toBe('unknown-value metric');
  expect(faultOf({ ...row, kind: null })).toBe('missing-field kind');
  expect(faultOf({ ...row, prompt: ' ' })).toBe('missing-field prompt');
  expect(faultOf({ ...row, prompt: 3 })).toBe('wrong-type prompt');
  expect(faultOf({ ...row, choices: ['A', { text: 'B' }] })).toBe('wrong-type choices');
  expect(faultOf({ ...row, choices: ['A'] })).toBe('wrong-type choices');
  expect(faultOf(3)).toBeNull();
  expect(faultOf({ task: 't' })).toBeNull();
  expect(faultOf({ task: 't' }, true)).toBe('missing-field kind, metric, prompt');
  expect(faultOf({ task_dataset: 'X', input: 'i', target: 't' })).toBeNull();
});

test('null, an empty text and an empty list are absent in every optional field', () => {
  for (const blank of [null, '', []]) {
    expect(faultOf({ ...row, choices: blank })).toBe('none');
    const cblue = { task_dataset: 'MedDG', input: 'i', target: 't', answer_choices: blank };
    expect(faultOf(cblue)).toBe('none');
  }
});

test('a blank reference is no answer, whatever the metric', () => {
  for (const answer of [null, '', ' \n', []]) {
    for (const metric of ['accuracy', 'micro-f1', 'macro-f1', 'rouge-l', 'perplexity']) {
      expect(faultOf({ ...row, metric, answer })).toBe('no-answer answer');
    }
    const choices = ['是的', '不是'];
    for (const task of ['CHIP-STS', 'CHIP-CDEE', 'MedDG', 'IMCS-V2-MRG']) {
      const cblue = { task_dataset: task, input: 'i', target: answer, answer_choices: choices };
      expect(faultOf(cblue)).toBe('no-answer target');
    }
  }
});

test('a reference must name a choice, or list items where items are compared', () => {
  const choices = ['A', 'B', 'C', 'D'];
  expect(faultOf({ ...row, choices, answer: 'Aspirin' })).toBe('answer-no-choice answer');
  expect(faultOf({ ...row, choices, answer: 'E' })).toBe('answer-no-choice answer');
  expect(faultOf({ ...row, metric: 'micro-f1', answer: 'nothing' })).toBe('answer-no-items answer');
  for (const answer of ['ACD', 'A、C、D', 'A, C and D', ['A', 'C', 'D'], '(A)(C)(D)', 'ＡＣＤ']) {
    const read = readEvaluationRow({ ...row, choices, answer });
    expect(read?.ok && rightLetters(read.item), String(answer)).toEqual(['A', 'C', 'D']);
  }
  // Only the letter counts, not the capitals of the text behind it.
  const restated = readEvaluationRow({ ...row, choices, answer: 'B. Vitamin D' });
  expect(restated?.ok && rightLetters(restated.item)).toEqual(['B']);
});

test('items without an answer, as earlier versions stored them, give no score', () => {
  const items = [
    item({
      task: 'sts',
      metric: 'weighted-f1',
      answer: '',
      cblue: true,
      choices: ['是的', '不是'],
    }),
    item({ task: 'ner', metric: 'micro-f1', answer: ' ' }),
    item({ task: 'exam', answer: '', choices: ['A', 'B'] }),
    item({ task: 'text', metric: 'rouge-l', answer: 'fluids and rest' }),
  ];
  const given = answers('', '', '', 'fluids and rest');
  const { tasks } = reportAnswers(items, given, { choices: 'likelihood', seed: 1 });
  expect(tasks.map(({ task, value }) => [task, value])).toEqual([['text', 1]]);
});

test('rows of PromptCBLUE are scored by the rules of their task', () => {
  const read = readEvaluationRow({
    task_dataset: 'CHIP-STS',
    input: '相同吗？',
    target: '相同',
    answer_choices: ['是的', '不是', '相同', '不同'],
  });
  if (!read?.ok) throw new Error('it is one');
  expect(read.item).toMatchObject({ task: 'CHIP-STS', metric: 'weighted-f1', kind: 'alignment' });
  const [task] = groupByTask([read.item]);
  if (!task) throw new Error('one task');
  expect(scoreAnswers(task, answers('是的')).score).toBe(1);
  expect(scoreAnswers(task, answers('不同')).score).toBe(0);
});

test('several right letters: every right one and no wrong one', () => {
  const choices = ['A', 'B', 'C', 'D', 'E'];
  const [task] = groupByTask([item({ answer: 'A、C', choices }), item({ answer: 'BD', choices })]);
  if (!task) throw new Error('one task');
  expect(methodOf(task, 'likelihood')).toBe('generated');
  const read = (first: string, second: string) =>
    readAnswers(task, answers(first, second)).map(({ value }) => value);
  expect(read('CA', 'B')).toEqual([1, 0]);
  expect(read('AC', 'BDE')).toEqual([1, 0]);
  expect(statedLetters('B is wrong. The answer is A, C and E.', choices)).toEqual(['A', 'C', 'E']);
  expect(statedLetters('答案为BD。', choices)).toEqual(['B', 'D']);
  expect(statedLetters('The answer is Aspirin', choices)).toEqual([]);
  expect(statedLetters('The answer is AX', choices)).toEqual([]);
});

test('a written choice: free answer, closing text, then one token among the letters', async () => {
  const scored: string[] = [];
  const asked: string[] = [];
  const model: AnsweringModel = {
    generateBatch: async (prompts) => {
      asked.push(...prompts.map((ids) => text.decode(ids)));
      return prompts.map(() => text.piece('因为。'));
    },
    score: async (records) =>
      records.map(({ ids, labels }) => {
        scored.push(text.decode(ids).slice(-9));
        const targets = labels.filter((label) => label !== -100);
        return { nll: targets[0] === 'B'.charCodeAt(0) ? 0.1 : 3, targets: targets.length };
      }),
  };
  const choices = ['A', 'B'];
  const [result] = await evaluateItems(
    model,
    text,
    [item({ prompt: '哪个？', answer: 'B', choices })],
    { maxTokens: 20, contextLength: 500, choices: 'generated' },
  );
  expect(asked[0]).toMatch(/^哪个？\n.*答案为\{answer\}。$/);
  expect(scored.map((end) => end.slice(-8))).toEqual(['因为。\n答案为A', '因为。\n答案为B']);
  expect(result).toMatchObject({ score: 1, formatAdherence: 0, method: 'generated' });
  expect(result?.answers[0]).toMatchObject({ text: 'B', written: '因为。' });
});

test('what is known is not asked again, and perplexity is measured beside the answers', async () => {
  const seen: number[] = [];
  const items = [item({ prompt: 'one' }), item({ prompt: 'two' }), item({ prompt: 'six' })];
  const places: number[] = [];
  const options = { maxTokens: 4, contextLength: 50, batchSize: 1, perplexity: true };
  const known = (place: number) => place === 1;
  for await (const batch of answerItems(lastLetterModel(seen), text, items, {
    ...options,
    known,
  })) {
    for (const [place, { text: said, reference }] of batch) {
      places.push(place);
      expect(said).toBe(items[place]?.prompt);
      expect(reference).toEqual({ nll: 2, tokens: 1 });
    }
  }
  expect(places).toEqual([0, 2]);
});

test('an answer that the token limit cut off has no form, and counts as before otherwise', async () => {
  const model: AnsweringModel = {
    generateBatch: async (prompts, room) =>
      prompts.map((_prompt, i) => text.piece('x'.repeat(i === 0 ? room : room - 1))),
    score: async () => [],
  };
  const open = item({ prompt: 'Say x', answer: 'xxx', metric: 'rouge-l', choices: undefined });
  const [result] = await evaluateItems(model, text, [open, { ...open, prompt: 'Again' }], {
    maxTokens: 3,
    contextLength: 100,
  });
  expect(result?.answers).toEqual([
    { text: 'xxx', written: null, reference: null, cut: true },
    { text: 'xx', written: null, reference: null },
  ]);
  expect(result).toMatchObject({ score: 0.5, formatAdherence: 0.5 });
});
