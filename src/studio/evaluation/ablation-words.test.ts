import { afterEach, expect, test } from 'vitest';
import { ablationOf } from '../../engine/training/recipe/ablations.ts';
import { quickRecipe } from '../../engine/training/recipe/presets.ts';
import { useLanguage } from '../language.ts';
import { recipeTitle } from './ablation-words.ts';

afterEach(() => useLanguage.getState().choose('en'));

test('names of presets and ablations are in the page’s language, a person’s own unchanged', () => {
  const only = ablationOf('da-only').recipe(quickRecipe()).name;
  expect(recipeTitle(only)).toBe('DA only (w/o MKA) · Quick look');
  useLanguage.getState().choose('zh');
  expect(recipeTitle('Quick look')).toBe('快速体验');
  expect(recipeTitle(only)).toBe('仅 DA（w/o MKA） · 快速体验');
  expect(recipeTitle('Quick look at asthma')).toBe('Quick look at asthma');
});
