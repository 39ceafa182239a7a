import { expect, test } from 'vitest';
import { quickRecipe } from '../../engine/training/recipe/presets.ts';
import type { RunSummary } from '../../contract/runs.ts';
import { alikeGroups, unlike, unlikeReasons } from './comparable.ts';

const recipe = quickRecipe();
const run = (change: Partial<RunSummary> = {}) => ({
  ...{ modelId: 'm', dataSetIds: ['a', 'b'], recipe },
  ...change,
});

test('the same sets in another order, and other learning rates, are alike', () => {
  const optimizer = { ...recipe.optimizer, learningRate: 1 };
  expect(unlike(run(), run({ dataSetIds: ['b', 'a'] }))).toEqual([]);
  expect(unlike(run(), run({ recipe: { ...recipe, optimizer } }))).toEqual([]);
});

test('another base, other records, another cut and other targets are named', () => {
  const batch = { ...recipe.batch, maxLength: recipe.batch.maxLength * 2 };
  const validation = { ...recipe.validation, fraction: 0.31 };
  expect(unlike(run(), run({ modelId: 'n' }))).toEqual(['base']);
  expect(unlike(run(), run({ dataSetIds: ['a'] }))).toEqual(['records']);
  expect(unlike(run(), run({ recipe: { ...recipe, seed: recipe.seed + 1 } }))).toEqual(['records']);
  expect(unlike(run(), run({ recipe: { ...recipe, validation } }))).toEqual(['records']);
  expect(unlike(run(), run({ recipe: { ...recipe, batch } }))).toEqual(['length']);
  const labels = recipe.labels === 'assistant' ? 'released' : 'assistant';
  expect(unlike(run(), run({ recipe: { ...recipe, labels } }))).toEqual(['targets']);
});

test('runs that are alike stand together', () => {
  const [one, two, three] = [run(), run({ modelId: 'n' }), run()];
  expect(alikeGroups([one, two, three])).toEqual([[one, three], [two]]);
  expect(unlikeReasons([one, two, three])).toEqual(['base']);
  expect(unlikeReasons([])).toEqual([]);
});
