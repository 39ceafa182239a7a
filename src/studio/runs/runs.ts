/** Runs and what can be done with them. */
import { create } from 'zustand';
import { asStudioError, type StudioError } from '../../errors.ts';
import type { Recipe } from '../../engine/training/recipe/recipe.ts';
import { worker, type WorkerClient } from '../../worker/client.ts';
import type {
  DataRow,
  RunData,
  RunSummary,
  StepMetrics,
  ValidationPoint,
  WorkerEvent,
} from '../../worker/protocol.ts';
import type {
  DryRunReport,
  RunNotes,
  RunSamples,
  SamplePoint,
} from '../../worker/runs/run-protocol.ts';
import { CurveBook } from './curves.ts';
import { asString, readPreference, writePreference } from '../preferences.ts';
import { followTask, runTask, type TaskOutcome } from '../tasks.ts';

/** Runs as the worker keeps them: their list, their curves as they grow, and what can be done with them. */

/** The worker's name for what it does before the first step of a run. */
export const START_TASK = 'run.start';

/** What a person can tell a run to do. */
export type RunCommand = 'pause' | 'resume' | 'single' | 'stop';

export interface NewRun {
  readonly name: string;
  readonly modelId: string;
  readonly dataSetIds: readonly string[];
  readonly recipe: Recipe;
}

export interface RunsState {
  readonly phase: 'loading' | 'ready';
  /** Newest first. */
  readonly runs: readonly RunSummary[];
  readonly selectedId: string | null;
  /** Setting up a new run: laying out memory, compiling, measuring the base. */
  readonly starting: boolean;
  /** The command that waits for an answer, by run id. */
  readonly commands: Readonly<Record<string, RunCommand>>;
  /** What failed last; a run's own failure is in its summary. */
  readonly error: StudioError | null;
  readonly load: () => Promise<void>;
  readonly select: (id: string) => void;
  /** Gives the run, or null with `error` set. */
  readonly start: (run: NewRun) => Promise<RunSummary | null>;
  readonly command: (id: string, command: RunCommand) => Promise<void>;
  readonly rename: (id: string, name: string) => Promise<void>;
  /** Tags and notes; tags are trimmed, empty ones and repetitions go. */
  readonly annotate: (id: string, notes: RunNotes) => Promise<void>;
  readonly remove: (id: string) => Promise<void>;
  readonly dismissError: () => void;
}

/** Curves of one run, told about as they grow. Not part of the store: thousands of numbers change often. */
export interface LiveCurves {
  readonly book: CurveBook;
  /** Null while they are read, or why they could not be. */
  readonly status: 'loading' | 'ready' | StudioError;
  subscribe(listener: () => void): () => void;
}

class RunCurvesSource implements LiveCurves {
  readonly book = new CurveBook();
  status: LiveCurves['status'] = 'loading';
  /** What the run told while its curves were read: the answer may be older than that. */
  steps: StepMetrics[] = [];
  points: ValidationPoint[] = [];
  readonly #listeners = new Set<() => void>();

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  changed(): void {
    for (const listener of this.#listeners) listener();
  }
}

/** The store and the curves beside it, over one worker. */
export function createRuns(client: WorkerClient) {
  const sources = new Map<string, RunCurvesSource>();

  const read = async (id: string, source: RunCurvesSource): Promise<void> => {
    source.status = 'loading';
    source.steps = [];
    source.points = [];
    try {
      source.book.replace(await client.call('run.curves', { id }));
      source.book.append(source.steps);
      for (const point of source.points) source.book.addValidation(point);
      source.status = 'ready';
    } catch (thrown) {
      source.status = asStudioError(thrown);
    }
    source.changed();
  };

  /** Curves of a run; read from the worker when they are first asked for, kept up to date after. */
  const curvesOf = (id: string): LiveCurves => {
    const known = sources.get(id);
    if (known) return known;
    const source = new RunCurvesSource();
    sources.set(id, source);
    void read(id, source);
    return source;
  };

  const useRuns = create<RunsState>()((set, get) => {
    const takeIn = (run: RunSummary): void => {
      set(({ runs }) => ({ runs: newestFirst(replaceRun(runs, run)) }));
    };
    const guarded = async <T>(act: () => Promise<T>): Promise<T | null> => {
      try {
        return await act();
      } catch (thrown) {
        set({ error: asStudioError(thrown) });
        return null;
      }
    };
    return {
      phase: 'loading',
      runs: [],
      selectedId: readPreference('run', asString),
      starting: false,
      commands: {},
      error: null,
      load: async () => {
        await guarded(async () => {
          const runs = await client.call('run.list', {});
          set({ runs: newestFirst(runs), phase: 'ready' });
        });
      },
      select: (id) => {
        writePreference('run', id);
        set({ selectedId: id });
      },
      start: async (input) => {
        if (get().starting) return null;
        set({ starting: true, error: null });
        const run = await guarded(() =>
          followTask(START_TASK, () => client.call('run.start', input)),
        );
        set({ starting: false });
        if (run) {
          takeIn(run);
          get().select(run.id);
        } else {
          // It was told of while it was set up, and is not kept.
          void get().load();
        }
        return run;
      },
      command: async (id, command) => {
        if (get().commands[id]) return;
        set(({ commands }) => ({ commands: { ...commands, [id]: command }, error: null }));
        await guarded(async () => {
          if (command === 'resume') takeIn(await client.call('run.resume', { id }));
          else await client.call(`run.${command}`, { id });
        });
        set(({ commands }) => {
          const { [id]: _answered, ...others } = commands;
          return { commands: others };
        });
      },
      rename: async (id, name) => {
        await guarded(async () => takeIn(await client.call('run.rename', { id, name })));
      },
      annotate: async (id, { tags, notes }) => {
        const tidy = [...new Set(tags.map((tag) => tag.trim()).filter((tag) => tag !== ''))];
        await guarded(async () =>
          takeIn(await client.call('run.annotate', { id, tags: tidy, notes })),
        );
      },
      remove: async (id) => {
        await guarded(async () => {
          await client.call('run.remove', { id });
          sources.delete(id);
          set(({ runs }) => ({ runs: runs.filter((run) => run.id !== id) }));
        });
      },
      dismissError: () => set({ error: null }),
    };
  });

  const receive = (event: WorkerEvent): void => {
    if (event.type === 'run.changed') {
      const { run } = event;
      useRuns.setState(({ runs }) => ({ runs: newestFirst(replaceRun(runs, run)) }));
    } else if (event.type === 'run.steps') {
      const source = sources.get(event.runId);
      if (!source) return;
      if (source.status !== 'ready') {
        source.steps.push(...event.steps);
        return;
      }
      const known = source.book.missing;
      source.book.append(event.steps);
      // Once only: when the worker itself lacks steps, reading again does not bring them.
      if (source.book.missing && !known) void read(event.runId, source);
      source.changed();
    } else if (event.type === 'run.validation') {
      const source = sources.get(event.runId);
      if (!source) return;
      if (source.status !== 'ready') {
        source.points.push(event.point);
        return;
      }
      source.book.addValidation(event.point);
      source.changed();
    }
  };
  client.subscribe(receive);

  /** The records of one optimiser step. @throws StudioError */
  const readRecords = (id: string, stage: number, step: number): Promise<readonly DataRow[]> =>
    client.call('run.records', { id, stage, step });

  const readSamples = (id: string): Promise<RunSamples> => client.call('run.samples', { id });

  /** Tells of new sample answers of a run. @returns the act of no longer listening */
  const onSamples = (id: string, listener: (point: SamplePoint) => void): (() => void) =>
    client.subscribe((event) => {
      if (event.type === 'run.samples' && event.runId === id) listener(event.point);
    });

  /** Tries the fullest step of a run that was not begun. */
  const dryRun = (
    run: Omit<NewRun, 'name'>,
    onStarted: (task: string) => void,
  ): Promise<TaskOutcome<DryRunReport | null>> =>
    runTask((task) => client.call('run.dry', { ...run, task }), onStarted);

  /** What would become of the records of a run that was not begun. */
  const outlook = (
    run: Omit<NewRun, 'name'>,
    onStarted: (task: string) => void,
  ): Promise<TaskOutcome<RunData>> =>
    runTask((task) => client.call('run.outlook', { ...run, task }), onStarted);

  return { useRuns, curvesOf, readRecords, readSamples, onSamples, dryRun, outlook };
}

export const { useRuns, curvesOf, readRecords, readSamples, onSamples, dryRun, outlook } =
  createRuns(worker);

function replaceRun(runs: readonly RunSummary[], run: RunSummary): RunSummary[] {
  return [run, ...runs.filter(({ id }) => id !== run.id)];
}

function newestFirst(runs: readonly RunSummary[]): RunSummary[] {
  return [...runs].sort((one, other) => other.createdAt - one.createdAt);
}
