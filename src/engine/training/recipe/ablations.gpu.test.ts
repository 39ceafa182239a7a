import { afterAll, expect, test } from 'vitest';
import { openCheckpoint } from '../../testing/checkpoint-folder.ts';
import { openTestDevice } from '../../../../test/gpu/kernel-bench.ts';
import { randomSource } from '../../testing/numbers.ts';
import { ablations } from './ablations.ts';
import type { TrainingRecord } from '../run/data-order.ts';
import { planMemory } from '../stage/memory.ts';
import { quickRecipe } from './presets.ts';
import type { Recipe } from './recipe.ts';
import { TrainingRun } from '../run/run.ts';
import { snapshotsAfter } from '../run/snapshots.ts';

const gpu = await openTestDevice();
const model = await openCheckpoint('public/models/stories260k');
afterAll(() => {
  gpu.close();
});

const records = Array.from({ length: 4 }, (_, index): TrainingRecord => {
  const next = randomSource(300 + index);
  const ids = Uint32Array.from({ length: 20 }, () => 3 + Math.floor(next() * 500));
  const labels = Int32Array.from(ids, (id, t) => (t < 8 ? -100 : id));
  const kind = index % 2 === 0 ? 'knowledge' : 'alignment';
  return { ids, labels, task: 0, kind, dataSet: 0, row: index };
});

/** Every stage is one optimiser step, at a rate that moves the weights. */
function tiny(recipe: Recipe): Recipe {
  return {
    ...recipe,
    optimizer: { ...recipe.optimizer, warmupRatio: 0, learningRate: 1e-2 },
    batch: { records: 4, microBatchTokens: 128, maxLength: 64 },
  };
}

test('every ablation is planned and trained, and ends with other weights than its neighbours', async () => {
  const losses = new Map<string, string>();
  for (const { id, recipe: ablate } of ablations) {
    const recipe = tiny(ablate(quickRecipe()));
    const plan = planMemory({ config: model.config, recipe, traits: gpu.traits, tasks: 1 });
    expect(plan.stages).toHaveLength(recipe.stages.length);
    const { config, weights } = model;
    const run = await TrainingRun.create({
      ...{ gpu, config, weights, recipe, records },
      ...{ tasks: ['all'], validation: records.slice(2) },
    });
    const points: string[] = [];
    let steps = 0;
    while (!run.done) {
      for (const event of await run.advance()) {
        if (event.type === 'step') {
          steps += 1;
          expect(event.metrics.nll, id).toBeGreaterThan(0);
        }
        if (event.type === 'validation') {
          const { snapshot, knowledge, alignment } = event.point;
          expect(Number.isFinite((knowledge ?? 0) + (alignment ?? 0)), id).toBe(true);
          points.push(`${snapshot} ${knowledge} ${alignment}`);
        }
      }
    }
    run.release();
    expect(steps, id).toBe(recipe.stages.length);
    const snapshots = snapshotsAfter(recipe, recipe.stages.length);
    expect(points.map((point) => point.split(' ')[0])).toEqual(
      snapshots.map(({ id: name }) => name),
    );
    losses.set(id, points.at(-1) ?? '');
  }
  expect(gpu.ledger.total).toBe(0);
  // The smallest share is one record of two in each kind, so with so few records all three fractions are the same.
  const distinct = [...losses].filter(([id]) => !/-(?:10|25)$/.test(id));
  expect(new Set(distinct.map(([, loss]) => loss.replace(/^\S+ /, ''))).size).toBe(distinct.length);
});
