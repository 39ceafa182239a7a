import { expect, test } from 'vitest';
import { StudioError } from '../../../faults/fault.ts';
import { paperRecipe, quickRecipe } from './presets.ts';
import { branchesByStage, branchScale, parseRecipe, type Recipe } from './recipe.ts';
import { snapshotPlan, snapshotsAfter } from '../run/snapshots.ts';

function codeOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    return error instanceof StudioError ? error.code : 'another error';
  }
  return 'no error';
}

/** The paper's recipe with one stage's fields replaced. */
function withStage(stage: number, change: Partial<Recipe['stages'][number]>): unknown {
  const recipe = paperRecipe();
  return {
    ...recipe,
    stages: recipe.stages.map((old, index) => (index === stage ? { ...old, ...change } : old)),
  };
}

test('presets are valid recipes and survive a trip through JSON', () => {
  for (const preset of [paperRecipe(), quickRecipe()]) {
    expect(parseRecipe(JSON.parse(JSON.stringify(preset)))).toEqual(preset);
  }
});

test('the paper recipe attaches, drops and merges as the method says', () => {
  const [first, second] = branchesByStage(paperRecipe());
  expect(first?.map(({ name }) => name)).toEqual(['lora', 'ka', 'na']);
  expect(second?.map(({ name }) => name)).toEqual(['ka', 'align']);
  expect(first?.map(({ rank }) => rank)).toEqual([16, 32, 16]);
});

test.each([
  ['an unknown key', { ...paperRecipe(), surprise: 1 }],
  ['a rate that is not a number', { ...paperRecipe(), seed: Number.NaN }],
  ['training a branch that is not there', withStage(0, { train: ['align'] })],
  ['merging a mixture', withStage(0, { after: [{ action: 'merge', branch: 'na' }] })],
  ['dropping twice', withStage(1, { after: [{ action: 'drop', branch: 'na' }] })],
  ['two dropout rates on one linear', withStage(1, { dropout: { ka: 0.1 } })],
  [
    'the orthogonal loss with a missing side',
    withStage(0, { orthogonal: { between: ['ka', 'align'], weight: 1 } }),
  ],
  ['a prototype key', JSON.parse('{"__proto__": {"format": "medcare-recipe"}}')],
])('%s is refused by name', (_, document) => {
  expect(codeOf(() => parseRecipe(document))).toBe('recipe-invalid');
});

test('scale is alpha over r, or over the own rank of the branch', () => {
  const recipe = paperRecipe();
  expect(branchScale(recipe, 32)).toBe(2);
  expect(branchScale({ ...recipe, scaling: 'alpha/rank' }, 32)).toBe(1);
});

test('snapshots follow the stages, and know how they are made', () => {
  const recipe = paperRecipe();
  expect(snapshotsAfter(recipe, 0).map(({ id }) => id)).toEqual(['base']);
  expect(snapshotsAfter(recipe, 2).map(({ label }) => label)).toEqual([
    'Base',
    'Stage 1 with NA',
    'Stage 1 without NA',
    'Stage 2, unmerged',
    'Merged',
  ]);
  const merged = snapshotPlan(recipe, 'merged');
  expect(merged.attached).toBeNull();
  expect(merged.merges.map(({ stage, branch }) => `${stage} ${branch.name}`)).toEqual([
    '0 lora',
    '1 ka',
    '1 align',
  ]);
  const without = snapshotPlan(recipe, 'stage1.after');
  expect(without.attached?.branches.map(({ name }) => name)).toEqual(['ka']);
});
