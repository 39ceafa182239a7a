/** What runs remember of their records: measured one at a time, and trained again without what leaks. */
import { create } from 'zustand';
import { exposureByChance } from '../../engine/evaluation/memorisation/canary-plan.ts';
import type { StudioError } from '../../faults/fault.ts';
import type { LeakText, MemorySettings, RunMemory } from '../../contract/memorisation.ts';
import type { RunSummary } from '../../contract/runs.ts';
import { worker } from '../../worker/client.ts';
import { runTask } from '../tasks.ts';

export { exposureByChance };

interface MemorisationState {
  readonly settings: MemorySettings;
  /** The run that is being measured, and the task in the worker; null before it begins. */
  readonly running: { readonly runId: string; readonly task: string | null } | null;
  readonly error: StudioError | null;
  readonly set: (change: Partial<MemorySettings>) => void;
  /** Measures every state of a run; the figures come with the run. */
  readonly measure: (runId: string) => Promise<void>;
  readonly dismissError: () => void;
}

export const useMemorisation = create<MemorisationState>()((set, get) => ({
  settings: { records: 100, continued: 32, draws: 2 },
  running: null,
  error: null,
  set: (change) => set(({ settings }) => ({ settings: { ...settings, ...change } })),
  measure: async (runId) => {
    const { running, settings } = get();
    if (running) return;
    set({ running: { runId, task: null }, error: null });
    const outcome = await runTask(
      (task) => worker.call('memorisation.measure', { runId, settings, task }),
      (task) => set({ running: { runId, task } }),
    );
    set({ running: null, ...(outcome.status === 'failed' && { error: outcome.error }) });
  },
  dismissError: () => set({ error: null }),
}));

/** The texts of the records that leak. @throws StudioError */
export function leakTexts(runId: string): Promise<readonly LeakText[]> {
  return worker.call('memorisation.leaks', { runId });
}

/** A continuation takes about as long as so many scored records. */
const continuation = 8;

/** How much there is to do with a run of so many states. */
function workOf({ settings, states, canaries, references }: Work): number {
  const { records, continued, draws } = settings;
  const scored = 2 * records + canaries * ((references ?? 0) + 1);
  return states * (scored + continued * (draws + 1) * continuation);
}

type Work = Pick<RunMemory, 'settings' | 'canaries' | 'references'> & { readonly states: number };

/** How long measuring takes, from the latest measurement of a run of the same model on the adapter; null without one. */
export function memoryForecast(
  { id, modelId }: Pick<RunSummary, 'id' | 'modelId'>,
  settings: MemorySettings,
  runs: readonly RunSummary[],
  adapter: string,
): number | null {
  const like = runs
    .filter((run) => run.modelId === modelId && run.memorisation?.adapter === adapter)
    .toSorted((one, other) => at(other, id) - at(one, id));
  const [known] = like.flatMap(({ memorisation }) => memorisation ?? []);
  if (!known) return null;
  const work = { ...known, states: known.states.length };
  return (known.milliseconds * workOf({ ...work, settings })) / workOf(work);
}

/** The measurement of the same run tells most, then the latest. */
const at = (run: RunSummary, id: string): number =>
  run.id === id ? Number.POSITIVE_INFINITY : (run.memorisation?.measuredAt ?? 0);
