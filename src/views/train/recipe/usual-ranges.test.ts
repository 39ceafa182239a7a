import { expect, test } from 'vitest';
import { presetNames, presetRecipe } from '../../../engine/training/recipe/presets.ts';
import { readPath } from '../../../studio/runs/recipe-edit.ts';
import { recipeRange } from '../../../studio/runs/recipe-schema.ts';
import { fieldGroups } from './fields.ts';
import { usualRange } from './usual-ranges.ts';

const ofStages = ['stages.0.epochs', 'stages.1.data.fraction', 'stages.1.orthogonal.weight'];
const ofBranches = ['stages.0.attach.2.rank', 'stages.0.attach.2.experts'];
const numbers = fieldGroups().flatMap(({ fields }) =>
  fields.flatMap(({ kind, path }) => (kind === 'number' && path !== 'seed' ? [path] : [])),
);

test.each([...numbers, ...ofStages, ...ofBranches, 'stages.0.attach.2.active'])(
  'what is usual for %s is allowed, and the presets keep to it',
  (path) => {
    const usual = usualRange(path);
    const { min, max, above, below } = recipeRange(path);
    if (!usual) throw new Error(`nothing is usual for ${path}`);
    expect(usual.from < usual.to).toBe(true);
    expect(above ? usual.from > min : usual.from >= min).toBe(true);
    expect(below ? usual.to < max : usual.to <= max).toBe(true);
    for (const name of presetNames) {
      const value = readPath(presetRecipe(name), path);
      if (typeof value !== 'number') throw new Error(`no number at ${path}`);
      expect(value).toBeGreaterThanOrEqual(usual.from);
      expect(value).toBeLessThanOrEqual(usual.to);
    }
  },
);

test('no seed is more usual than another', () => {
  expect(usualRange('seed')).toBeNull();
});
