/** The recipe of the next run, kept across reloads. */
import { z } from 'zod';
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
import { fitted, type FitFacts } from '../../engine/training/recipe/fitted.ts';
import { parseRecipe } from '../../engine/training/recipe/recipe.ts';
import { DATA_KINDS } from '../../formats/records/record-types.ts';
import { readPreference, writePreference } from '../preferences.ts';
import { equalValues, readPath, writePath } from './recipe-edit.ts';
import { withEdits } from './recipe-merge.ts';

export { presetNames, type FitFacts, type PresetName };

/** Origin of a recipe: a preset, fitted to data and model where they are known, and the ablation made of it, if any. */
export interface RecipeOrigin {
  readonly preset: PresetName;
  readonly ablation: AblationId | null;
  readonly facts?: FitFacts | null;
}

/** The recipe that this origin gives. */
export function originRecipe({ preset, ablation, facts = null }: RecipeOrigin): Recipe {
  const plain = presetRecipe(preset);
  const recipe = facts ? fitted(preset, plain, facts) : plain;
  return ablation === null ? recipe : ablationOf(ablation).recipe(recipe);
}

/** Every origin there is: the presets, each alone and in each ablation. */
const origins: readonly RecipeOrigin[] = presetNames.flatMap((preset) =>
  [null, ...ablationIds].map((ablation) => ({ preset, ablation })),
);

let originsByName: ReadonlyMap<string, RecipeOrigin> | null = null;

/** The origin whose recipe has this name; null for a recipe that a person named. */
export function originOf({ name }: Pick<Recipe, 'name'>): RecipeOrigin | null {
  originsByName ??= new Map(origins.map((origin) => [originRecipe(origin).name, origin]));
  return originsByName.get(name) ?? null;
}

/** The differences between a recipe and this origin's; its name does not count. */
export function differencesFromOrigin(origin: RecipeOrigin, recipe: Recipe): Difference[] {
  return recipeDifference(originRecipe(origin), recipe);
}

/** Whether a recipe still has the name that its origin gave it, but not all of its settings. */
export function isEdited({
  recipe,
  ...origin
}: RecipeOrigin & { readonly recipe: Recipe }): boolean {
  const plain = originRecipe(origin);
  return recipe.name === plain.name && recipeDifference(plain, recipe).length > 0;
}

/**
 * The origin of a recipe and what a person changed since; null for a recipe that a person named.
 * @param facts the records and the model of its run: the preset is fitted to them, so what the fit chose is no change
 */
export function changesSinceOrigin(
  recipe: Recipe,
  facts: FitFacts | null,
): { readonly origin: RecipeOrigin; readonly differences: readonly Difference[] } | null {
  const origin = originOf(recipe);
  return origin && { origin, differences: differencesFromOrigin({ ...origin, facts }, recipe) };
}

/** What became of a change that replaces much of a recipe. */
export interface Applied {
  /** Whether the person's own changes are still in the recipe. */
  readonly kept: boolean;
  readonly undo: () => void;
}

export interface RecipeState extends RecipeOrigin {
  readonly recipe: Recipe;
  readonly facts: FitFacts | null;
  /** Begins again with a preset, or with an ablation made of one. */
  readonly setPreset: (preset: PresetName, ablation?: AblationId | null) => Applied;
  /** Takes another preset or ablation and keeps the person's changes, where all of it fits together. */
  readonly changeOrigin: (origin: Partial<Pick<RecipeOrigin, 'preset' | 'ablation'>>) => Applied;
  /** Fits the preset to data and model; whatever a person changed, and a recipe of another name, stays. */
  readonly fit: (facts: FitFacts | null) => void;
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

type Saved = Pick<RecipeState, 'preset' | 'ablation' | 'facts' | 'recipe'>;

const factsSchema: z.ZodType<FitFacts> = z.object({
  sets: z.array(
    z.object({
      kind: z.enum(DATA_KINDS),
      records: z.number(),
      needed: z.number(),
      longest: z.number(),
      mean: z.number(),
    }),
  ),
  context: z.number(),
  parameters: z.number(),
});

function restore(): Saved {
  const saved = readPreference('recipe', (value): Saved => {
    const preset = presetNames.find((name) => name === readPath(value, 'preset')) ?? 'quick';
    const ablation = ablationIds.find((id) => id === readPath(value, 'ablation')) ?? null;
    const facts = factsSchema.safeParse(readPath(value, 'facts')).data ?? null;
    const recipe = upToDate({ preset, ablation, facts }, parseRecipe(readPath(value, 'recipe')));
    return { preset, ablation, facts, recipe };
  });
  // A recipe saved by another version or by hand may not be valid: a preset is always a good start.
  const quick = { preset: 'quick', ablation: null, facts: null } as const;
  return saved ?? { ...quick, recipe: originRecipe(quick) };
}

/** Makes a store that begins with the recipe kept earlier. */
export function createRecipeStore() {
  return create<RecipeState>()((set, get) => {
    const take = (saved: Saved): void => {
      set(saved);
      writePreference('recipe', saved);
    };
    const undoing = (): (() => void) => {
      const { preset, ablation, facts, recipe } = get();
      return () => take({ preset, ablation, facts, recipe });
    };
    const attempt = (make: () => Recipe): StudioError | null => {
      try {
        const { preset, ablation, facts } = get();
        take({ preset, ablation, facts, recipe: completed(make()) });
        return null;
      } catch (thrown) {
        return asStudioError(thrown);
      }
    };
    return {
      ...restore(),
      setPreset: (preset, ablation = null) => {
        const undo = undoing();
        const origin = { preset, ablation, facts: get().facts };
        take({ ...origin, recipe: originRecipe(origin) });
        return { kept: false, undo };
      },
      changeOrigin: (change) => {
        const undo = undoing();
        const { preset, ablation, facts, recipe } = get();
        const origin = { preset, ablation, facts, ...change };
        const plain = originRecipe(origin);
        const versions = { before: originRecipe(get()), edited: recipe, after: plain };
        // An ablation is the one thing that has to change; of a preset, a person's own values stay.
        const merged = withEdits(versions, change.preset === undefined ? 'after' : 'edited');
        try {
          take({ ...origin, recipe: parseRecipe(merged) });
          return { kept: true, undo };
        } catch {
          take({ ...origin, recipe: plain });
          return { kept: false, undo };
        }
      },
      fit: (facts) => {
        const { preset, ablation, facts: earlier, recipe } = get();
        if (equalValues(facts, earlier)) return;
        const [before, after] = [originRecipe(get()), originRecipe({ preset, ablation, facts })];
        // A recipe of a file, or one that a person named, is whole as it is.
        const own = recipe.name !== before.name;
        const fit = own
          ? recipe
          : parseRecipe(withEdits({ before, edited: recipe, after }, 'edited'));
        take({ preset, ablation, facts, recipe: fit });
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
