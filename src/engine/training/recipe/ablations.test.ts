import { expect, test } from 'vitest';
import { StudioError } from '../../../faults/fault.ts';
import { ablationIds, ablations, canBeAblated, withDataFraction } from './ablations.ts';
import { presetNames, presetRecipe, quickRecipe } from './presets.ts';
import { parseRecipe, type Recipe } from './recipe.ts';
import { snapshotsAfter } from '../run/snapshots.ts';

function snapshotsOf(recipe: Recipe): string[] {
  return snapshotsAfter(recipe, recipe.stages.length).map(({ id }) => id);
}

test('every preset in every ablation is a recipe that survives a trip through JSON', () => {
  expect(ablations.map(({ id }) => id)).toEqual(ablationIds);
  for (const name of presetNames) {
    const base = presetRecipe(name);
    expect(canBeAblated(base)).toBe(true);
    for (const ablation of ablations) {
      const recipe = ablation.recipe(base);
      expect(parseRecipe(JSON.parse(JSON.stringify(recipe)))).toEqual(recipe);
      expect(recipe.optimizer).toEqual(base.optimizer);
      expect(recipe.name).not.toBe(base.name);
    }
  }
});

test('what remains of each ablation in the end', () => {
  const last = ablations.map(({ id, recipe }) => {
    const document = recipe(quickRecipe());
    const snapshot = snapshotsAfter(document, document.stages.length).at(-1);
    return `${id}: ${snapshot?.id} [${snapshot?.branches.join(' ')}]`;
  });
  expect(last).toEqual([
    'base: base []',
    'mka-keep-na: stage1.after [ka na]',
    'mka-drop-na: merged []',
    'without-ka: stage1.after [na]',
    'parallel-lora: merged []',
    'without-lora-1: merged []',
    'without-lora-2: merged []',
    'mka-da-without-orthogonal: merged []',
    'mka-da: merged []',
    'da-keep-na: stage2.after [na]',
    'da-only: merged []',
    'stage1-10: merged []',
    'stage1-25: merged []',
    'stage1-50: merged []',
    'stage2-10: merged []',
    'stage2-25: merged []',
    'stage2-50: merged []',
    'forced-pair: stage1.after [ka na]',
  ]);
  expect(snapshotsOf(quickRecipe())).toContain('stage1.after');
});

test('a recipe of another make is not ablated, and says why', () => {
  const recipe: Recipe = { ...quickRecipe(), stages: quickRecipe().stages.slice(0, 1) };
  expect(canBeAblated(recipe)).toBe(false);
  expect(() => withDataFraction(recipe, 0, 0.5)).toThrow(StudioError);
});
