import { afterEach, describe, expect, it, vi } from 'vitest';
import { paperRecipe, quickRecipe } from '../../engine/training/recipe/presets.ts';
import { branchesByStage, parseRecipe } from '../../engine/training/recipe/recipe.ts';
import {
  branchFate,
  dropoutGroups,
  equalValues,
  freeBranchName,
  presentBranches,
  readPath,
  withBranch,
  withBranchName,
  withDropout,
  withFate,
  withoutBranch,
  withoutStage,
  withStage,
  writePath,
} from './recipe-edit.ts';
import {
  changesSinceOrigin,
  createRecipeStore,
  isEdited,
  originOf,
  originRecipe,
  presetNames,
} from './recipe.ts';
import { stubStorage } from '../testing/stub-storage.ts';

afterEach(() => {
  vi.unstubAllGlobals();
});

describe('recipe store', () => {
  it('starts with the quick preset, and every preset holds together', () => {
    const store = createRecipeStore();
    expect(store.getState().recipe).toEqual(quickRecipe());
    for (const preset of presetNames) {
      const recipe = originRecipe({ preset, ablation: null });
      expect(parseRecipe(recipe)).toEqual(recipe);
      const origin = { preset, ablation: 'da-only' } as const;
      expect(originOf(originRecipe(origin))).toEqual(origin);
    }
    expect(originOf({ name: 'one of my own' })).toBeNull();
  });

  it('changes one field, says so, and shares the rest', () => {
    const store = createRecipeStore();
    const before = store.getState().recipe;
    expect(store.getState().update('optimizer.learningRate', 1e-3)).toBeNull();
    const { recipe, isDefault, defaultValue } = store.getState();
    expect(recipe.optimizer.learningRate).toBe(1e-3);
    expect(recipe.stages).toEqual(before.stages);
    expect(isDefault('optimizer.learningRate')).toBe(false);
    expect(isDefault('optimizer.beta1')).toBe(true);
    expect(defaultValue('optimizer.learningRate')).toBe(quickRecipe().optimizer.learningRate);
  });

  const facts = {
    sets: [{ kind: 'alignment', records: 600, needed: 300, longest: 500, mean: 250 }] as const,
    ...{ context: 1024, parameters: 1_270_000 },
  };

  it('fits the preset to data and model, but nothing that a person changed', () => {
    const store = createRecipeStore();
    store.getState().fit(facts);
    expect(store.getState().recipe.batch).toMatchObject({ maxLength: 320, records: 16 });
    expect(store.getState().isDefault('batch.maxLength')).toBe(true);
    store.getState().update('batch.maxLength', 200);
    store.getState().fit({ ...facts, parameters: 494e6 });
    const { recipe } = store.getState();
    expect(recipe.batch.maxLength).toBe(200);
    expect(recipe.optimizer.learningRate).toBe(4e-4);
    // A recipe with a name of its own comes from a file or a person.
    store.getState().importJson(JSON.stringify({ ...quickRecipe(), name: 'Ours' }));
    store.getState().fit(facts);
    expect(store.getState().recipe.optimizer.learningRate).toBe(2e-3);
  });

  it('applies a preset or an ablation on top of edits, and takes it back', () => {
    const store = createRecipeStore();
    store.getState().update('seed', 7);
    store.getState().update('stages.1.epochs', 5);
    const edited = store.getState().recipe;
    const { kept, undo } = store.getState().changeOrigin({ ablation: 'da-only' });
    expect(kept).toBe(true);
    const only = originRecipe({ preset: 'quick', ablation: 'da-only' });
    const { recipe } = store.getState();
    expect(recipe.stages.map(({ name }) => name)).toEqual(only.stages.map(({ name }) => name));
    expect(recipe).toMatchObject({ seed: 7, name: only.name });
    expect(recipe.stages[0]?.epochs).toBe(5);
    undo();
    expect(store.getState()).toMatchObject({ preset: 'quick', ablation: null, recipe: edited });
    // Where both change one thing, an ablation has its way and a preset does not.
    store.getState().update('stages.1.orthogonal.weight', 3);
    store.getState().changeOrigin({ ablation: 'mka-da-without-orthogonal' });
    expect(store.getState().recipe.stages[1]?.orthogonal?.weight).toBe(0);
    store.getState().changeOrigin({ ablation: null });
    store.getState().update('batch.records', 5);
    store.getState().changeOrigin({ preset: 'small-gpu' });
    expect(store.getState().recipe.batch.records).toBe(5);
    store.getState().update('batch.records', 128);
    store.getState().changeOrigin({ preset: 'paper' });
    expect(store.getState().recipe).toMatchObject({ seed: 7, batch: { records: 128 } });
  });

  it('removes a stage with all that mentions its branches, and takes that back', () => {
    const store = createRecipeStore();
    store.getState().update('seed', 7);
    const before = store.getState().recipe;
    expect(store.getState().setRecipe(withoutStage(before, 0))).toBeNull();
    const { recipe } = store.getState();
    expect(recipe.stages.map(({ name }) => name)).toEqual([before.stages[1]?.name]);
    expect(recipe.stages[0]?.orthogonal).toBeNull();
    expect(recipe.seed).toBe(7);
    expect(store.getState().setRecipe(before)).toBeNull();
    expect(store.getState().recipe).toEqual(before);
  });

  it('tells what a person changed from what the preset was fitted to', () => {
    const store = createRecipeStore();
    store.getState().fit(facts);
    store.getState().update('batch.maxLength', 256);
    const { recipe } = store.getState();
    expect(changesSinceOrigin(recipe, facts)).toEqual({
      origin: { preset: 'quick', ablation: null },
      differences: [{ kind: 'setting', path: 'batch.maxLength', from: 320, to: 256 }],
    });
    expect(changesSinceOrigin({ ...recipe, name: 'Ours' }, facts)).toBeNull();
  });

  it('calls a recipe edited as long as it has the name of its preset, but other settings', () => {
    const store = createRecipeStore();
    store.getState().fit(facts);
    expect(isEdited(store.getState())).toBe(false);
    store.getState().update('seed', 7);
    expect(isEdited(store.getState())).toBe(true);
    store.getState().update('name', 'Ours');
    expect(isEdited(store.getState())).toBe(false);
  });

  it('takes the ablation alone where the edits do not fit it', () => {
    const store = createRecipeStore();
    store.getState().setPreset('quick');
    // Without NA as a mixture, nothing can be forced to a pair of its experts.
    const stages = store
      .getState()
      .recipe.stages.map((stage, index) =>
        index === 0
          ? { ...stage, train: ['lora', 'ka'], attach: stage.attach.slice(0, 2), after: [] }
          : stage,
      );
    expect(store.getState().setRecipe({ ...store.getState().recipe, stages })).toBeNull();
    const { kept, undo } = store.getState().changeOrigin({ ablation: 'forced-pair' });
    expect(kept).toBe(false);
    expect(store.getState().recipe).toEqual(
      originRecipe({ preset: 'quick', ablation: 'forced-pair' }),
    );
    undo();
    expect(store.getState().recipe.stages[0]?.train).toEqual(['lora', 'ka']);
  });

  it('refuses a value that does not fit and keeps the recipe', () => {
    const store = createRecipeStore();
    const before = store.getState().recipe;
    const error = store.getState().update('stages.0.epochs', 0);
    expect(error?.code).toBe('recipe-invalid');
    expect(error?.data['path']).toBe('stages.0.epochs');
    expect(store.getState().recipe).toBe(before);
  });

  it('keeps the recipe across reloads', () => {
    stubStorage();
    const first = createRecipeStore();
    first.getState().setPreset('paper');
    first.getState().update('seed', 7);
    const second = createRecipeStore();
    expect(second.getState().preset).toBe('paper');
    expect(second.getState().recipe).toEqual({ ...paperRecipe(), seed: 7 });
  });

  it.each(['', 'null', '{"preset":"paper","recipe":{"format":"x"}}', '[1'])(
    'falls back to a preset when what was kept is damaged: %s',
    (text) => {
      stubStorage().set('medcare-studio.recipe', text);
      expect(createRecipeStore().getState().recipe).toEqual(quickRecipe());
    },
  );

  it('exports what it imports', () => {
    const store = createRecipeStore();
    store.getState().update('seed', 99);
    const text = store.getState().exportJson();
    const other = createRecipeStore();
    expect(other.getState().importJson(text)).toBeNull();
    expect(other.getState().recipe).toEqual(store.getState().recipe);
  });

  it('names what is wrong with an import', () => {
    const { importJson } = createRecipeStore().getState();
    expect(importJson('not json')?.code).toBe('recipe-not-json');
    expect(importJson('x'.repeat(1_000_001))?.code).toBe('recipe-not-json');
    expect(importJson('{}')?.code).toBe('recipe-invalid');
    const foreign = JSON.stringify({ ...quickRecipe(), extra: 1 });
    expect(importJson(foreign)?.code).toBe('recipe-invalid');
  });
});

describe('paths', () => {
  it('reads and writes through objects and arrays', () => {
    const recipe = quickRecipe();
    expect(readPath(recipe, 'stages.1.orthogonal.weight')).toBe(1);
    expect(readPath(recipe, 'stages.7.name')).toBeUndefined();
    expect(readPath(recipe, 'toString')).toBeUndefined();
    const changed = writePath(recipe, 'stages.1.orthogonal.weight', 3);
    expect(readPath(changed, 'stages.1.orthogonal.weight')).toBe(3);
    expect(readPath(recipe, 'stages.1.orthogonal.weight')).toBe(1);
    expect(readPath(changed, 'stages.0')).toBe(recipe.stages[0]);
  });

  it('compares by content', () => {
    expect(equalValues(quickRecipe(), quickRecipe())).toBe(true);
    expect(equalValues([1, 2], [1, 2, 3])).toBe(false);
    expect(equalValues({ a: 1 }, { b: 1 })).toBe(false);
    expect(equalValues([], {})).toBe(false);
    expect(equalValues(null, {})).toBe(false);
  });
});

describe('recipe edits', () => {
  const paper = paperRecipe();

  it('knows which branches are there in each stage, as the engine does', () => {
    expect(presentBranches(paper)).toEqual(branchesByStage(paper));
  });

  it('groups branches that share an input and sets one rate for them', () => {
    const [first, second] = presentBranches(paper);
    const names = (groups: readonly { branches: readonly string[] }[]) =>
      groups.map(({ branches }) => branches);
    expect(names(dropoutGroups(first ?? []))).toEqual([['lora'], ['ka', 'na']]);
    const groups = dropoutGroups(second ?? []);
    expect(names(groups)).toEqual([['ka', 'align']]);
    const [group] = groups;
    const stage = paper.stages[1];
    if (!group || !stage) throw new Error('the paper has a second stage with one group');
    expect(withDropout(stage, group, 0.1).dropout).toEqual({ ka: 0.1, align: 0.1 });
    expect(withDropout(stage, group, 0).dropout).toEqual({});
  });

  it('takes the mentions of a branch with it', () => {
    const changed = withoutBranch(paper, 0, 'ka');
    expect(JSON.stringify(changed)).not.toContain('"ka"');
    expect(changed.stages[1]?.orthogonal).toBeNull();
    expect(parseRecipe(changed)).toEqual(changed);
  });

  it('renames a branch everywhere', () => {
    const changed = withBranchName(paper, 'ka', 'shared');
    expect(JSON.stringify(changed)).not.toContain('"ka"');
    expect(parseRecipe(changed)).toEqual(changed);
    expect(withBranchName(changed, 'shared', 'ka')).toEqual(paper);
  });

  it('changes what becomes of a branch, and forgets it later when it goes', () => {
    expect(
      branchFate(
        paper.stages[0] ??
          (() => {
            throw new Error('no stage');
          })(),
        'na',
      ),
    ).toBe('drop');
    const kept = withFate(paper, 0, 'na', 'keep');
    expect(presentBranches(kept)[1]?.map(({ name }) => name)).toEqual(['ka', 'na', 'align']);
    const gone = withFate(paper, 0, 'ka', 'drop');
    expect(gone.stages[1]?.train).toEqual(['align']);
    expect(parseRecipe(gone)).toEqual(gone);
  });

  it('attaches a branch with a name of its own and the dropout of its group', () => {
    const name = freeBranchName(paper, 'ka');
    expect(name).toBe('ka2');
    const branch = { name, type: 'lora', targets: ['up'], rank: 8 } as const;
    const changed = withBranch(paper, 1, { ...branch, targets: [...branch.targets] });
    expect(changed.stages[1]?.train).toContain('ka2');
    expect(changed.stages[1]?.dropout).toEqual({ ka: 0.05, align: 0.05, ka2: 0.05 });
    expect(parseRecipe(changed)).toEqual(changed);
  });

  it('adds and removes stages', () => {
    const longer = withStage(paper);
    expect(longer.stages).toHaveLength(3);
    expect(parseRecipe(longer)).toEqual(longer);
    expect(withoutStage(longer, 2)).toEqual(paper);
    const single = withoutStage(paper, 1);
    expect(single.stages).toHaveLength(1);
    expect(withoutStage(single, 0)).toBe(single);
  });
});
