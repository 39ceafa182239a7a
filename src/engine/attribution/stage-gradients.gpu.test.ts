import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTestDevice } from '../../../test/gpu/kernel-bench.ts';
import { openCheckpoint, type CheckpointFolder } from '../testing/checkpoint-folder.ts';
import { randomSource } from '../testing/numbers.ts';
import { quickRecipe } from '../training/recipe/presets.ts';
import type { TrainingRecord } from '../training/run/data-order.ts';
import { TrainingRun } from '../training/run/run.ts';
import { likenesses, ranked } from './ranking.ts';
import { answersOf, StageGradients } from './stage-gradients.ts';

const gpu = await openTestDevice();
let model: CheckpointFolder;

beforeAll(async () => {
  model = await openCheckpoint('public/models/stories260k');
});
afterAll(() => {
  gpu.close();
});

const length = 24;
const promptTokens = 8;

/** A prompt and an answer of made-up tokens. */
function randomRecord(index: number): TrainingRecord {
  const next = randomSource(2000 + index);
  const ids = Uint32Array.from({ length }, () => 3 + Math.floor(next() * 500));
  const labels = Int32Array.from(ids, (id, t) => (t < promptTokens ? -100 : id));
  return { ids, labels, task: 0, kind: 'alignment', dataSet: 0, row: index };
}

test('gradients of both stages tell each record by its answer and by the end of it', async () => {
  const { config, weights } = model;
  const quick = quickRecipe();
  const stages = quick.stages.map((stage) => ({
    ...stage,
    epochs: 2,
    // Chance in training must not reach the gradients.
    dropout: Object.fromEntries(stage.train.map((name) => [name, 0.1])),
  }));
  const batch = { records: 8, microBatchTokens: 128, maxLength: 64 };
  const recipe = { ...quick, stages, batch };
  const records = Array.from({ length: 24 }, (_, index) => randomRecord(index));
  const common = { gpu, config, weights, recipe };
  const run = await TrainingRun.create({ ...common, tasks: ['all'], records, validation: [] });
  const stageBranches: Uint8Array[] = [];
  while (!run.done) {
    for (const event of await run.advance()) {
      if (event.type === 'stage-end') stageBranches.push(event.branches);
    }
  }
  run.release();
  for (const stage of [0, 1]) {
    const options = { ...common, stage, stageBranches, longest: length, seed: 3 };
    const gradients = await StageGradients.create(options);
    const sketches: Float32Array[] = [];
    for (const record of records) sketches.push(await gradients.ofRecord(record));
    expect(await gradients.ofRecord(records[4] ?? randomRecord(4))).toEqual(sketches[4]);

    // The mean over targets: two halves of the targets make up the whole.
    const half = (from: number, to: number) =>
      gradients.ofRecord({
        ...randomRecord(4),
        labels: randomRecord(4).labels.map((label, t) => (t >= from && t < to ? label : -100)),
      });
    const [one, other] = [await half(0, 16), await half(16, length)];
    const norm = Math.hypot(...(sketches[4] ?? []));
    const error = Math.hypot(
      ...one.map((x, i) => (x + (other[i] ?? 0)) / 2 - (sketches[4]?.[i] ?? 0)),
    );
    expect(norm).toBeGreaterThan(0);
    expect(error / norm).toBeLessThan(1e-3);

    for (const index of [0, 7, 23]) {
      const { ids } = randomRecord(index);
      const query = await gradients.ofPhrase(ids, promptTokens, answersOf(records));
      const values = likenesses(query, sketches);
      expect(ranked(values)[0]).toBe(index);
      expect(values[index]).toBeCloseTo(1, 4);
      // Words of its answer alone still point to it.
      const phrase = await gradients.ofPhrase(ids, length - 6, answersOf(records));
      expect(ranked(likenesses(phrase, sketches))[0]).toBe(index);
    }
    gradients.release();
  }
  expect(gpu.ledger.total).toBe(0);
});
