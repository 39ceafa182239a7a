import { create } from 'zustand';
import { StudioError, asStudioError } from '../errors.ts';
import { paperRecipe, quickRecipe } from '../engine/training/presets.ts';
import { parseRecipe, type Recipe } from '../engine/training/recipe.ts';
import { readPreference, writePreference } from './preferences.ts';
import { equalValues, readPath, writePath } from './recipe-edit.ts';

/** The recipe that the next run will follow, kept across reloads. */

export type PresetName = 'paper' | 'quick';

export interface Preset {
  readonly name: PresetName;
  readonly label: string;
  readonly summary: string;
  readonly recipe: Recipe;
}

export const presets: readonly Preset[] = [
  {
    name: 'quick',
    label: 'Quick look',
    summary: 'Small branches and batches at a higher rate: the whole path in minutes.',
    recipe: quickRecipe(),
  },
  {
    name: 'paper',
    label: 'Paper',
    summary: 'The settings of the released code: rank 16, 8 experts, batches of 128.',
    recipe: paperRecipe(),
  },
];

export interface RecipeState {
  readonly recipe: Recipe;
  /** The preset that the recipe started from and is compared with. */
  readonly preset: PresetName;
  readonly setPreset: (preset: PresetName) => void;
  /** Takes over a whole document. Gives the error instead when it does not hold together. */
  readonly setRecipe: (recipe: Recipe) => StudioError | null;
  /** Changes one field. Gives the error instead, and keeps the recipe, when the value does not fit. */
  readonly update: (path: string, value: unknown) => StudioError | null;
  /** Takes over a document from a file or the clipboard. */
  readonly importJson: (text: string) => StudioError | null;
  readonly exportJson: () => string;
  /** Whether a field has the value that the preset gives it. */
  readonly isDefault: (path: string) => boolean;
  readonly defaultValue: (path: string) => unknown;
}

/** Largest recipe file that is read: a recipe is a few kilobytes. */
const maxRecipeCharacters = 1_000_000;

function presetRecipe(name: PresetName): Recipe {
  return name === 'paper' ? paperRecipe() : quickRecipe();
}

/** A text as a recipe. @throws StudioError `recipe-not-json`, `recipe-invalid` */
export function readRecipe(text: string): Recipe {
  let json: unknown;
  try {
    if (text.length > maxRecipeCharacters) throw new Error('The file is too long for a recipe.');
    json = JSON.parse(text);
  } catch (cause) {
    throw new StudioError(
      {
        code: 'recipe-not-json',
        message: `This is not a recipe: ${cause instanceof Error ? cause.message : 'not JSON'}`,
        kept: 'The recipe in use before.',
        remedy: 'Choose a .json file that was exported here.',
      },
      { cause },
    );
  }
  return parseRecipe(json);
}

interface Saved {
  readonly preset: PresetName;
  readonly recipe: Recipe;
}

function restore(): Saved {
  const saved = readPreference('recipe', (value): Saved => {
    const preset = readPath(value, 'preset') === 'paper' ? 'paper' : 'quick';
    return { preset, recipe: parseRecipe(readPath(value, 'recipe')) };
  });
  // Saved by another version or by hand: a preset is always a good start.
  return saved ?? { preset: 'quick', recipe: presetRecipe('quick') };
}

/** A store that starts with what was kept. */
export function createRecipeStore() {
  return create<RecipeState>()((set, get) => {
    const take = (saved: Saved): void => {
      set(saved);
      writePreference('recipe', saved);
    };
    const attempt = (make: () => Recipe): StudioError | null => {
      try {
        take({ preset: get().preset, recipe: make() });
        return null;
      } catch (thrown) {
        return asStudioError(thrown);
      }
    };
    return {
      ...restore(),
      setPreset: (preset) => {
        take({ preset, recipe: presetRecipe(preset) });
      },
      setRecipe: (recipe) => attempt(() => parseRecipe(recipe)),
      update: (path, value) => attempt(() => parseRecipe(writePath(get().recipe, path, value))),
      importJson: (text) => attempt(() => readRecipe(text)),
      exportJson: () => `${JSON.stringify(get().recipe, null, 2)}\n`,
      isDefault: (path) =>
        equalValues(readPath(get().recipe, path), readPath(presetRecipe(get().preset), path)),
      defaultValue: (path) => readPath(presetRecipe(get().preset), path),
    };
  });
}

export const useRecipe = createRecipeStore();
