import { expect, test } from 'vitest';
import { ablationOf, type AblationId } from '../../engine/training/recipe/ablations.ts';
import { quickRecipe } from '../../engine/training/recipe/presets.ts';
import { ablationLoads, estimateOf, gridMilliseconds } from './pace.ts';

test('the time is that of all tokens, told as steps of equal length', () => {
  const stages = [
    { steps: 30, tokens: 60_000 },
    { steps: 10, tokens: 20_000 },
  ];
  expect(estimateOf(stages, 2)).toEqual({
    steps: 40,
    milliseconds: 160_000,
    stepMilliseconds: 4000,
  });
  expect(estimateOf([], 2)).toEqual({ steps: 0, milliseconds: 0, stepMilliseconds: 0 });
});

const whole = {
  recipe: quickRecipe(),
  stages: [
    { steps: 30, tokens: 60_000 },
    { steps: 10, tokens: 20_000 },
  ],
};

test('an ablation is as much work as the stages it keeps', () => {
  const loads = (id: AblationId) => ablationLoads(whole, ablationOf(id).recipe(whole.recipe));
  expect(loads('base')).toEqual([]);
  expect(loads('mka-da')).toEqual(whole.stages);
  expect(loads('mka-drop-na')).toEqual(whole.stages.slice(0, 1));
  expect(loads('da-only')).toEqual(whole.stages.slice(1));
  expect(loads('stage1-50')).toEqual([{ steps: 15, tokens: 30_000 }, whole.stages[1]]);
});

test('a grid takes the time of its trainings', () => {
  expect(gridMilliseconds(whole, ['base', 'mka-da'], [[], []], 2)).toBe(160_000);
  // A quarter of stage 2: 60 000 and 5 000 tokens more.
  expect(gridMilliseconds(whole, ['base', 'mka-da'], [[], [0.25]], 2)).toBe(290_000);
});
