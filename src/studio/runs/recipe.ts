/** The recipe of the next run, kept across reloads. */
import { create } from 'zustand';
import { asStudioError, detailOf, fault, type StudioError } from '../../faults/fault.ts';
import {
  ablationIds,
  ablationOf,
  type AblationId,
} from '../../engine/training/recipe/ablations.ts';
import {
  presetNames,
  presetRecipe,
  type PresetName,
} from '../../engine/training/recipe/presets.ts';
import { recipeDifference } from '../../engine/training/recipe/recipe-difference.ts';
import type { Difference, Recipe } from '../../contract/recipe.ts';
import { parseRecipe } from '../../engine/training/recipe/recipe.ts';
import { readPreference, writePreference } from '../preferences.ts';
import { equalValues, readPath, writePath } from './recipe-edit.ts';

export { presetNames, type PresetName };

/** Origin of a recipe: a preset, and the ablation made of it, if any. */
export interface RecipeOrigin {
  readonly preset: PresetName;
  readonly ablation: AblationId | null;
}

/** The recipe that this origin gives. */
export function originRecipe({ preset, ablation }: RecipeOrigin): Recipe {
  const recipe = presetRecipe(preset);
  return ablation === null ? recipe : ablationOf(ablation).recipe(recipe);
}

/** Every origin there is: the presets, each alone and in each ablation. */
const origins: readonly RecipeOrigin[] = presetNames.flatMap((preset) =>
  [null, ...ablationIds].map((ablation) => ({ preset, ablation })),
);

/** The origin whose recipe has this name; null for a recipe that a person named. */
export function originOf({ name }: Pick<Recipe, 'name'>): RecipeOrigin | null {
  return origins.find((origin) => originRecipe(origin).name === name) ?? null;
}

/** The differences between a recipe and this origin's; its name does not count. */
export function differencesFromOrigin(origin: RecipeOrigin, recipe: Recipe): Difference[] {
  return recipeDifference(originRecipe(origin), recipe);
}

/** The origin of a recipe and its changes since; null for a recipe that a person named. */
export function changesSinceOrigin(
  recipe: Recipe,
): { readonly origin: RecipeOrigin; readonly differences: readonly Difference[] } | null {
  const origin = originOf(recipe);
  return origin && { origin, differences: differencesFromOrigin(origin, recipe) };
}

export interface RecipeState extends RecipeOrigin {
  readonly recipe: Recipe;
  /** Begins again with a preset, or with an ablation made of one. */
  readonly setPreset: (preset: PresetName, ablation?: AblationId | null) => void;
  /** Replaces the whole recipe. Gives the error instead when its parts do not fit together. */
  readonly setRecipe: (recipe: Recipe) => StudioError | null;
  /** Changes one field. Gives the error instead, and keeps the recipe, when the value does not fit. */
  readonly update: (path: string, value: unknown) => StudioError | null;
  /** Reads a recipe from a file or the clipboard. */
  readonly importJson: (text: string) => StudioError | null;
  readonly exportJson: () => string;
  /** Whether a field has the value that the preset gives it. */
  readonly isDefault: (path: string) => boolean;
  readonly defaultValue: (path: string) => unknown;
}

/** Largest recipe file that is read: a recipe is a few kilobytes. */
const maxRecipeCharacters = 1_000_000;

/** A text as a recipe. @throws StudioError `recipe-not-json`, `recipe-invalid` */
export function readRecipe(text: string): Recipe {
  let json: unknown;
  try {
    if (text.length > maxRecipeCharacters) throw new Error('The file is too long for a recipe.');
    json = JSON.parse(text);
  } catch (cause) {
    throw fault('recipe-not-json', { detail: detailOf(cause) }, { kept: 'recipe-before', cause });
  }
  return parseRecipe(json);
}

/** Settings that older recipes lack, with values that change nothing: no sample answers, records cut at their end. */
function completed(recipe: Recipe): Recipe {
  return { samples: { prompts: 0, everySteps: 0, maxTokens: 64 }, truncation: 'end', ...recipe };
}

/** A recipe of an earlier version; where nobody had changed its preset, the preset as it is in this version. */
function upToDate(origin: RecipeOrigin, recipe: Recipe): Recipe {
  if (recipe.truncation !== undefined) return completed(recipe);
  const changes = differencesFromOrigin(origin, recipe);
  const own = changes.some((change) => change.kind !== 'setting' || change.path !== 'truncation');
  return own ? completed(recipe) : originRecipe(origin);
}

interface Saved extends RecipeOrigin {
  readonly recipe: Recipe;
}

function restore(): Saved {
  const saved = readPreference('recipe', (value): Saved => {
    const preset = presetNames.find((name) => name === readPath(value, 'preset')) ?? 'quick';
    const ablation = ablationIds.find((id) => id === readPath(value, 'ablation')) ?? null;
    const recipe = upToDate({ preset, ablation }, parseRecipe(readPath(value, 'recipe')));
    return { preset, ablation, recipe };
  });
  // A recipe saved by another version or by hand may not be valid: a preset is always a good start.
  return saved ?? { preset: 'quick', ablation: null, recipe: presetRecipe('quick') };
}

/** Makes a store that begins with the recipe kept earlier. */
export function createRecipeStore() {
  return create<RecipeState>()((set, get) => {
    const take = (saved: Saved): void => {
      set(saved);
      writePreference('recipe', saved);
    };
    const attempt = (make: () => Recipe): StudioError | null => {
      try {
        const { preset, ablation } = get();
        take({ preset, ablation, recipe: completed(make()) });
        return null;
      } catch (thrown) {
        return asStudioError(thrown);
      }
    };
    return {
      ...restore(),
      setPreset: (preset, ablation = null) => {
        take({ preset, ablation, recipe: originRecipe({ preset, ablation }) });
      },
      setRecipe: (recipe) => attempt(() => parseRecipe(recipe)),
      update: (path, value) => attempt(() => parseRecipe(writePath(get().recipe, path, value))),
      importJson: (text) => attempt(() => readRecipe(text)),
      exportJson: () => `${JSON.stringify(get().recipe, null, 2)}\n`,
      isDefault: (path) =>
        equalValues(readPath(get().recipe, path), readPath(originRecipe(get()), path)),
      defaultValue: (path) => readPath(originRecipe(get()), path),
    };
  });
}

export const useRecipe = createRecipeStore();
