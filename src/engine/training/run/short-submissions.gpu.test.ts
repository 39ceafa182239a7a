import { beforeAll, expect, test } from 'vitest';
import { openFaultyDevice } from '../../../../test/gpu/kernel-bench.ts';
import { Gpu } from '../../gpu/device.ts';
import { Pace } from '../../gpu/pace.ts';
import { openCheckpoint, type CheckpointFolder } from '../../testing/checkpoint-folder.ts';
import { randomSource } from '../../testing/numbers.ts';
import { quickRecipe } from '../recipe/presets.ts';
import type { TrainingRecord } from './data-order.ts';
import type { RunEvent } from './run-events.ts';
import { TrainingRun } from './run.ts';

/** A run gives the same bits whatever a device is given at a time, down to single dispatches and parts of products. */

let model: CheckpointFolder;
beforeAll(async () => {
  model = await openCheckpoint('public/models/stories260k');
});

const recipe = {
  ...quickRecipe(),
  batch: { records: 6, microBatchTokens: 128, maxLength: 64 },
  checkpointEverySteps: 2,
};

const next = randomSource(7);
const records = Array.from({ length: 12 }, (_, index): TrainingRecord => {
  const length = 8 + Math.floor(next() * 32);
  const ids = Uint32Array.from({ length }, () => 3 + Math.floor(next() * 500));
  const labels = Int32Array.from(ids, (id, t) => (t < length / 3 ? -100 : id));
  const kind = index % 2 === 0 ? 'knowledge' : 'alignment';
  return { ids, labels, task: 0, kind, dataSet: 0, row: index };
});

/** What a run comes to at this pace, and the submissions that each of its steps took. */
async function train(
  pace: Pace,
  dispatchWork: number,
): Promise<{ readonly results: string[]; readonly submissions: number[] }> {
  const { gpu: opened, faulty } = await openFaultyDevice();
  const { device, adapter, traits, pipelines } = opened;
  const gpu = new Gpu(device, adapter, { ...traits, dispatchWork }, { pipelines, pace });
  const { config, weights } = model;
  const options = { gpu, config, weights, recipe, tasks: ['task'], records, validation: [] };
  const run = await TrainingRun.create(options);
  const results: string[] = [];
  const submissions: number[] = [];
  while (!run.done) {
    faulty.plan(null);
    const events = await run.advance({ settle: true });
    submissions.push(faulty.count('submit'));
    results.push(...events.flatMap(resultOf));
  }
  run.release();
  gpu.check();
  expect(gpu.ledger.total).toBe(0);
  gpu.close();
  opened.close();
  return { results, submissions };
}

function resultOf(event: RunEvent): string[] {
  if (event.type === 'step') {
    const { stage, step, nll, gradientNorm } = event.metrics;
    return [`${stage}.${step} ${nll} ${gradientNorm}`];
  }
  if (event.type === 'checkpoint') return [Buffer.from(event.data).toString('base64')];
  if (event.type === 'stage-end') return [Buffer.from(event.branches).toString('base64')];
  return [];
}

const software = true;
const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0);

test('submissions of one dispatch each, and products in parts, give the bits of one submission', async () => {
  const unlimited = Number.POSITIVE_INFINITY;
  const whole = await train(new Pace({ software, budget: unlimited }), unlimited);
  const pace = new Pace({ software, budget: 1, now: () => 0 });
  const few = await train(pace, unlimited);
  const single = await train(new Pace({ software, budget: 0 }), 2 ** 15);
  expect(whole.results.length).toBeGreaterThan(3);
  expect(few.results).toEqual(whole.results);
  expect(single.results).toEqual(whole.results);
  expect(sum(few.submissions)).toBeGreaterThan(sum(whole.submissions));
  expect(sum(single.submissions)).toBeGreaterThan(sum(few.submissions));
}, 600_000);

test('a device that turns out to be slow gets less at a time', async () => {
  // For this clock, everything takes a million times as long.
  const now = (): number => performance.now() * 1e6;
  const pace = new Pace({ software, now });
  const { submissions } = await train(pace, Number.POSITIVE_INFINITY);
  const [first = 0] = submissions;
  expect(pace.rate).toBeLessThan(1e7);
  expect(Math.max(...submissions)).toBeGreaterThan(4 * first);
}, 600_000);
