import { afterAll, expect, test } from 'vitest';
import { openTestDevice } from '../../../test/gpu/kernel-bench.ts';
import { paperRecipe } from '../../engine/training/recipe/presets.ts';
import { withFitSettings } from '../../engine/training/recipe/recipe.ts';
import { codeOf, openStudio } from '../testing/studio.ts';

const gpu = await openTestDevice();
const studio = await openStudio(async () => gpu);
const { client, events } = studio;
const modelId = 'medcare-nano';
afterAll(() => {
  studio.close();
  gpu.close();
});

test('needs of every precision agree with the memory plan of a model kept in it', async () => {
  const recipe = paperRecipe();
  const all = await client.call('models.precisions', { modelId, recipe });
  expect(all.map(({ precision }) => precision)).toEqual([
    ...['stored', 'float32', '16-bit', '8-bit', '4-bit'],
  ]);
  const kept = (await client.call('models.list', {})).find(({ id }) => id === modelId)?.precision;
  for (const { precision, peak, weightBytes } of all) {
    await client.call('models.setPrecision', { id: modelId, precision });
    const plan = await client.call('models.plan', { modelId, recipe });
    expect({ precision, peak }).toEqual({ precision, peak: plan.peak });
    expect(weightBytes).toBe(plan.stages[0]?.bytes.weights);
  }
  if (kept) await client.call('models.setPrecision', { id: modelId, precision: kept });
});

test('a proposal fits the budget, by the plan of the recipe that it makes', async () => {
  const recipe = paperRecipe();
  const { peak } = await client.call('models.plan', { modelId, recipe });
  const budget = Math.round(peak * 0.6);
  const asked = { modelId, recipe, budget, longest: 400 };
  const { current, proposed, reasons } = await client.call('models.proposals', asked);
  expect(current).toMatchObject({ peak, fits: false });
  if (!proposed) throw new Error('something fits');
  const changed = await client.call('models.plan', {
    modelId,
    recipe: withFitSettings(recipe, proposed),
  });
  expect(changed.peak).toBe(proposed.peak);
  expect(changed.peak).toBeLessThanOrEqual(budget);
  expect(proposed.microBatchTokens).toBeGreaterThanOrEqual(400);
  expect(reasons.length).toBeGreaterThan(0);
  expect(await codeOf(client.call('models.proposals', { ...asked, budget: 0 }))).toBe(
    'request-invalid',
  );
});

test('the error of a precision is measured on the samples, with progress, and can be ended', async () => {
  const asked = { modelId, precision: '4-bit', task: 'measure' } as const;
  const { matrices, relativeL2, output } = await client.call('models.formatError', asked);
  expect(matrices).toHaveLength(36);
  expect(relativeL2).toBeGreaterThan(0.05);
  expect(relativeL2).toBeLessThan(0.12);
  // This is well below the 7.6 nats of a guess among 2,048 tokens: the input is text, read in order.
  expect(output?.ownNll).toBeLessThan(6);
  expect(output?.nll).toBeGreaterThan(output?.ownNll ?? Number.NaN);
  expect(output?.tokens).toBeGreaterThan(500);
  const notes = events.flatMap((event) =>
    event.type === 'tasks.progress' ? [event.note?.code] : [],
  );
  expect(notes).toContain('comparing-matrices');
  expect(gpu.ledger.total).toBe(0);

  const call = client.call('models.formatError', { ...asked, task: 'ended' });
  await client.call('tasks.cancel', { task: 'ended' });
  expect(await codeOf(call)).toBe('cancelled');
  expect(gpu.ledger.total).toBe(0);
});
