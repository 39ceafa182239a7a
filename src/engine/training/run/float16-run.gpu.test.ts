import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTestDevice } from '../../../../test/gpu/kernel-bench.ts';
import { StudioError } from '../../../faults/fault.ts';
import type { Gpu } from '../../gpu/device.ts';
import { openCheckpoint, type CheckpointFolder } from '../../testing/checkpoint-folder.ts';
import { randomSource } from '../../testing/numbers.ts';
import { quickRecipe } from '../recipe/presets.ts';
import { parseRecipe, type Recipe } from '../recipe/recipe.ts';
import { planMemory } from '../stage/memory.ts';
import type { TrainingRecord } from './data-order.ts';
import type { RunEvent } from './run-events.ts';
import type { TrainingRunOptions } from './run-options.ts';
import { TrainingRun } from './run.ts';

const gpu = await openTestDevice();
afterAll(() => gpu.close());
const tasks = ['stories', 'labels'];
let model: CheckpointFolder;

beforeAll(async () => {
  model = await openCheckpoint('public/models/stories260k');
});

/** A record of 8 to 40 made-up tokens; the first third is prompt. */
const records = Array.from({ length: 12 }, (_, index): TrainingRecord => {
  const next = randomSource(7000 + index);
  const length = 8 + Math.floor(next() * 32);
  const ids = Uint32Array.from({ length }, () => 3 + Math.floor(next() * 500));
  const labels = Int32Array.from(ids, (id, t) => (t < length / 3 ? -100 : id));
  const kind = index % 2 === 0 ? 'knowledge' : 'alignment';
  return { ids, labels, task: index % 2, kind, dataSet: 0, row: index };
});

function recipeOf(products: Recipe['products']): Recipe {
  const recipe = quickRecipe();
  return {
    ...recipe,
    products,
    stages: recipe.stages.slice(0, 1),
    batch: { records: 3, microBatchTokens: 128, maxLength: 64 },
    checkpointEverySteps: 1,
    samples: { prompts: 0, everySteps: 0, maxTokens: 1 },
  };
}

function options(products: Recipe['products'], device: Gpu = gpu): TrainingRunOptions {
  const { config, weights } = model;
  const recipe = recipeOf(products);
  return { gpu: device, config, weights, recipe, tasks, records, validation: [] };
}

async function finish(run: TrainingRun): Promise<RunEvent[]> {
  const events: RunEvent[] = [];
  while (!run.done) events.push(...(await run.advance()));
  run.release();
  return events;
}

const losses = (events: readonly RunEvent[]): number[] =>
  events.flatMap((event) => (event.type === 'step' ? [event.metrics.nll] : []));

test('a run in float16 learns as one in float32 does, and takes up the same bits', async () => {
  const able = gpu.traits.f16;
  const products = able ? 'float16' : 'float32';
  const expected = losses(await finish(await TrainingRun.create(options('float32'))));
  const events = await finish(await TrainingRun.create(options(products)));
  const actual = losses(events);
  expect(actual.length).toBe(expected.length);
  actual.forEach((loss, i) => {
    expect(Math.abs(loss / (expected[i] ?? Number.NaN) - 1)).toBeLessThan(2e-3);
  });
  if (able) expect(actual).not.toEqual(expected);
  else expect(actual).toEqual(expected);

  const checkpoint = events.find((event) => event.type === 'checkpoint');
  if (checkpoint?.type !== 'checkpoint') throw new Error('no checkpoint was made');
  const resume = { checkpoint: checkpoint.data, stageBranches: [] };
  const rest = await finish(await TrainingRun.create({ ...options(products), resume }));
  expect(losses(rest)).toEqual(actual.slice(checkpoint.step));
  expect(gpu.ledger.total).toBe(0);
});

test('a device without float16 refuses the recipe before anything is loaded', async () => {
  const without = Object.create(gpu, {
    traits: { value: { ...gpu.traits, f16: false } },
  }) as Gpu;
  const failure: unknown = await TrainingRun.create(options('float16', without)).catch(
    (error: unknown) => error,
  );
  expect(failure).toBeInstanceOf(StudioError);
  expect((failure as StudioError).code).toBe('products-need-float16');
  expect(gpu.ledger.total).toBe(0);
});

test('the memory is that of float32, and a recipe without the setting is one of float32', () => {
  const { config } = model;
  const bytes = (products: Recipe['products']) =>
    planMemory({
      config,
      recipe: recipeOf(products),
      traits: { ...gpu.traits, f16: true },
      tasks: 2,
    });
  expect(bytes('float16')).toEqual(bytes('float32'));
  const { products: _, ...earlier } = recipeOf('float32');
  expect(parseRecipe(earlier)).toEqual(recipeOf('float32'));
});
