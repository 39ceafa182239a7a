/** The runs as the worker keeps them: their list, their growing curves, and the acts on them. */
import { create, type StoreApi } from 'zustand';
import type { StudioError } from '../../faults/fault.ts';
import type { Recipe } from '../../contract/recipe.ts';
import { worker, type WorkerClient } from '../../worker/client.ts';
import type { DataRow } from '../../contract/data.ts';
import type {
  RunOutlook,
  RunSummary,
  DryRunReport,
  RunNotes,
  RunSamples,
  SamplePoint,
} from '../../contract/runs.ts';
import { START_TASK } from '../../contract/events.ts';
import { LiveCurvesByRun, type LiveCurves } from './live-curves.ts';
import type { LoadPhase } from '../load-phase.ts';
import { orShowError } from '../or-show-error.ts';
import { asString, readPreference, writePreference } from '../preferences.ts';
import { followTask, runTask, type TaskOutcome } from '../tasks.ts';

/** Commands that a person can give a run. */
export type RunCommand = 'pause' | 'resume' | 'single' | 'stop';

export interface NewRun {
  readonly name: string;
  readonly modelId: string;
  readonly dataSetIds: readonly string[];
  readonly recipe: Recipe;
}

export interface RunsState {
  readonly phase: LoadPhase;
  /** Newest first. */
  readonly runs: readonly RunSummary[];
  readonly selectedId: string | null;
  /** Whether a new run is being set up: laying out memory, compiling, measuring the base. */
  readonly starting: boolean;
  /** The command of each run, by id, that waits for an answer. */
  readonly commands: Readonly<Record<string, RunCommand>>;
  /** The latest failure of a command; a run's failure is in its summary. */
  readonly error: StudioError | null;
  readonly load: () => Promise<void>;
  readonly select: (id: string) => void;
  /** Gives the run, or null with `error` set. */
  readonly start: (run: NewRun) => Promise<RunSummary | null>;
  readonly command: (id: string, command: RunCommand) => Promise<void>;
  readonly rename: (id: string, name: string) => Promise<void>;
  /** Sets tags and notes; tags are trimmed, and empty or repeated ones are removed. */
  readonly annotate: (id: string, notes: RunNotes) => Promise<void>;
  readonly remove: (id: string) => Promise<void>;
  readonly dismissError: () => void;
}

/** Acts on one run. */
function runActions(
  client: WorkerClient,
  { getState: get, setState: set }: StoreApi<RunsState>,
  curves: LiveCurvesByRun,
): Pick<RunsState, 'start' | 'command' | 'rename' | 'annotate' | 'remove'> {
  const takeIn = (run: RunSummary): void => set(({ runs }) => ({ runs: withRun(runs, run) }));
  const guarded = <T>(act: () => Promise<T>) => orShowError(set, act);
  return {
    start: async (input) => {
      if (get().starting) return null;
      set({ starting: true, error: null });
      const run = await guarded(() =>
        followTask(START_TASK, () => client.call('runs.start', input)),
      );
      set({ starting: false });
      if (run) {
        takeIn(run);
        get().select(run.id);
      } else {
        // The list had this run while it was set up; it was not kept.
        void get().load();
      }
      return run ?? null;
    },
    command: async (id, command) => {
      if (get().commands[id]) return;
      set(({ commands }) => ({ commands: { ...commands, [id]: command }, error: null }));
      await guarded(async () => {
        if (command === 'resume') takeIn(await client.call('runs.resume', { id }));
        else await client.call(`runs.${command}`, { id });
      });
      set(({ commands }) => {
        const { [id]: _answered, ...others } = commands;
        return { commands: others };
      });
    },
    rename: async (id, name) => {
      await guarded(async () => takeIn(await client.call('runs.rename', { id, name })));
    },
    annotate: async (id, { tags, notes }) => {
      const tidy = [...new Set(tags.map((tag) => tag.trim()).filter((tag) => tag !== ''))];
      await guarded(async () =>
        takeIn(await client.call('runs.annotate', { id, tags: tidy, notes })),
      );
    },
    remove: async (id) => {
      await guarded(async () => {
        await client.call('runs.remove', { id });
        curves.forget(id);
        set(({ runs }) => ({ runs: runs.filter((run) => run.id !== id) }));
      });
    },
  };
}

function createRunsStore(client: WorkerClient, curves: LiveCurvesByRun) {
  const useRuns = create<RunsState>()((set, _get, api) => ({
    phase: 'loading',
    runs: [],
    selectedId: readPreference('run', asString),
    starting: false,
    commands: {},
    error: null,
    load: async () => {
      await orShowError(set, async () => {
        const runs = await client.call('runs.list', {});
        set({ runs: newestFirst(runs), phase: 'ready' });
      });
    },
    select: (id) => {
      writePreference('run', id);
      set({ selectedId: id });
    },
    ...runActions(client, api, curves),
    dismissError: () => set({ error: null }),
  }));
  client.subscribe((event) => {
    if (event.type !== 'runs.changed') return;
    useRuns.setState(({ runs }) => ({ runs: withRun(runs, event.run) }));
  });
  return useRuns;
}

/** Questions about runs that pages ask, besides their list. */
function runQuestions(client: WorkerClient) {
  return {
    /** The records of one optimiser step. @throws StudioError */
    readRecords: (id: string, stage: number, step: number): Promise<readonly DataRow[]> =>
      client.call('runs.records', { id, stage, step }),

    readSamples: (id: string): Promise<RunSamples> => client.call('runs.samples', { id }),

    /** Calls the listener for new sample answers of a run. @returns an act that ends this */
    onSamples: (id: string, listener: (point: SamplePoint) => void): (() => void) =>
      client.subscribe((event) => {
        if (event.type === 'runs.samples' && event.runId === id) listener(event.point);
      }),

    /** Tries the fullest step of a run before it begins. */
    dryRun: (
      run: Omit<NewRun, 'name'>,
      onStarted: (task: string) => void,
    ): Promise<TaskOutcome<DryRunReport | null>> =>
      runTask((task) => client.call('runs.dry', { ...run, task }), onStarted),

    /** Tells how a run would use its records, before it begins. */
    outlook: (
      run: Omit<NewRun, 'name'>,
      onStarted: (task: string) => void,
    ): Promise<TaskOutcome<RunOutlook>> =>
      runTask((task) => client.call('runs.outlook', { ...run, task }), onStarted),
  };
}

/** The store, the curves beside it and the questions about runs, all through one worker. */
export function createRuns(client: WorkerClient) {
  const curves = new LiveCurvesByRun(client);
  return {
    useRuns: createRunsStore(client, curves),
    curvesOf: (id: string): LiveCurves => curves.of(id),
    ...runQuestions(client),
  };
}

export const { useRuns, curvesOf, readRecords, readSamples, onSamples, dryRun, outlook } =
  createRuns(worker);

function withRun(runs: readonly RunSummary[], run: RunSummary): RunSummary[] {
  return newestFirst([run, ...runs.filter(({ id }) => id !== run.id)]);
}

function newestFirst(runs: readonly RunSummary[]): RunSummary[] {
  return [...runs].sort((one, other) => other.createdAt - one.createdAt);
}
