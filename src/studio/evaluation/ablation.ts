/** Grids of ablations: their plans, their progress, and the tables and figures that came out. */
import { z } from 'zod';
import { create } from 'zustand';
import type { StudioError } from '../../faults/fault.ts';
import { worker } from '../../worker/client.ts';
import type { CallInput } from '../../contract/contract.ts';
import type { AblationId, GridReport, StoredGrid } from '../../contract/ablation.ts';
import { chosenFiles, useEvaluation } from './evaluation.ts';
import { questionColumns } from './run-columns.ts';
import { saveFile } from '../exports/exports.ts';
import type { LoadPhase } from '../load-phase.ts';
import { orShowError } from '../or-show-error.ts';
import { readPreference, writePreference } from '../preferences.ts';
import { useRecipe } from '../runs/recipe.ts';
import { runTask } from '../tasks.ts';

export interface AblationRow {
  readonly id: AblationId;
  readonly name: string;
  readonly tables: string;
}

/** Chosen at first: the base and the whole method. Each further recipe is a run, and a person adds it knowingly. */
const firstChosen: readonly AblationId[] = ['base', 'mka-da'];

/** Shares of a stage's data to choose from for figures 5 and 6. */
export const shareChoices = [0.1, 0.25, 0.5, 1] as const;

interface AblationState {
  readonly phase: LoadPhase;
  /** Rows to choose for a grid. */
  readonly recipes: readonly AblationRow[];
  readonly chosen: readonly AblationId[];
  /** Chosen shares of the data of stage 1 and of stage 2. */
  readonly shares: readonly [readonly number[], readonly number[]];
  /** Newest first. */
  readonly grids: readonly StoredGrid[];
  readonly selectedId: string | null;
  readonly running: { readonly task: string; readonly id: string } | null;
  readonly error: StudioError | null;
  readonly load: () => Promise<void>;
  readonly choose: (ids: readonly AblationId[], on: boolean) => void;
  readonly chooseShare: (stage: 0 | 1, share: number, on: boolean) => void;
  readonly select: (id: string) => void;
  /** Plans a grid over the recipe, data sets and questions that are chosen now; null with `error` set where it cannot. */
  readonly plan: (
    name: string,
    modelId: string,
    dataSetIds: readonly string[],
  ) => Promise<StoredGrid | null>;
  /** Goes on with the cells that are not done; failed cells are tried again. */
  readonly resume: (id: string) => Promise<void>;
  readonly remove: (id: string) => Promise<void>;
  readonly dismissError: () => void;
}

const choiceKey = 'grid-choice';
const shares = z.array(z.number());
const choiceSchema = z.object({ chosen: z.array(z.string()), shares: z.tuple([shares, shares]) });

/** Keeps what was ticked for the next grid across reloads. */
function keepChoice({ chosen, shares: own }: Pick<AblationState, 'chosen' | 'shares'>): void {
  writePreference(choiceKey, { chosen, shares: own });
}

function upsert(grids: readonly StoredGrid[], grid: StoredGrid): readonly StoredGrid[] {
  const known = grids.some(({ id }) => id === grid.id);
  return known ? grids.map((other) => (other.id === grid.id ? grid : other)) : [grid, ...grids];
}

export const useAblation = create<AblationState>()((set, get) => ({
  phase: 'loading',
  recipes: [],
  chosen: [],
  shares: [[], []],
  grids: [],
  selectedId: null,
  running: null,
  error: null,
  load: async () => {
    await orShowError(set, async () => {
      const [recipes, grids] = await Promise.all([
        worker.call('ablation.recipes', {}),
        worker.call('ablation.list', {}),
      ]);
      const kept = readPreference(choiceKey, (value) => choiceSchema.safeParse(value).data ?? null);
      const ids = recipes.map(({ id }) => id);
      set({
        recipes,
        chosen: kept ? ids.filter((id) => kept.chosen.includes(id)) : firstChosen,
        ...(kept && { shares: kept.shares }),
        grids: [...grids].reverse(),
      });
    });
    set({ phase: 'ready' });
  },
  choose: (ids, on) => {
    set(({ chosen, recipes }) => ({
      chosen: recipes
        .map(({ id }) => id)
        .filter((id) => (ids.includes(id) ? on : chosen.includes(id))),
    }));
    keepChoice(get());
  },
  chooseShare: (stage, share, on) => {
    set(({ shares }) => {
      const own = shares[stage].filter((known) => known !== share);
      const next = on ? [...own, share].sort((a, b) => a - b) : own;
      return { shares: stage === 0 ? [next, shares[1]] : [shares[0], next] };
    });
    keepChoice(get());
  },
  select: (selectedId) => set({ selectedId }),
  plan: async (name, modelId, dataSetIds) => {
    set({ error: null });
    const { chosen, shares } = get();
    const planned = await orShowError(set, async () => {
      const grid = await worker.call('ablation.create', {
        ...{ name, modelId, dataSetIds },
        recipe: useRecipe.getState().recipe,
        choice: { ablations: chosen, fractions: shares },
        files: await chosenFiles(),
        columns: questionColumns(dataSetIds),
        settings: useEvaluation.getState().settings,
      });
      set(({ grids }) => ({ grids: upsert(grids, grid), selectedId: grid.id }));
      return grid;
    });
    return planned ?? null;
  },
  resume: async (id) => {
    if (get().running) return;
    set({ error: null, selectedId: id });
    const outcome = await runTask(
      (task) => worker.call('ablation.run', { id, task }),
      (task) => set({ running: { task, id } }),
    );
    if (outcome.status === 'failed') set({ error: outcome.error });
    set({ running: null });
  },
  remove: (id) =>
    orShowError(set, async () => {
      await worker.call('ablation.remove', { id });
      set(({ grids }) => ({ grids: grids.filter((grid) => grid.id !== id), selectedId: null }));
    }),
  dismissError: () => set({ error: null }),
}));

/** The grid that goes on. */
export function runningGrid({ running, grids }: AblationState): StoredGrid | null {
  return running && (grids.find(({ id }) => id === running.id) ?? null);
}

worker.subscribe((event) => {
  if (event.type !== 'ablation.changed') return;
  useAblation.setState(({ grids }) => ({ grids: upsert(grids, event.grid) }));
});

/** Tables and figures of a grid's measurements so far. */
export function gridReport(id: string): Promise<GridReport> {
  return worker.call('ablation.report', { id });
}

export async function saveGrid(
  id: string,
  format: CallInput<'ablation.export'>['format'],
): Promise<void> {
  await orShowError(useAblation.setState, async () => {
    const { name, blob } = await worker.call('ablation.export', { id, format });
    await saveFile(blob, name);
  });
}
