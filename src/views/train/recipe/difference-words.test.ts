import { afterEach, expect, test } from 'vitest';
import { ablationOf } from '../../../engine/training/recipe/ablations.ts';
import { quickRecipe } from '../../../engine/training/recipe/presets.ts';
import { recipeDifference } from '../../../engine/training/recipe/recipe-difference.ts';
import type { Recipe } from '../../../contract/recipe.ts';
import { useLanguage } from '../../../studio/language.ts';
import { differingSettings } from '../../../studio/runs/comparison.ts';
import { differencesInWords, settingInWords, settingValueInWords } from './difference-words.ts';

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

test('stages at other places have their own numbers on each side', () => {
  const base = quickRecipe();
  const alone = ablationOf('da-only').recipe(base);
  const said = () => differencesInWords(recipeDifference(alone, base));
  expect(said()).toMatch(
    /^stage 2 \(Downstream alignment\) is stage 1 there; .*KA trains in stage 2; /,
  );
  expect(said()).not.toMatch(/stage 1 (?!there)/);
  expect(differencesInWords(recipeDifference(base, alone))).toMatch(
    /^no stage 1 \(Knowledge aggregation\); stage 1 \(Downstream alignment\) is stage 2 there; /,
  );
  const rows = () =>
    differingSettings([{ recipe: alone }, { recipe: base }]).map((setting) =>
      [
        settingInWords(setting),
        settingValueInWords(setting, 0),
        settingValueInWords(setting, 1),
      ].join(' | '),
    );
  expect(rows()).toEqual([
    'Downstream alignment | stage 1 | stage 2',
    'Downstream alignment: λ | none | 1',
    'Downstream alignment: orthogonal loss between | none | ka, align',
    'Knowledge aggregation | none | stage 1',
  ]);
  useLanguage.getState().choose('zh');
  expect(said()).toMatch(/^阶段 2（下游对齐）即对方的阶段 1；/);
  expect(rows().at(-1)).toBe('知识聚合 | 无 | 阶段 1');
});
