/** Compares runs side by side: which are chosen, how they differ, and the figures they ended with. */
import { create } from 'zustand';
import {
  differentStageSettings,
  matchStages,
  recipeDifference,
} from '../../engine/training/recipe/recipe-difference.ts';
import type { Difference, Recipe, RecipeStage } from '../../contract/recipe.ts';
import type { RunSummary } from '../../contract/runs.ts';
import type { CurveBook } from './curves.ts';
import { asStrings, readPreference, writePreference } from '../preferences.ts';
import { readPath } from './recipe-edit.ts';

/** Number of runs that can be told apart in one chart. */
export const mostCompared = 6;

interface ComparisonState {
  readonly chosen: readonly string[];
  readonly toggle: (id: string) => void;
  readonly clear: () => void;
}

/** The runs that are compared, kept across reloads. */
export const useComparison = create<ComparisonState>()((set, get) => {
  const take = (chosen: readonly string[]): void => {
    set({ chosen });
    writePreference('compared-runs', chosen.length > 0 ? chosen : null);
  };
  return {
    chosen: readPreference('compared-runs', asStrings) ?? [],
    toggle: (id) => {
      const { chosen } = get();
      if (chosen.includes(id)) take(chosen.filter((other) => other !== id));
      else take([...chosen, id].slice(-mostCompared));
    },
    clear: () => take([]),
  };
});

/** Takes a run into the comparison, unless it is there. */
export function compareWith(id: string): void {
  const { chosen, toggle } = useComparison.getState();
  if (!chosen.includes(id)) toggle(id);
}

/** The chosen runs that still exist, in the order in which they were chosen. */
export function comparedRuns(runs: readonly RunSummary[], chosen: readonly string[]): RunSummary[] {
  return chosen.flatMap((id) => runs.find((run) => run.id === id) ?? []);
}

/** How each other run differs from the first. */
export function differencesFromFirst(runs: readonly { readonly recipe: Recipe }[]): Difference[][] {
  const [first, ...others] = runs;
  return first ? others.map(({ recipe }) => recipeDifference(first.recipe, recipe)) : [];
}

/** A stage that some or all of the runs have. */
export interface SharedStage {
  readonly name: string;
  /** Its place in each run's recipe, from 0; -1 where a recipe lacks it. */
  readonly places: readonly number[];
}

/**
 * A setting that differs between the runs; values as in the recipes, undefined where a recipe lacks it. With a stage,
 * its path is within the stage, or `place` for the stage's own place in each recipe.
 */
export interface DifferingSetting {
  readonly stage?: SharedStage;
  readonly path: string;
  readonly values: readonly unknown[];
}

/** Settings of the recipes that differ among the runs. Other differences between stages are told in words. */
export function differingSettings(
  runs: readonly { readonly recipe: Recipe }[],
): DifferingSetting[] {
  const recipes = runs.map(({ recipe }) => recipe);
  const [first, ...others] = recipes;
  if (!first) return [];
  const paths = new Set(
    others.flatMap((recipe) =>
      recipeDifference(first, recipe).flatMap((difference) =>
        difference.kind === 'setting' ? [difference.path] : [],
      ),
    ),
  );
  const ofAll = [...paths].map((path) => ({
    path,
    // A recipe that names no rule for long records cuts off their end.
    values: recipes.map((recipe) => readPath({ truncation: 'end', ...recipe }, path)),
  }));
  return [...sharedStages(recipes).flatMap((stage) => ofStage(stage, recipes)), ...ofAll];
}

/** Every stage of any recipe once, with its place in each. */
function sharedStages(recipes: readonly Recipe[]): SharedStage[] {
  const found: { readonly stage: RecipeStage; readonly places: number[] }[] = [];
  for (const [index, { stages }] of recipes.entries()) {
    const places = matchStages(
      found.map(({ stage }) => stage),
      stages,
    );
    found.forEach((one, group) => one.places.push(places[group] ?? -1));
    for (const [place, stage] of stages.entries()) {
      if (places.includes(place)) continue;
      found.push({ stage, places: [...recipes.slice(0, index).map(() => -1), place] });
    }
  }
  return found.map(({ stage: { name }, places }) => ({ name, places }));
}

/** What differs in one stage: where it stands, and the settings of the recipes that have it. */
function ofStage(stage: SharedStage, recipes: readonly Recipe[]): DifferingSetting[] {
  const { places } = stage;
  const own = recipes.map(({ stages }, index) => stages[places[index] ?? -1]);
  const [first, ...others] = own.filter((one) => one !== undefined);
  if (!first) return [];
  const paths = new Set(
    others.flatMap((other) => differentStageSettings(first, other).map(({ path }) => path)),
  );
  const moved = places.some((place) => place !== places[0]);
  return [
    ...(moved ? [{ stage, path: 'place', values: places }] : []),
    ...[...paths].map((path) => ({
      stage,
      path,
      values: own.map((one) => readPath(one, path)),
    })),
  ];
}

/** The figures that a run ended with, or has reached so far. */
export interface FinalFigures {
  readonly steps: number;
  /** Mean loss over the last steps: one step alone says little. */
  readonly loss: number | null;
  readonly orthogonal: number | null;
  readonly knowledge: number | null;
  readonly alignment: number | null;
  /** The lowest validation loss measured in the last stage. */
  readonly best: number | null;
  readonly tokens: number;
  readonly milliseconds: number;
}

const lastSteps = 10;

/** Mean loss over the last steps of the stage under way or last trained: one step jumps by chance. */
export function recentLoss(
  book: CurveBook,
): { readonly value: number; readonly steps: number } | null {
  const start = book.starts.at(-1) ?? 0;
  const recent = book.curve('nll').subarray(Math.max(start, book.length - lastSteps));
  const steps = recent.length;
  return steps > 0 ? { value: recent.reduce((sum, one) => sum + one, 0) / steps, steps } : null;
}

export function finalFigures(
  { best = [] }: Pick<RunSummary, 'best'>,
  book: CurveBook,
): FinalFigures {
  const sum = (values: Float64Array): number => values.reduce((total, value) => total + value, 0);
  const stage = book.place(book.length - 1)?.stage;
  const orthogonal = book.curve('orthogonal').at(-1) ?? Number.NaN;
  const measured = book.validation.at(-1);
  return {
    steps: book.length,
    loss: recentLoss(book)?.value ?? null,
    orthogonal: Number.isNaN(orthogonal) ? null : orthogonal,
    knowledge: measured?.knowledge ?? null,
    alignment: measured?.alignment ?? null,
    best: best.find((candidate) => candidate.stage === stage)?.loss ?? null,
    tokens: sum(book.curve('tokens')),
    milliseconds: sum(book.curve('milliseconds')),
  };
}
