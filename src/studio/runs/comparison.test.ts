import { expect, test } from 'vitest';
import { ablationOf } from '../../engine/training/recipe/ablations.ts';
import { quickRecipe } from '../../engine/training/recipe/presets.ts';
import type { RunSummary, StepMetrics } from '../../contract/runs.ts';
import { comparedRuns, differingSettings, finalFigures } from './comparison.ts';
import { CurveBook } from './curves.ts';
import { findRuns, tagsInUse } from './run-facts.ts';

function step(stage: number, index: number, nll: number): StepMetrics {
  return {
    ...{ stage, step: index, nll, orthogonal: stage === 0 ? null : 7, learningRate: 1e-3 },
    ...{ gradientNorm: 1, targetTokens: 10, tokens: 40, milliseconds: 100 },
  };
}

test('final figures: the last stage alone counts for the loss, all steps for the tokens', () => {
  const book = new CurveBook();
  book.append([step(0, 0, 9), step(0, 1, 8), step(1, 0, 3), step(1, 1, 2)]);
  book.addValidation({ stage: 1, step: 2, knowledge: null, alignment: 2.5, snapshot: 'merged' });
  const best = [
    { stage: 0, step: 1, loss: 4 },
    { stage: 1, step: 1, loss: 2.4 },
  ];
  expect(finalFigures({ best }, book)).toEqual({
    ...{ steps: 4, loss: 2.5, orthogonal: 7, knowledge: null, alignment: 2.5, best: 2.4 },
    ...{ tokens: 160, milliseconds: 400 },
  });
  expect(finalFigures({}, new CurveBook())).toMatchObject({ steps: 0, loss: null, best: null });
});

test('settings that differ have a value for every run', () => {
  const recipe = quickRecipe();
  const pushed = { recipe };
  const measured = { recipe: ablationOf('mka-da-without-orthogonal').recipe(recipe) };
  const slow = { recipe: { ...recipe, optimizer: { ...recipe.optimizer, learningRate: 1e-5 } } };
  expect(differingSettings([pushed, measured, slow])).toEqual([
    {
      stage: { name: 'Downstream alignment', places: [1, 1, 1] },
      path: 'orthogonal.weight',
      values: [1, 0, 1],
    },
    { path: 'optimizer.learningRate', values: [2e-3, 2e-3, 1e-5] },
  ]);
});

test('settings of a stage are those of the stage that does the same, wherever it stands', () => {
  const recipe = quickRecipe();
  const alone = ablationOf('da-only').recipe(recipe);
  const half = ablationOf('stage2-50').recipe(recipe);
  const alignment = { name: 'Downstream alignment', places: [0, 1, 1] };
  const weight = recipe.stages[1]?.orthogonal?.weight;
  expect(differingSettings([{ recipe: alone }, { recipe }, { recipe: half }])).toEqual([
    { stage: alignment, path: 'place', values: [0, 1, 1] },
    { stage: alignment, path: 'orthogonal.weight', values: [undefined, weight, weight] },
    {
      stage: alignment,
      path: 'orthogonal.between',
      values: [undefined, ['ka', 'align'], ['ka', 'align']],
    },
    { stage: alignment, path: 'data.fraction', values: [1, 1, 0.5] },
    {
      stage: { name: 'Knowledge aggregation', places: [-1, 0, 0] },
      path: 'place',
      values: [-1, 0, 0],
    },
  ]);
});

test('runs are found by words in any of their texts and by tag; compared ones keep their order', () => {
  const recipe = quickRecipe();
  const of = (id: string, tags: string[], notes: string): RunSummary =>
    ({ id, name: id, tags, notes, recipe, modelName: 'nano' }) as unknown as RunSummary;
  const runs = [of('a', ['x'], 'λ too high'), of('b', ['x', 'y'], ''), of('c', [], 'λ lower')];
  const ids = (found: readonly RunSummary[]) => found.map(({ id }) => id).join('');
  expect(ids(findRuns(runs, 'Λ', null))).toBe('ac');
  expect(ids(findRuns(runs, 'nano high', null))).toBe('a');
  expect(ids(findRuns(runs, '', 'x'))).toBe('ab');
  expect(tagsInUse({ runs })).toEqual(['x', 'y']);
  expect(ids(comparedRuns(runs, ['c', 'gone', 'a']))).toBe('ca');
});
