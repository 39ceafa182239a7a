import { StudioError } from '../errors.ts';
import type {
  RoutingCounts,
  RunCurves,
  RunState,
  RunSummary,
  Snapshot,
  StepMetrics,
  ValidationPoint,
} from '../worker/protocol.ts';
import type { BestStep } from '../worker/run-protocol.ts';
import type { StudioDatabase } from './database.ts';
import { readSealed, verifyFile, writeFile } from './file-store.ts';
import type { FileStore, StoredFile } from './file-store.ts';
import { bestMissing } from './run-results.ts';

export interface StoredCheckpoint {
  readonly file: StoredFile;
  readonly stage: number;
  /** Optimiser steps of that stage already taken. */
  readonly step: number;
}

export interface StoredRun {
  readonly summary: RunSummary;
  /** Tasks that routing is counted by; fixed at the start. */
  readonly tasks: readonly string[];
  /** SHA-256 over records, model and template, so that a resumed run sees what the first one saw. */
  readonly fingerprint: string;
  readonly checkpoint: StoredCheckpoint | null;
  /** Branch parameters at the end of each finished stage. */
  readonly stages: readonly StoredFile[];
  /** Branch parameters at the best step of stages, as far as one was looked for. */
  readonly best?: readonly StoredBest[];
}

/** The branches that gave the lowest validation loss of a stage. */
export interface StoredBest extends BestStep {
  readonly file: StoredFile;
  readonly snapshot: Snapshot;
}

export interface StoredStep {
  readonly metrics: StepMetrics;
  /** Data set (index into the run's list) and row of every record of the step, in pairs. */
  readonly rows: Uint32Array;
}

export type StoredValidation = ValidationPoint;

export interface StoredRouting {
  readonly experts: number;
  readonly active: number;
  readonly counts: readonly RoutingCounts[];
}

export interface ResumePoint {
  readonly checkpoint: Uint8Array | null;
  readonly stageBranches: readonly Uint8Array[];
  /** Where the next step is. */
  readonly stage: number;
  readonly step: number;
}

/** States that only a living worker can be in. */
const LIVE: ReadonlySet<RunState> = new Set(['preparing', 'running', 'paused', 'finalising']);

export class Runs {
  readonly #database: StudioDatabase;
  readonly #files: FileStore;

  constructor(database: StudioDatabase, files: FileStore) {
    this.#database = database;
    this.#files = files;
  }

  async list(): Promise<RunSummary[]> {
    const stored = await this.#database.getAll('runs');
    return stored.map(({ summary }) => summary).sort((a, b) => a.createdAt - b.createdAt);
  }

  /** @throws StudioError `run-missing` */
  async get(id: string): Promise<StoredRun> {
    const stored = await this.#database.get('runs', id);
    if (stored) return stored;
    throw new StudioError({
      code: 'run-missing',
      message: 'This run is not in the studio any more.',
      remedy: 'Choose another run, or start a new one.',
      data: { id },
    });
  }

  async create(run: StoredRun): Promise<void> {
    await this.#database.add('runs', run, run.summary.id);
  }

  /** Changes the summary in one transaction and returns what it is then. */
  async update(id: string, change: Partial<RunSummary>): Promise<RunSummary> {
    const stored = await this.#change(id, (run) => ({
      ...run,
      summary: { ...run.summary, ...change, updatedAt: Date.now() },
    }));
    return stored.summary;
  }

  async #change(id: string, change: (run: StoredRun) => StoredRun): Promise<StoredRun> {
    const transaction = this.#database.transaction('runs', 'readwrite');
    const before = await transaction.store.get(id);
    if (!before) {
      transaction.abort();
      await transaction.done.catch(() => undefined);
      return this.get(id);
    }
    const after = change(before);
    await transaction.store.put(after, id);
    await transaction.done;
    return after;
  }

  /**
   * Stores a checkpoint: written under a new name, read back and compared, then named in the database,
   * and only then is the earlier one removed. A fault at any point leaves the earlier one in force.
   * @throws StudioError `storage-full`, `storage-failed`, `file-damaged`
   */
  async saveCheckpoint(
    id: string,
    data: Uint8Array,
    place: { readonly stage: number; readonly step: number },
  ): Promise<RunSummary> {
    const name = `checkpoint-${place.stage}-${place.step}-${crypto.randomUUID().slice(0, 8)}`;
    const file = await this.#writeVerified(`runs/${id}/${name}.safetensors`, data);
    let earlier: StoredCheckpoint | null = null;
    const stored = await this.#change(id, (run) => {
      earlier = run.checkpoint;
      return {
        ...run,
        checkpoint: { file, ...place },
        summary: { ...run.summary, checkpoint: { ...place }, updatedAt: Date.now() },
      };
    });
    const old = earlier as StoredCheckpoint | null;
    if (old) await this.#files.remove(old.file.path);
    return stored.summary;
  }

  /**
   * Stores the branches of a finished stage in the same order of steps as a checkpoint. The run can then
   * go on at the start of the next stage, so the checkpoint inside this one goes.
   */
  async saveStage(id: string, stage: number, branches: Uint8Array): Promise<RunSummary> {
    const name = `stage-${stage}-${crypto.randomUUID().slice(0, 8)}`;
    const file = await this.#writeVerified(`runs/${id}/${name}.safetensors`, branches);
    let replaced: readonly StoredFile[] = [];
    const stored = await this.#change(id, (run) => {
      replaced = [...run.stages.slice(stage), ...(run.checkpoint ? [run.checkpoint.file] : [])];
      const checkpoint = { stage: stage + 1, step: 0 };
      return {
        ...run,
        stages: [...run.stages.slice(0, stage), file],
        checkpoint: null,
        summary: { ...run.summary, checkpoint, updatedAt: Date.now() },
      };
    });
    for (const { path } of replaced) await this.#files.remove(path);
    return stored.summary;
  }

  /** Stores the branches of a stage's best step so far in the same order of steps as a checkpoint. */
  async saveBest(
    id: string,
    branches: Uint8Array,
    best: BestStep & { readonly snapshot: Snapshot },
  ): Promise<RunSummary> {
    const name = `best-${best.stage}-${crypto.randomUUID().slice(0, 8)}`;
    const file = await this.#writeVerified(`runs/${id}/${name}.safetensors`, branches);
    let replaced: readonly StoredBest[] = [];
    const stored = await this.#change(id, (run) => {
      const known = run.best ?? [];
      replaced = known.filter(({ stage }) => stage === best.stage);
      const all = [...known.filter(({ stage }) => stage !== best.stage), { ...best, file }];
      const steps = all.map(({ stage, step, loss }) => ({ stage, step, loss }));
      return {
        ...run,
        best: all,
        summary: { ...run.summary, best: steps, updatedAt: Date.now() },
      };
    });
    for (const { file: old } of replaced) await this.#files.remove(old.path);
    return stored.summary;
  }

  /**
   * Branches of the stages up to one, that one's at its best step.
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

  async #writeVerified(path: string, data: Uint8Array): Promise<StoredFile> {
    const file = await writeFile(this.#files, path, [data]);
    try {
      await verifyFile(this.#files, file);
    } catch (error) {
      await this.#files.remove(path);
      throw error;
    }
    return file;
  }

  /**
   * What a run goes on from: the branches of the stages that ended, and the checkpoint inside the next
   * one or, where that has none yet, null for its start.
   * @throws StudioError `checkpoint-missing` before the first checkpoint, `file-damaged`
   */
  async readResume(id: string): Promise<ResumePoint> {
    const { checkpoint, stages } = await this.get(id);
    if (!checkpoint && stages.length === 0) {
      throw new StudioError({
        code: 'checkpoint-missing',
        message: 'This run was interrupted before its first checkpoint.',
        kept: 'Its recipe, data sets and curves so far.',
        remedy: 'Start it again with the same recipe; the same seed gives the same run.',
        data: { id },
      });
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

  /** Adds steps and validation points in one transaction; the same step again replaces itself. */
  async appendCurves(
    id: string,
    steps: readonly StoredStep[],
    validation: readonly ValidationPoint[],
  ): Promise<void> {
    if (steps.length === 0 && validation.length === 0) return;
    const transaction = this.#database.transaction(['steps', 'validation'], 'readwrite');
    const stepStore = transaction.objectStore('steps');
    const pointStore = transaction.objectStore('validation');
    const writes: Promise<unknown>[] = [];
    for (const step of steps) {
      writes.push(stepStore.put(step, [id, step.metrics.stage, step.metrics.step]));
    }
    for (const point of validation) {
      writes.push(pointStore.put(point, [id, point.stage, point.step, point.snapshot]));
    }
    await Promise.all([...writes, transaction.done]);
  }

  async curves(id: string): Promise<RunCurves> {
    await this.get(id);
    const [steps, validation] = await Promise.all([
      this.#database.getAll('steps', rangeOf(id)),
      this.#database.getAll('validation', rangeOf(id)),
    ]);
    // The database orders points of one step by name; the end of a stage is measured before what follows it.
    const after = ({ snapshot }: ValidationPoint) => (snapshot.endsWith('.end') ? 0 : 1);
    validation.sort((a, b) => a.stage - b.stage || a.step - b.step || after(a) - after(b));
    return { steps: steps.map(({ metrics }) => metrics), validation };
  }

  /** Steps with their records, in order, from a place on; at most `count`, so that no run is too long. */
  async stepsFrom(id: string, stage: number, step: number, count: number): Promise<StoredStep[]> {
    const range = IDBKeyRange.bound([id, stage, step], [id, []], false, true);
    return this.#database.getAll('steps', range, count);
  }

  /** Data set index and row of every record of a step. @throws StudioError `step-missing` */
  async stepRows(id: string, stage: number, step: number): Promise<Uint32Array> {
    const stored = await this.#database.get('steps', [id, stage, step]);
    if (stored) return stored.rows;
    throw new StudioError({
      code: 'step-missing',
      message: `Step ${step + 1} of stage ${stage + 1} is not among the steps kept of this run.`,
      remedy: 'Choose a step that the curve shows.',
      data: { id, stage, step },
    });
  }

  /**
   * Removes what came after a checkpoint, because the run will take those steps again. What was measured
   * at the checkpoint itself stays: it is not measured again.
   */
  async truncateCurves(id: string, stage: number, step: number): Promise<void> {
    const transaction = this.#database.transaction(['steps', 'validation'], 'readwrite');
    const steps = IDBKeyRange.bound([id, stage, step], [id, []], false, true);
    const points = IDBKeyRange.bound([id, stage, step, []], [id, []], false, true);
    await Promise.all([
      transaction.objectStore('steps').delete(steps),
      transaction.objectStore('validation').delete(points),
      transaction.done,
    ]);
  }

  async saveRouting(id: string, routing: StoredRouting): Promise<void> {
    await this.#database.put('routing', routing, id);
  }

  async routing(id: string): Promise<StoredRouting | null> {
    return (await this.#database.get('routing', id)) ?? null;
  }

  async remove(id: string): Promise<void> {
    const transaction = this.#database.transaction(
      ['runs', 'steps', 'validation', 'routing'],
      'readwrite',
    );
    await Promise.all([
      transaction.objectStore('runs').delete(id),
      transaction.objectStore('steps').delete(rangeOf(id)),
      transaction.objectStore('validation').delete(rangeOf(id)),
      transaction.objectStore('routing').delete(id),
      transaction.done,
    ]);
    await this.#files.remove(`runs/${id}`);
  }

  /**
   * At start-up: a run in a state that needs a living worker, with no worker alive for it, was
   * interrupted; files that no run names are left from a write that did not finish, and go.
   * @param alive whether another tab holds this run
   */
  async recover(alive: (id: string) => Promise<boolean>): Promise<void> {
    for (const run of await this.#database.getAll('runs')) {
      const { summary, checkpoint, stages, best = [] } = run;
      if (await alive(summary.id)) continue;
      if (LIVE.has(summary.state)) await this.update(summary.id, { state: 'interrupted' });
      const named = new Set(
        [...stages, ...best.map(({ file }) => file), ...(checkpoint ? [checkpoint.file] : [])].map(
          (f) => f.path,
        ),
      );
      for (const name of await this.#files.list(`runs/${summary.id}`)) {
        const path = `runs/${summary.id}/${name}`;
        if (!named.has(path)) await this.#files.remove(path);
      }
    }
  }
}

/** Every key that begins with this run: arrays sort after numbers, so [id, []] lies beyond the last. */
function rangeOf(id: string): IDBKeyRange {
  return IDBKeyRange.bound([id], [id, []], false, true);
}
