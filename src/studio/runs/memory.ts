/** The memory budget, what each precision needs and costs, and proposals for a recipe. */
import { z } from 'zod';
import { create } from 'zustand';
import type {
  FormatError,
  Precision,
  PrecisionNeeds,
  TrainingProposal,
  MemoryReport,
} from '../../contract/models.ts';
import { withFitSettings } from '../../engine/training/recipe/recipe.ts';
import type { FitSettings, Recipe } from '../../contract/recipe.ts';
import type { StudioError } from '../../faults/fault.ts';
import { worker } from '../../worker/client.ts';
import type { DataSetSummary } from '../../contract/data.ts';
import { readHistogram, tokenView } from '../data/data-reads.ts';
import { planMemory } from '../models/models.ts';
import { readPreference, writePreference } from '../preferences.ts';
import { useRecipe } from './recipe.ts';
import { runTask } from '../tasks.ts';

export type { FormatError, PrecisionNeeds, TrainingProposal };

/** Budgets to choose from, in gigabytes (10⁹ bytes). WebGPU does not tell how much memory a device has. */
export const budgets = [2, 4, 6, 8, 12, 16, 24] as const;
export type Budget = (typeof budgets)[number];

const defaultBudget: Budget = 8;

/** The bytes of a budget. */
export function budgetBytes(budget: Budget): number {
  return budget * 1e9;
}

/** An error of a precision, and the model on which it was measured. */
export interface MeasuredError {
  readonly modelId: string;
  readonly error: FormatError;
}

/** Measurements that are kept across reloads: each takes some ten kilobytes. */
const keptMeasurements = 12;

/** A name from a closed list: the studio wrote it, so it is enough to check that it is text. */
function named<T extends string>(): z.ZodType<T> {
  return z.custom<T>((value) => typeof value === 'string');
}

type MatrixError = FormatError['matrices'][number];

const figure = z.number();
const difference = z
  .object({
    tokens: figure,
    ownNll: figure,
    nll: figure,
    relativeL2: figure,
    divergence: figure,
    greedyAgreement: figure,
  })
  .nullable();
const measuredSchema: z.ZodType<MeasuredError[]> = z.array(
  z.object({
    modelId: z.string(),
    error: z.object({
      precision: named<Precision>(),
      matrices: z.array(
        z.object({
          name: z.string(),
          layer: z.int().nullable(),
          linear: named<MatrixError['linear']>(),
          format: named<MatrixError['format']>(),
          weights: figure,
          relativeL2: figure,
          largest: figure,
          largestWeight: figure,
        }),
      ),
      relativeL2: figure,
      output: difference,
      // Measurements of earlier versions have none.
      float16: difference.default(null),
    }),
  }),
);

interface MemoryState {
  readonly budget: Budget;
  readonly setBudget: (budget: Budget) => void;
  /** Errors of precisions, the latest measurement first. */
  readonly measured: readonly MeasuredError[];
  readonly measuring: {
    readonly modelId: string;
    readonly precision: Precision;
    readonly task: string;
  } | null;
  /** Why the last measurement failed. */
  readonly error: StudioError | null;
  readonly measure: (modelId: string, precision: Precision) => Promise<void>;
  readonly dismissError: () => void;
}

/** Makes a store that begins with the values kept earlier. */
export function createMemoryStore() {
  return create<MemoryState>()((set, get) => ({
    budget:
      readPreference('budget', (value) => budgets.find((known) => known === value) ?? null) ??
      defaultBudget,
    setBudget: (budget) => {
      writePreference('budget', budget);
      set({ budget });
    },
    measured:
      readPreference('format-errors', (value) => measuredSchema.safeParse(value).data ?? null) ??
      [],
    measuring: null,
    error: null,
    measure: async (modelId, precision) => {
      if (get().measuring) return;
      set({ error: null });
      const outcome = await runTask(
        (task) => worker.call('models.formatError', { modelId, precision, task }),
        (task) => set({ measuring: { modelId, precision, task } }),
      );
      set({ measuring: null });
      if (outcome.status === 'failed') set({ error: outcome.error });
      if (outcome.status !== 'done') return;
      const others = get().measured.filter(
        (known) => known.modelId !== modelId || known.error.precision !== precision,
      );
      const measured = [{ modelId, error: outcome.value }, ...others].slice(0, keptMeasurements);
      writePreference('format-errors', measured);
      set({ measured });
    },
    dismissError: () => set({ error: null }),
  }));
}

export const useMemory = createMemoryStore();

/** What a model needs in every precision, with a recipe. */
export function readNeeds(modelId: string, recipe: Recipe): Promise<readonly PrecisionNeeds[]> {
  return worker.call('models.precisions', { modelId, recipe });
}

/** What to change in a recipe so that it fits into `budget` bytes. */
export function readProposal(
  modelId: string,
  recipe: Recipe,
  budget: number,
  longest: number | null,
): Promise<TrainingProposal> {
  return worker.call('models.proposals', { modelId, recipe, budget, longest });
}

/** Tokens of the longest record that a recipe trains on; null where there is none or a set was only sampled. */
export async function longestInUse(
  sets: readonly Pick<DataSetSummary, 'id' | 'kind'>[],
  modelId: string,
  recipe: Recipe,
): Promise<number | null> {
  const kinds = new Set(recipe.stages.flatMap(({ data }) => data.kinds));
  const view = tokenView(modelId, recipe);
  const used = sets.filter(({ kind }) => kinds.has(kind));
  const histograms = await Promise.all(used.map(({ id }) => readHistogram(id, view)));
  // The longest record of a sample need not be the longest of the set.
  if (histograms.some(({ counted, records }) => counted < records)) return null;
  const longest = Math.max(0, ...histograms.map((histogram) => histogram.longest));
  return longest > 0 ? longest : null;
}

/** What the recipe in view would allocate with these settings in place of its own. */
export function planWithSettings(modelId: string, settings: FitSettings): Promise<MemoryReport> {
  return planMemory(modelId, withFitSettings(useRecipe.getState().recipe, settings));
}

/** Puts a proposal into the recipe. Returns the act that undoes this, or the error that prevented it. */
export function applyProposal(settings: FitSettings): (() => void) | StudioError {
  const { recipe, setRecipe } = useRecipe.getState();
  return setRecipe(withFitSettings(recipe, settings)) ?? (() => void setRecipe(recipe));
}
