/** Compares runs side by side: which are chosen, how they differ, and the figures they ended with. */
import { create } from 'zustand';
import { recipeDifference } from '../../engine/training/recipe/recipe-difference.ts';
import type { Difference, Recipe } from '../../contract/recipe.ts';
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

/** A setting that differs between the runs; values as in the recipes, undefined where a recipe lacks it. */
export interface DifferingSetting {
  readonly path: string;
  readonly values: readonly unknown[];
}

/** Settings of the recipes that differ among the runs. Other differences between stages are told in words. */
export function differingSettings(
  runs: readonly { readonly recipe: Recipe }[],
): DifferingSetting[] {
  const [first, ...others] = runs;
  if (!first) return [];
  const paths = new Set(
    others.flatMap(({ recipe }) =>
      recipeDifference(first.recipe, recipe).flatMap((difference) => {
        if (difference.kind === 'setting') return [difference.path];
        if (difference.kind !== 'stage-setting') return [];
        return [`stages.${difference.stage}.${difference.path}`];
      }),
    ),
  );
  return [...paths].map((path) => ({
    path,
    values: runs.map(({ recipe }) => readPath(recipe, path)),
  }));
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

export function finalFigures(
  { best = [] }: Pick<RunSummary, 'best'>,
  book: CurveBook,
): FinalFigures {
  const sum = (values: Float64Array): number => values.reduce((total, value) => total + value, 0);
  const stage = book.place(book.length - 1)?.stage;
  const start = book.starts.at(-1) ?? 0;
  const recent = book.curve('nll').subarray(Math.max(start, book.length - lastSteps));
  const orthogonal = book.curve('orthogonal').at(-1) ?? Number.NaN;
  const measured = book.validation.at(-1);
  return {
    steps: book.length,
    loss: recent.length > 0 ? sum(recent) / recent.length : null,
    orthogonal: Number.isNaN(orthogonal) ? null : orthogonal,
    knowledge: measured?.knowledge ?? null,
    alignment: measured?.alignment ?? null,
    best: best.find((candidate) => candidate.stage === stage)?.loss ?? null,
    tokens: sum(book.curve('tokens')),
    milliseconds: sum(book.curve('milliseconds')),
  };
}
