/** Likelihoods and scores of every item against those of lm-eval, on medcare-nano and two models of random weights. */
import { readFileSync } from 'node:fs';
import process from 'node:process';
import { afterAll, expect, test } from 'vitest';
import { openTestDevice } from '../../../../test/gpu/kernel-bench.ts';
import { loadTestTokenizer } from '../../../text/testing/load.ts';
import { StateModel } from '../../inference/state-model.ts';
import { openCheckpoint } from '../../testing/checkpoint-folder.ts';
import { readHarnessFixtures, scoredByHarness } from '../../testing/harness-reference.ts';
import type { AnsweringModel, AskedText } from '../answering.ts';
import { reportAnswers } from '../report.ts';
import { answerItems } from '../tasks.ts';
import type { ItemAnswer } from '../items.ts';
import { planTasks, questionsOf } from './files.ts';
import { normedLetter } from './questions.ts';

const gpu = await openTestDevice();
const plans = planTasks(await readHarnessFixtures());
afterAll(() => gpu.close());

const models = [
  ['medcare-nano', 'public/models/medcare-nano', 'medcare-nano'],
  ['random-qwen2', 'test/fixtures/lm-eval/models/random-qwen2', 'medcare-nano'],
  ['random-llama', 'test/fixtures/lm-eval/models/random-llama', 'stories260k'],
] as const;

/** With examples the contexts are long, and so is all of medcare-nano: these tasks stand for the others. */
const WITH_EXAMPLES = new Set(['headqa_es', 'cmmlu_genetics']);
const FOR_OTHERS = new Set([
  ...['medqa_4options', 'medmcqa', 'pubmedqa', 'careqa_es', 'headqa_en'],
  ...['cmmlu_genetics', 'ceval-valid_physician'],
]);
/** `MEDCARE_EVERY_ITEM=1` compares every item of every task, without and with examples. */
const EVERY = process.env['MEDCARE_EVERY_ITEM'] === '1';

/** lm-eval computes in another order of sums. */
const MOST = 1e-4;

function textOf(like: string): AskedText {
  const tokenizer = loadTestTokenizer(`public/models/${like}`);
  const none = (): never => {
    throw new Error('not asked in a template');
  };
  return {
    ...{ prompt: none, answer: none, piece: none, decode: none, eosIds: [] },
    plain: (text) => tokenizer.encodeWithBos(text),
  };
}

async function openModel(folder: string) {
  const { config, weights } = await openCheckpoint(folder);
  const state = await StateModel.load({
    ...{ gpu, config, weights, precision: 'float32', run: null },
    context: config.contextLength,
  });
  const asking = state.answers();
  const model: AnsweringModel = {
    generateBatch: () => Promise.reject(new Error('nothing is written')),
    score: (records) => asking.score(records.map((record) => ({ ...record, task: 0 }))),
  };
  return { config, state, model };
}

test('whether an option would be written greedily is what lm-eval says', async () => {
  const { config, state, model } = await openModel('public/models/medcare-nano');
  const text = textOf('medcare-nano');
  const { samples } = JSON.parse(
    readFileSync('test/fixtures/lm-eval/results.json', 'utf8'),
  ) as Readonly<
    Record<'samples', Record<string, readonly { filtered_resps: [number, boolean][] }[]>>
  >;
  for (const [task, [first]] of Object.entries(samples)) {
    const plan = plans.find((one) => one.task.name === task);
    const items = plan ? questionsOf(plan, 3).items.slice(0, 1) : [];
    const { contextLength } = config;
    for await (const [[, answer] = []] of answerItems(model, text, items, { contextLength })) {
      expect(answer?.greedy, task).toEqual(first?.filtered_resps.map(([, greedy]) => greedy));
    }
  }
  state.release();
});

test.each(models)('%s', async (name, folder, like) => {
  const { config, state, model } = await openModel(folder);
  let largest = 0;
  const reference = scoredByHarness(name).filter(
    ({ task, shots }) =>
      EVERY || (shots === 0 ? name !== like || FOR_OTHERS.has(task) : WITH_EXAMPLES.has(task)),
  );
  for (const { task, shots, items: wanted, scores } of reference) {
    const plan = plans.find((one) => one.task.name === task);
    if (!plan) throw new Error(task);
    const { items } = questionsOf(plan, shots);
    const answers: ItemAnswer[] = [];
    for await (const batch of answerItems(model, textOf(like), items, {
      contextLength: config.contextLength,
    })) {
      for (const [place, answer] of batch) answers[place] = answer;
    }
    for (const [place, due] of wanted.entries()) {
      const item = items[place];
      const { text = '', options = [] } = answers[place] ?? {};
      const errors = due.lls.map((ll, i) => Math.abs((options[i] ?? Number.NaN) - ll));
      largest = Math.max(largest, ...errors);
      if (!item || !(Math.max(...errors) <= MOST)) {
        expect.fail(`${task} ${shots} ${place}: ${options.join(' ')}, not ${due.lls.join(' ')}`);
      }
      expect(Number(text === item.answer)).toBe(due.acc);
      if (due.acc_norm === undefined) continue;
      expect(Number(normedLetter(item, options) === item.answer)).toBe(due.acc_norm);
    }
    const [report] = reportAnswers(items, answers, { choices: 'likelihood', seed: 1 }).tasks;
    expect(report?.value).toBeCloseTo(scores['acc,none'] ?? Number.NaN, 12);
    expect(report?.norm?.value).toBe(scores['acc_norm,none']);
  }
  state.release();
  expect(largest).toBeGreaterThan(0);
});
