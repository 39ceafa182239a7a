/** The untouched default on the samples that come with the studio: every record teaches, and the losses fall. */
import { afterAll, expect, test } from 'vitest';
import { openTestDevice } from '../../test/gpu/kernel-bench.ts';
import type { DataSetSummary } from '../contract/data.ts';
import type { Recipe } from '../contract/recipe.ts';
import { fitted } from '../engine/training/recipe/fitted.ts';
import { presetRecipe } from '../engine/training/recipe/presets.ts';
import { firstLook } from '../studio/data/first-look.ts';
import { openStudio, type Studio } from './testing/studio.ts';

const gpu = await openTestDevice();
afterAll(() => {
  const { fault } = gpu;
  gpu.close();
  expect(fault).toBeNull();
});

function lengthsOf({ client }: Studio, { id }: DataSetSummary, recipe: Recipe) {
  const { labels, truncation, batch } = recipe;
  return client.call('data.histogram', {
    ...{ id, modelId: 'medcare-nano', labels, truncation, maxLength: batch.maxLength },
    ...{ all: true, task: `lengths of ${id}` },
  });
}

/** The default recipe, fitted to these sets as the page does it. */
async function defaultRecipe(studio: Studio, sets: readonly DataSetSummary[]): Promise<Recipe> {
  const plain = presetRecipe('quick');
  const facts = await Promise.all(
    sets.map(async (set) => {
      const found = await lengthsOf(studio, set, plain);
      const mean = found.totalTokens / found.counted;
      const { kind, records } = set;
      return { kind, records, needed: found.needed, longest: found.usualLongest, mean };
    }),
  );
  const models = await studio.client.call('models.list', {});
  const { contextLength: context = Number.NaN, parameters = Number.NaN } =
    models.find(({ id }) => id === 'medcare-nano') ?? {};
  return fitted('quick', plain, { sets: facts, context, parameters });
}

test('at the length of the default no record of any sample set loses its answer or most of itself', async () => {
  const studio = await openStudio(async () => gpu);
  const sets = await studio.client.call('data.samples', { most: 24, task: 'samples' });
  expect(sets).toHaveLength(5);
  const recipe = await defaultRecipe(studio, sets);
  for (const set of sets) {
    const { withoutTargets, cut } = await lengthsOf(studio, set, recipe);
    expect({ withoutTargets, ...cut }, set.name).toMatchObject({
      ...{ withoutTargets: 0, answerCut: 0, nothing: 0, little: 0 },
    });
  }
});

test('a first look: every record teaches, and the losses of both kinds fall', async () => {
  const studio = await openStudio(async () => gpu);
  const { client, events } = studio;
  const sets = await client.call('data.samples', { ...firstLook, task: 'samples' });
  const recipe = await defaultRecipe(studio, sets);
  const { id } = await client.call('runs.start', {
    ...{ name: 'first look', modelId: 'medcare-nano', recipe },
    dataSetIds: sets.map((set) => set.id),
  });
  const ended = () =>
    events.some((event) => event.type === 'runs.changed' && event.run.state === 'done');
  await expect.poll(ended, { timeout: 600_000 }).toBe(true);
  const run = (await client.call('runs.list', {})).find((one) => one.id === id);
  expect(run?.data).toMatchObject({
    ...{ training: 60, validation: 20, withoutTargets: 0, leftOut: [] },
    cut: { answerCut: 0, nothing: 0, little: 0 },
  });
  const { validation } = await client.call('runs.curves', { id });
  const point = (snapshot: string) => validation.find((one) => one.snapshot === snapshot);
  const [base, merged] = [point('base'), point('merged')];
  expect(merged?.alignment).toBeLessThan((base?.alignment ?? Number.NaN) - 0.5);
  expect(merged?.knowledge).toBeLessThan(base?.knowledge ?? Number.NaN);
}, 900_000);
