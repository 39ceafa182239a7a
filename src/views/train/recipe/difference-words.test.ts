import { afterEach, expect, test } from 'vitest';
import { ablationOf } from '../../../engine/training/recipe/ablations.ts';
import { quickRecipe } from '../../../engine/training/recipe/presets.ts';
import { recipeDifference } from '../../../engine/training/recipe/recipe-difference.ts';
import type { Recipe } from '../../../contract/recipe.ts';
import { useLanguage } from '../../../studio/language.ts';
import { differencesInWords } from './difference-words.ts';

afterEach(() => useLanguage.getState().choose('en'));

test('what distinguishes two recipes is said in words, in both languages', () => {
  const base = quickRecipe();
  const [first, second] = base.stages;
  if (!first || !second) throw new Error('two stages');
  const other: Recipe = {
    ...base,
    stages: [
      { ...first, after: first.after.filter(({ branch }) => branch !== 'na') },
      { ...second, orthogonal: { between: ['ka', 'align'], weight: 0 }, epochs: 3 },
    ],
    optimizer: { ...base.optimizer, learningRate: 1e-4, schedule: 'constant' },
  };
  expect(differencesInWords(recipeDifference(base, other))).toBe(
    'NA kept at the end of stage 1; stage 2 epochs 1 → 3; λ 1 → 0; ' +
      'Learning rate 0.002 → 0.0001; Schedule cosine to 0 → constant',
  );
  const forced = ablationOf('forced-pair').recipe(base);
  expect(differencesInWords(recipeDifference(base, forced))).toBe(
    'routing of NA forced to experts 1 + 2 at the end of stage 1; no stage 2 (Downstream alignment)',
  );
  useLanguage.getState().choose('zh');
  expect(differencesInWords(recipeDifference(base, other))).toBe(
    '阶段 1 结束时保留 NA；阶段 2 的轮数 1 → 3；正交损失权重 λ 1 → 0；学习率 0.002 → 0.0001；调度 余弦降到 0 → 恒定',
  );
});
