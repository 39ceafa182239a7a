/** Stores runs: curves, checkpoints, branches of stages, routing. */
import { fault } from '../faults/fault.ts';
import type {
  RunCurves,
  RunState,
  RunSummary,
  Snapshot,
  ValidationPoint,
  BestStep,
} from '../contract/runs.ts';
import { together, type StudioDatabase } from './database.ts';
import {
  readSealed,
  verifyFile,
  writeFile,
  type FileStore,
  type StoredFile,
} from './files/file-store.ts';
import { runLock } from './lock-names.ts';
import type { Locks } from './locks.ts';
import { bestMissing } from './run-results.ts';
import type { StoredRun, StoredStep, StoredRouting } from './stored.ts';

export interface ResumePoint {
  readonly checkpoint: Uint8Array | null;
  readonly stageBranches: readonly Uint8Array[];
  /** The stage of the next step. */
  readonly stage: number;
  readonly step: number;
}

/** States that only a living worker can be in. */
const LIVE: ReadonlySet<RunState> = new Set([
  ...(['preparing', 'running', 'reopening', 'paused', 'finalising'] as const),
]);

export class Runs {
  readonly #database: StudioDatabase;
  readonly #files: FileStore;

  constructor(database: StudioDatabase, files: FileStore) {
    this.#database = database;
    this.#files = files;
  }

  async list(): Promise<RunSummary[]> {
    const stored = await this.#database.getAll('runs');
    return stored.map(summaryOf).sort((a, b) => a.createdAt - b.createdAt);
  }

  /** @throws StudioError `run-missing` */
  async get(id: string): Promise<StoredRun> {
    const stored = await this.#database.get('runs', id);
    if (stored) return stored;
    throw fault('run-missing', { id });
  }

  async create(run: StoredRun): Promise<void> {
    await this.#database.write(['runs'], (transaction) =>
      transaction.objectStore('runs').add(run, run.summary.id),
    );
  }

  /** Changes the summary in one transaction and returns the result. */
  async update(id: string, change: Partial<RunSummary>): Promise<RunSummary> {
    const stored = await this.#change(id, (run) => ({
      ...run,
      summary: { ...run.summary, ...change, updatedAt: Date.now() },
    }));
    return stored.summary;
  }

  async #change(id: string, change: (run: StoredRun) => StoredRun): Promise<StoredRun> {
    const after = await this.#database.change('runs', id, (run) => run && change(run));
    return after ?? this.get(id);
  }

  /**
   * Writes a file, reads it back, names it in the record and removes the files that it replaces. After a
   * fault at any point the earlier files still count.
   * @param change gives the record with the file, and the files that nothing names afterwards
   */
  async #replace(
    id: string,
    name: string,
    data: Uint8Array,
    change: (run: StoredRun, file: StoredFile) => readonly [StoredRun, readonly StoredFile[]],
  ): Promise<RunSummary> {
    const path = `runs/${id}/${name}-${crypto.randomUUID().slice(0, 8)}.safetensors`;
    let replaced: readonly StoredFile[] = [];
    try {
      const file = await writeFile(this.#files, path, [data]);
      await verifyFile(this.#files, file);
      const stored = await this.#change(id, (run) => {
        const [after, old] = change(run, file);
        replaced = old;
        return { ...after, summary: { ...after.summary, updatedAt: Date.now() } };
      });
      // No record names a file that stays here; the next start sweeps it.
      for (const old of replaced) await this.#files.remove(old.path).catch(() => undefined);
      return stored.summary;
    } catch (error) {
      await this.#files.remove(path).catch(() => undefined);
      throw error;
    }
  }

  /**
   * Stores a checkpoint in place of the earlier checkpoint.
   * @throws StudioError `storage-full`, `storage-failed`, `file-damaged`
   */
  async saveCheckpoint(
    id: string,
    data: Uint8Array,
    place: { readonly stage: number; readonly step: number },
  ): Promise<RunSummary> {
    return this.#replace(id, `checkpoint-${place.stage}-${place.step}`, data, (run, file) => [
      {
        ...run,
        checkpoint: { file, ...place },
        summary: { ...run.summary, checkpoint: { ...place } },
      },
      run.checkpoint ? [run.checkpoint.file] : [],
    ]);
  }

  /**
   * Stores the branches of a finished stage as safely as a checkpoint (`#replace`). The run can then go on at
   * the start of the next stage, so the checkpoint inside this stage is removed.
   */
  async saveStage(id: string, stage: number, branches: Uint8Array): Promise<RunSummary> {
    return this.#replace(id, `stage-${stage}`, branches, (run, file) => [
      {
        ...run,
        stages: [...run.stages.slice(0, stage), file],
        checkpoint: null,
        summary: { ...run.summary, checkpoint: { stage: stage + 1, step: 0 } },
      },
      [...run.stages.slice(stage), ...(run.checkpoint ? [run.checkpoint.file] : [])],
    ]);
  }

  /** Stores the branches of a stage's best step so far, as safely as a checkpoint (`#replace`). */
  async saveBest(
    id: string,
    branches: Uint8Array,
    best: BestStep & { readonly snapshot: Snapshot },
  ): Promise<RunSummary> {
    return this.#replace(id, `best-${best.stage}`, branches, (run, file) => {
      const known = run.best ?? [];
      const all = [...known.filter(({ stage }) => stage !== best.stage), { ...best, file }];
      const steps = all.map(({ stage, step, loss }) => ({ stage, step, loss }));
      const replaced = known.filter(({ stage }) => stage === best.stage);
      return [
        { ...run, best: all, summary: { ...run.summary, best: steps } },
        replaced.map((old) => old.file),
      ];
    });
  }

  /**
   * Branches of the stages up to `stage`, which gives its branches at its best step.
   * @throws StudioError `best-missing`, `file-damaged`
   */
  async readBest(id: string, stage: number): Promise<Uint8Array[]> {
    const { stages, best = [] } = await this.get(id);
    const found = best.find((candidate) => candidate.stage === stage);
    if (!found || stages.length < stage) throw bestMissing(id, stage);
    const branches: Uint8Array[] = [];
    for (const file of [...stages.slice(0, stage), found.file]) {
      branches.push(await readSealed(this.#files, file));
    }
    return branches;
  }

  /**
   * The point from which a run goes on: the branches of the finished stages, and the checkpoint inside the next
   * stage, or null for its start. A start takes no file: initial values follow from the seed.
   * @throws StudioError `checkpoint-missing` where an archive came without one, `file-damaged`
   */
  async readResume(id: string): Promise<ResumePoint> {
    const stored = await this.get(id);
    const { checkpoint, stages } = stored;
    if (!checkpoint && stages.length === 0 && !fromStart(stored)) {
      throw fault('checkpoint-missing', { id }, { kept: 'recipe-and-curves' });
    }
    return {
      checkpoint: checkpoint && (await readSealed(this.#files, checkpoint.file)),
      stageBranches: await this.readStages(id),
      stage: checkpoint?.stage ?? stages.length,
      step: checkpoint?.step ?? 0,
    };
  }

  /** Branches of the finished stages, in order. */
  async readStages(id: string): Promise<Uint8Array[]> {
    const { stages } = await this.get(id);
    const branches: Uint8Array[] = [];
    for (const file of stages) branches.push(await readSealed(this.#files, file));
    return branches;
  }

  /** Adds steps and validation points in one transaction; a repeated step replaces the earlier one. */
  async appendCurves(
    id: string,
    steps: readonly StoredStep[],
    validation: readonly ValidationPoint[],
  ): Promise<void> {
    if (steps.length === 0 && validation.length === 0) return;
    await this.#database.write(['steps', 'validation'], (transaction) => {
      const stepStore = transaction.objectStore('steps');
      const pointStore = transaction.objectStore('validation');
      return together([
        ...steps.map((step) => () => {
          const { stage, step: place } = step.metrics;
          return stepStore.put(step, [id, stage, place]);
        }),
        ...validation.map((point) => () => {
          const { stage, step, snapshot } = point;
          return pointStore.put(point, [id, stage, step, snapshot]);
        }),
      ]);
    });
  }

  async curves(id: string): Promise<RunCurves> {
    await this.get(id);
    const [steps, validation] = await Promise.all([
      this.#database.getAll('steps', rangeOf(id)),
      this.#database.getAll('validation', rangeOf(id)),
    ]);
    // The database orders points of one step by name, but the end of a stage is measured first.
    const after = ({ snapshot }: ValidationPoint) => (snapshot.endsWith('.end') ? 0 : 1);
    validation.sort((a, b) => a.stage - b.stage || a.step - b.step || after(a) - after(b));
    return { steps: steps.map(({ metrics }) => metrics), validation };
  }

  /** At most `count` steps with their records, in order from this place, so that a run may have any length. */
  async stepsFrom(id: string, stage: number, step: number, count: number): Promise<StoredStep[]> {
    const range = IDBKeyRange.bound([id, stage, step], [id, []], false, true);
    return this.#database.getAll('steps', range, count);
  }

  /** Data set index and row of every record of a step. @throws StudioError `step-missing` */
  async stepRows(id: string, stage: number, step: number): Promise<Uint32Array> {
    const stored = await this.#database.get('steps', [id, stage, step]);
    if (stored) return stored.rows;
    throw fault('step-missing', { id, stage, step });
  }

  /**
   * Removes the curves after a checkpoint, because the run will take those steps again. Measurements at the
   * checkpoint itself stay, because they are not repeated.
   */
  async truncateCurves(id: string, stage: number, step: number): Promise<void> {
    const steps = IDBKeyRange.bound([id, stage, step], [id, []], false, true);
    const points = IDBKeyRange.bound([id, stage, step, []], [id, []], false, true);
    await this.#database.write(['steps', 'validation'], (transaction) =>
      together([
        () => transaction.objectStore('steps').delete(steps),
        () => transaction.objectStore('validation').delete(points),
      ]),
    );
  }

  async saveRouting(id: string, routing: StoredRouting): Promise<void> {
    await this.#database.put('routing', routing, id);
  }

  async routing(id: string): Promise<StoredRouting | null> {
    return (await this.#database.get('routing', id)) ?? null;
  }

  /** Removes a run with everything it has, its rows in one transaction. The caller holds it alone (lock-names.ts). */
  async remove(id: string): Promise<void> {
    await this.#database.write([...ONE_OF_RUNS, ...ROWS_OF_RUNS], (transaction) =>
      together([
        ...ONE_OF_RUNS.map((store) => () => transaction.objectStore(store).delete(id)),
        ...ROWS_OF_RUNS.map((store) => () => transaction.objectStore(store).delete(rangeOf(id))),
      ]),
    );
    await this.#files.remove(`runs/${id}`);
  }

  /** Writes how a run ended; false, writing nothing, where it is no longer in a live state. */
  async settle(id: string, end: Pick<RunSummary, 'state' | 'error'>): Promise<boolean> {
    let due = false;
    await this.#database.change('runs', id, (run) => {
      due = run !== undefined && LIVE.has(run.summary.state);
      return run && due
        ? { ...run, summary: { ...run.summary, ...end, updatedAt: Date.now() } }
        : undefined;
    });
    return due;
  }

  /**
   * Marks runs as interrupted whose state needs a living worker but that have none. A state may have changed
   * since it was listed, so it is read and changed in one transaction, under the run's lock.
   */
  async recover(locks: Locks): Promise<void> {
    for (const { id, state } of await this.list()) {
      if (!LIVE.has(state)) continue;
      const release = await locks.take(runLock(id), 'exclusive');
      if (!release) continue;
      try {
        await this.#database.change('runs', id, (run) => {
          if (!run || !LIVE.has(run.summary.state)) return undefined;
          return {
            ...run,
            summary: {
              ...run.summary,
              ...{ state: 'interrupted', paused: run.summary.state === 'paused' },
              updatedAt: Date.now(),
            },
          };
        });
      } catch {
        // On a full disk the record stays as it is, and the run is reported as interrupted (needsWorker).
      } finally {
        release();
      }
    }
  }
}

/** Stores whose keys are ids of runs. */
const ONE_OF_RUNS = ['runs', 'routing', 'samples', 'noiseAudits'] as const;
/** Stores whose keys begin with the id of a run. */
export const ROWS_OF_RUNS = ['steps', 'validation', 'growth', 'pairScores'] as const;

/** Paths of the files that a run names. */
export function filesOfRun({ stages, best = [], checkpoint }: StoredRun): string[] {
  const files = [
    ...stages,
    ...best.map(({ file }) => file),
    ...(checkpoint ? [checkpoint.file] : []),
  ];
  return files.map(({ path }) => path);
}

/** Whether a run is in a state that only a living worker can be in. */
export function needsWorker({ state }: Pick<RunSummary, 'state'>): boolean {
  return LIVE.has(state);
}

/** Whether a run goes on from its first step: all that it has so far follows from its recipe. */
function fromStart({ summary, checkpoint, stages }: StoredRun): boolean {
  if (checkpoint || stages.length > 0) return false;
  return summary.origin === undefined || summary.checkpoint !== null;
}

/** The summary; runs of earlier versions do not say that they can go on from their first step. */
function summaryOf(run: StoredRun): RunSummary {
  const { summary } = run;
  const atRest = summary.state === 'interrupted' || summary.state === 'failed';
  if (summary.checkpoint || !atRest || !fromStart(run)) return summary;
  return { ...summary, checkpoint: { stage: 0, step: 0 } };
}

/** Every key that begins with this run: arrays sort after numbers, so [id, []] lies beyond the last. */
function rangeOf(id: string): IDBKeyRange {
  return IDBKeyRange.bound([id], [id, []], false, true);
}
