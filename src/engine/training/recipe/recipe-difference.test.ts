import { expect, test } from 'vitest';
import { ablationOf, ablations } from './ablations.ts';
import { quickRecipe } from './presets.ts';
import { matchStages, recipeDifference } from './recipe-difference.ts';

const base = quickRecipe();

test('a recipe differs from itself in nothing, whatever it is called', () => {
  expect(recipeDifference(base, { ...base, name: 'another' })).toEqual([]);
});

test('every ablation but the whole method differs from its base', () => {
  const same = ablations.filter(({ recipe }) => recipeDifference(base, recipe(base)).length === 0);
  expect(same.map(({ id }) => id)).toEqual(['mka-da']);
});

test('settings, stages and what becomes of branches are told apart', () => {
  const of = (id: Parameters<typeof ablationOf>[0]) =>
    recipeDifference(base, ablationOf(id).recipe(base));
  expect(of('mka-da-without-orthogonal')).toEqual([
    { kind: 'stage-setting', stage: 1, path: 'orthogonal.weight', from: 1, to: 0 },
  ]);
  expect(of('da-keep-na')).toEqual([
    { kind: 'fate', stage: 0, branch: 'na', from: 'drop', to: 'keep', experts: [] },
    // It shares its input, and so its dropout, with KA.
    { kind: 'dropout', stage: 1, branch: 'na', from: 0, to: 0.05 },
  ]);
  expect(of('mka-drop-na')).toEqual([
    { kind: 'fate', stage: 0, branch: 'ka', from: 'keep', to: 'merge', experts: [] },
    { kind: 'stage-missing', name: 'Downstream alignment', stage: 1 },
  ]);
  expect(of('forced-pair')).toContainEqual({
    ...{ kind: 'fate', stage: 0, branch: 'na', from: 'drop', to: 'force', experts: [0, 1] },
  });
  expect(of('parallel-lora')).toContainEqual({
    ...{ kind: 'branch-added', stage: 0, branch: 'lora2', type: 'lora', rank: 8 },
  });
  expect(of('stage2-25')).toEqual([
    { kind: 'stage-setting', stage: 1, path: 'data.fraction', from: 1, to: 0.25 },
  ]);
  // The second stage alone is compared with the second stage, not with the first.
  expect(of('da-only').map(({ kind }) => kind)).toEqual([
    'stage-missing',
    'stage-place',
    'trains',
    'dropout',
    'fate',
    'stage-setting',
    'stage-setting',
  ]);
  const slower = { ...base, optimizer: { ...base.optimizer, learningRate: 1e-4 } };
  expect(recipeDifference(base, slower)).toEqual([
    { kind: 'setting', path: 'optimizer.learningRate', from: 2e-3, to: 1e-4 },
  ]);
});

test('stages are matched by what they do, and counted in the recipe that is compared', () => {
  const [first, second] = base.stages;
  if (!first || !second) throw new Error('two stages');
  const alone = ablationOf('da-only').recipe(base);
  const whole = recipeDifference(alone, base);
  expect(whole[0]).toEqual({
    kind: 'stage-place',
    from: { name: 'Downstream alignment', stage: 0 },
    to: { name: 'Downstream alignment', stage: 1 },
  });
  expect(whole).toContainEqual({ kind: 'trains', stage: 1, branch: 'ka', to: true });
  expect(whole.at(-1)).toEqual({ kind: 'stage-added', name: 'Knowledge aggregation', stage: 0 });
  const renamed = { ...base, stages: [first, { ...second, name: 'Style of answers' }] };
  expect(recipeDifference(base, renamed)).toEqual([
    {
      kind: 'stage-place',
      from: { name: 'Downstream alignment', stage: 1 },
      to: { name: 'Style of answers', stage: 1 },
    },
  ]);
  // Names go before roles: the stage of alignment without its name takes what is left.
  expect(
    matchStages([{ ...second, name: 'a' }, second], [second, { ...second, name: 'b' }]),
  ).toEqual([1, 0]);
  expect(matchStages([first], [second])).toEqual([-1]);
});
