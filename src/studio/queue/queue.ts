/** What waits for the device: started one after another, kept across reloads, continued when asked. */
import { create, type StoreApi } from 'zustand';
import type { RunSummary } from '../../contract/runs.ts';
import { readPreference, writePreference } from '../preferences.ts';
import { activeRun, computingRun } from '../runs/run-facts.ts';
import type { RunsState } from '../runs/runs.ts';
import { isMeasuring, readQueue, type QueuedWork, type RunWork, type Work } from './queued-work.ts';

export interface QueueState {
  readonly waiting: readonly QueuedWork[];
  /** Of what waits, the work that is being begun: it stands in the queue until it has. */
  readonly beginningId: string | null;
  /** Whether the next begins by itself. After a reload it does not until a person says so. */
  readonly going: boolean;
  /** Puts work behind what waits; measurements, which are short, before runs and grids. Gives its id. */
  readonly add: (work: Work) => string;
  readonly remove: (id: string) => void;
  /** Moves work by this many places; −1 is earlier. */
  readonly move: (id: string, by: number) => void;
  readonly go: () => void;
  readonly hold: () => void;
  /** Begins work where the device is free, else puts it into the queue. Gives its id in the queue, or null. */
  readonly begin: (work: Work) => string | null;
}

/** Who does the work that is not a run. */
export interface Jobs {
  /** Whether a measurement or a grid goes on. */
  readonly busy: () => boolean;
  /** The runs that a grid has begun: it goes on with them. */
  readonly runsOf: (gridId: string) => readonly string[];
  readonly subscribe: (listener: () => void) => void;
  /** Resolves when the work has ended, however it ended; `queuedAs` is the id that it had in the queue. */
  readonly work: (work: Exclude<Work, RunWork>, queuedAs: string | null) => Promise<void>;
  /** Told that work left the queue without being begun. */
  readonly dropped: (id: string) => void;
}

interface RunsStore {
  readonly getState: () => RunsState;
  readonly subscribe: (listener: (state: RunsState) => void) => () => void;
}

const key = 'run-queue';

/** The run on the device behind which work has to wait: a measurement goes on beside a paused one. */
function runBefore(work: Work, state: RunsState, jobs: Jobs): RunSummary | null {
  const run = isMeasuring(work) ? computingRun(state) : activeRun(state);
  const own = run !== null && work.kind === 'grid' && jobs.runsOf(work.gridId).includes(run.id);
  return own ? null : run;
}

/** Puts this work in the queue's place, on the page and across reloads. */
function putWaiting(
  { setState }: Pick<StoreApi<QueueState>, 'setState'>,
  waiting: readonly QueuedWork[],
): void {
  setState({ waiting });
  writePreference(key, waiting.length > 0 ? waiting : null);
}

type Order = Pick<QueueState, 'add' | 'remove' | 'move' | 'go' | 'hold'>;

/** The acts that change what waits, or in which order. */
function orderActions(store: StoreApi<QueueState>, jobs: Jobs): Order {
  const { getState: get, setState: set } = store;
  const take = (waiting: readonly QueuedWork[]): void => putWaiting(store, waiting);
  return {
    add: (work) => {
      const { waiting } = get();
      const id = crypto.randomUUID();
      const first = waiting.findIndex((other) => !isMeasuring(other));
      const at = isMeasuring(work) && first >= 0 ? first : waiting.length;
      take(waiting.toSpliced(at, 0, { ...work, id }));
      // Whoever queues work while other work goes on wants it to follow.
      set({ going: true });
      return id;
    },
    remove: (id) => {
      take(get().waiting.filter((work) => work.id !== id));
      jobs.dropped(id);
    },
    move: (id, by) => {
      const waiting = [...get().waiting];
      const from = waiting.findIndex((work) => work.id === id);
      const to = Math.min(waiting.length - 1, Math.max(0, from + by));
      const [moved] = from < 0 ? [] : waiting.splice(from, 1);
      if (!moved) return;
      waiting.splice(to, 0, moved);
      take(waiting);
    },
    go: () => {
      take(get().waiting.map(({ failed: _failed, ...work }) => work));
      set({ going: true });
    },
    hold: () => set({ going: false }),
  };
}

/** Makes a queue that starts runs through this store, and everything else through `jobs`. */
export function createQueue(runs: RunsStore, jobs: Jobs) {
  let beginning = false;
  const isFreeFor = (work: Work): boolean => {
    const state = runs.getState();
    if (beginning || jobs.busy() || state.starting || state.phase !== 'ready') return false;
    return runBefore(work, state, jobs) === null;
  };

  /** Holds the next back until a run has begun or other work has ended. */
  const alone = async (act: () => Promise<void>): Promise<void> => {
    beginning = true;
    try {
      await act();
    } finally {
      beginning = false;
    }
    await advance();
  };

  /** Starts the first that the device is free for; skips what could not be started. */
  const advance = async (): Promise<void> => {
    const { going, waiting } = useQueue.getState();
    const next = waiting.find((work) => work.failed === undefined && isFreeFor(work));
    if (!going || !next) return;
    await alone(async () => {
      useQueue.setState({ beginningId: next.id });
      const failed = next.kind === 'run' ? await startRun(runs, next) : null;
      useQueue.setState({ beginningId: null });
      if (failed !== null) {
        useQueue.setState(({ waiting: all }) => ({
          waiting: all.map((work) => (work.id === next.id ? { ...work, failed } : work)),
        }));
        return;
      }
      putWaiting(
        useQueue,
        useQueue.getState().waiting.filter(({ id }) => id !== next.id),
      );
      if (next.kind !== 'run') await jobs.work(next, next.id);
    });
  };

  const useQueue = create<QueueState>()((_set, get, api) => ({
    waiting: readQueue(readPreference(key, (value) => value)),
    beginningId: null,
    going: false,
    ...orderActions(api, jobs),
    begin: (work) => {
      if (!isFreeFor(work)) return get().add(work);
      void alone(async () => {
        if (work.kind === 'run') await startRun(runs, work);
        else await jobs.work(work, null);
      });
      return null;
    },
  }));
  runs.subscribe(() => void advance());
  jobs.subscribe(() => void advance());
  useQueue.subscribe(() => void advance());
  return useQueue;
}

/** @returns why it could not be started, or null */
async function startRun(runs: RunsStore, work: RunWork): Promise<string | null> {
  const { name, modelId, dataSetIds, recipe } = work;
  const started = await runs.getState().start({ name, modelId, dataSetIds, recipe });
  return started ? null : (runs.getState().error?.message ?? '');
}
