/** Runs that wait for the device: started one after another, kept across reloads, continued when asked. */
import { create } from 'zustand';
import { parseRecipe } from '../../engine/training/recipe/recipe.ts';
import { readPreference, writePreference } from '../preferences.ts';
import { readPath } from './recipe-edit.ts';
import { useTurns } from './device-turns.ts';
import { activeRun } from './run-facts.ts';
import { useRuns as pageRuns, type NewRun, type RunsState } from './runs.ts';

export interface QueuedRun extends NewRun {
  readonly id: string;
  /** Why the run could not be started; it is then skipped until somebody tries it again. */
  readonly failed?: string;
}

export interface QueueState {
  readonly waiting: readonly QueuedRun[];
  /** Whether the next run starts by itself. After a reload it does not until a person says so. */
  readonly going: boolean;
  readonly add: (run: NewRun) => void;
  readonly remove: (id: string) => void;
  /** Moves a run by this many places; −1 is earlier. */
  readonly move: (id: string, by: number) => void;
  readonly go: () => void;
  readonly hold: () => void;
}

const key = 'run-queue';

function restore(): readonly QueuedRun[] {
  const kept = readPreference(key, (value) => (Array.isArray(value) ? (value as unknown[]) : null));
  return (kept ?? []).flatMap((entry) => {
    const [id, name, modelId, sets] = ['id', 'name', 'modelId', 'dataSetIds'].map((field) =>
      readPath(entry, field),
    );
    if (typeof id !== 'string' || typeof name !== 'string' || typeof modelId !== 'string')
      return [];
    if (!Array.isArray(sets)) return [];
    const dataSetIds = sets.filter((set): set is string => typeof set === 'string');
    try {
      return [{ id, name, modelId, dataSetIds, recipe: parseRecipe(readPath(entry, 'recipe')) }];
    } catch {
      // A run stored by another version could not be started.
      return [];
    }
  });
}

interface RunsStore {
  readonly getState: () => RunsState;
  readonly subscribe: (listener: (state: RunsState) => void) => () => void;
}

/** Makes a queue that starts its runs through this store of runs. */
export function createQueue(runs: RunsStore) {
  const useQueue = create<QueueState>()((set, get) => {
    const take = (waiting: readonly QueuedRun[]): void => {
      set({ waiting });
      writePreference(key, waiting.length > 0 ? waiting : null);
    };
    return {
      waiting: restore(),
      going: false,
      add: (run) => {
        take([...get().waiting, { ...run, id: crypto.randomUUID() }]);
        // Whoever queues a run while another goes on wants it to follow.
        set({ going: true });
      },
      remove: (id) => take(get().waiting.filter((run) => run.id !== id)),
      move: (id, by) => {
        const waiting = [...get().waiting];
        const from = waiting.findIndex((run) => run.id === id);
        const to = Math.min(waiting.length - 1, Math.max(0, from + by));
        const [moved] = from < 0 ? [] : waiting.splice(from, 1);
        if (!moved) return;
        waiting.splice(to, 0, moved);
        take(waiting);
      },
      go: () => {
        take(get().waiting.map(({ failed: _failed, ...run }) => run));
        set({ going: true });
      },
      hold: () => set({ going: false }),
    };
  });

  let starting = false;

  /** Starts the next run where nothing else holds the device; skips a run that cannot be started. */
  const advance = async (): Promise<void> => {
    const { going, waiting } = useQueue.getState();
    const state = runs.getState();
    if (!going || starting || state.starting || state.phase !== 'ready' || activeRun(state)) return;
    // What was asked of a model before has its turn first.
    if (useTurns.getState().taken > 0) return;
    const next = waiting.find(({ failed }) => failed === undefined);
    if (!next) return;
    starting = true;
    try {
      const { id, name, modelId, dataSetIds, recipe } = next;
      const started = await runs.getState().start({ name, modelId, dataSetIds, recipe });
      if (started) useQueue.getState().remove(id);
      else {
        const failed = runs.getState().error?.message ?? '';
        useQueue.setState(({ waiting: others }) => ({
          waiting: others.map((run) => (run.id === id ? { ...run, failed } : run)),
        }));
      }
    } finally {
      starting = false;
    }
    await advance();
  };
  runs.subscribe(() => void advance());
  useQueue.subscribe(() => void advance());
  useTurns.subscribe(() => void advance());
  return useQueue;
}

export const useQueue = createQueue(pageRuns);
