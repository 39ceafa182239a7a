/** Whether targets are what a model would write by itself, against what it writes and against its logits. */
import { afterAll, expect, test } from 'vitest';
import { openTestDevice } from '../../../test/gpu/kernel-bench.ts';
import { recordOf } from '../evaluation/answering.ts';
import { BaseModel } from '../model/weights.ts';
import { openCheckpoint } from '../testing/checkpoint-folder.ts';
import { Scorer } from './scorer.ts';
import { StateModel } from './state-model.ts';

const gpu = await openTestDevice();
afterAll(() => gpu.close());

const { config, weights } = await openCheckpoint('test/fixtures/lm-eval/models/random-qwen2');
const state = await StateModel.load({
  ...{ gpu, config, weights, precision: 'float32', run: null, context: 64 },
});
const answers = state.answers();
const prompt = Uint32Array.from([5, 17, 101, 33, 8]);
const [written = new Uint32Array()] = await answers.generateBatch([prompt], 6, []);
const other = (place: number): Uint32Array =>
  written.map((id, at) => (at === place ? (id + 1) % config.vocabularySize : id));
/** What it writes, and the same with another token at the beginning, inside, and at the end. */
const continuations = [written, other(0), other(3), other(5), written.slice(0, 1)];
const records = continuations.map((ids) => ({ ...recordOf(prompt, ids), task: 0 }));

test('a continuation is greedy where every token of it is the likeliest, by the logits of each place', async () => {
  expect(written).toHaveLength(6);
  const scores = await answers.score(records);
  const due = await Promise.all(
    continuations.map(async (ids) => {
      const likeliest: boolean[] = [];
      for (let at = 0; at < ids.length; at += 1) {
        const logits = await answers.logits(new Uint32Array([...prompt, ...ids.slice(0, at)]));
        likeliest.push(logits.indexOf(Math.max(...logits)) === ids[at]);
      }
      return likeliest.every(Boolean);
    }),
  );
  expect(scores.map(({ greedy }) => greedy)).toEqual(due);
  expect(due).toEqual([true, false, false, false, true]);
});

test('to ask for it changes no bit of the losses', async () => {
  const base = await BaseModel.load(gpu, config, weights);
  const options = { config, weights: base.weights, branches: null, rows: 64 };
  const plain = await Scorer.create(gpu, options);
  const asking = await Scorer.create(gpu, { ...options, greedy: true });
  const [without, beside] = [await plain.score(records), await asking.score(records)];
  expect(without.map((score) => 'greedy' in score)).toEqual(records.map(() => false));
  expect(beside.map(({ nll }) => nll)).toEqual(without.map(({ nll }) => nll));
  for (const held of [plain, asking, base]) held.release();
});
