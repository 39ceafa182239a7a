import { expect, test } from 'vitest';
import { quickRecipe } from '../../engine/training/recipe/presets.ts';
import type { RunSummary } from '../../contract/runs.ts';
import { alikeGroups, lossMarks, unlike, unlikeReasons } from './comparable.ts';

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

test('losses that are different quantities have different marks, and those of a last stage a number', () => {
  const { stages } = recipe;
  const named = (id: string, change: Partial<RunSummary> = {}) => ({ id, ...run(change) });
  const alone = { ...recipe, stages: stages.slice(0, 1) };
  const kept = { ...recipe, validation: { ...recipe.validation, minRecords: 9 } };
  expect(stages[0]?.data.kinds).not.toEqual(stages[1]?.data.kinds);
  const alike = [named('a'), named('b')];
  expect([...lossMarks(alike).values()].every((mark) => mark.lastStage === '')).toBe(true);
  const marks = lossMarks([
    ...alike,
    named('one stage', { recipe: alone }),
    named('other base', { modelId: 'n' }),
    named('other records', { recipe: kept }),
  ]);
  expect(Object.fromEntries(marks)).toEqual({
    a: { validation: 'A', lastStage: 'A1' },
    b: { validation: 'A', lastStage: 'A1' },
    'one stage': { validation: 'A', lastStage: 'A2' },
    'other base': { validation: 'B', lastStage: 'B' },
    'other records': { validation: 'C', lastStage: 'C' },
  });
  const many = Array.from({ length: 28 }, (_, i) => named(String(i), { modelId: String(i) }));
  expect(lossMarks(many).get('27')?.validation).toBe('AB');
});
