/** Owns the runs on the device: steps, storage, events. */
import type { WorkerEvent } from '../../contract/contract.ts';
import type { RunRecovery, RunSummary } from '../../contract/runs.ts';
import { START_TASK } from '../../contract/events.ts';
import type { Recipe } from '../../engine/training/recipe/recipe.ts';
import type { TrainingRun } from '../../engine/training/run/run.ts';
import { parseChoices } from '../../engine/tuning/record.ts';
import { runLock } from '../../storage/lock-names.ts';
import type { Release } from '../../storage/locks.ts';
import { needsWorker } from '../../storage/runs.ts';
import type { StoredRouting, StoredRun } from '../../storage/stored.ts';
import type { WorkerContext } from '../context.ts';
import { sameInputs, type PreparedRecords } from '../data/prepare.ts';
import { DeviceClaim } from '../device/device-claim.ts';
import type { TuningKeeper } from '../device/tuning.ts';
import type { OpenModel } from '../models/open-model.ts';
import type { StateShelf } from '../models/state-shelf.ts';
import { CurveWriter } from './curve-writer.ts';
import { LiveRun } from './live-run.ts';
import { changedInputs, notActive, notPaused, notResumable, underWay } from './run-errors.ts';
import { holdRun, removeRun } from './run-holds.ts';
import { openTraining, prepareRun, type OpenedRun, type RunToOpen } from './run-opening.ts';
import type { RecordedRun } from './run-recorder.ts';
import { RecoveringRuns } from './run-recovery.ts';
import { newSummary, type NewRun } from './run-summary.ts';
import { UnwrittenEnds } from './unwritten-ends.ts';

export class RunKeeper {
  readonly #context: WorkerContext;
  readonly #shelf: StateShelf;
  readonly #tuning: TuningKeeper;
  readonly #live = new Map<string, LiveRun>();
  readonly #unwritten = new UnwrittenEnds();
  readonly #recovering = new RecoveringRuns(
    (id, recovery, release) => this.#goOn(id, release, recovery),
    this.#unwritten,
  );
  readonly #claim = new DeviceClaim(
    () => this.#live.keys().next().value ?? this.#recovering.current,
  );

  constructor(context: WorkerContext, shelf: StateShelf, tuning: TuningKeeper) {
    this.#context = context;
    this.#shelf = shelf;
    this.#tuning = tuning;
    context.device.onFault(() => {
      for (const live of this.#live.values()) live.failIfLost();
    });
  }

  /**
   * Sets a run up and starts it.
   * @throws StudioError what preparing, laying out or uploading throws; then no run is left behind
   */
  start(input: NewRun): Promise<RunSummary> {
    return this.#claim.forRun(() => this.#begin(input));
  }

  async #begin(input: NewRun): Promise<RunSummary> {
    const { storage } = this.#context;
    const { modelId, dataSetIds, recipe } = input;
    const id = crypto.randomUUID();
    // Locked before it exists, so that no other tab takes it for a run that was cut off.
    const release = await holdRun(storage.locks, { id, modelId, dataSetIds });
    try {
      const createdAt = Date.now();
      const run = await prepareRun(this.#context, { ...input, createdAt });
      await this.#tune(run.model, recipe);
      return await this.#context.device.use(async (gpu) => {
        const summary = newSummary({ ...input, id, createdAt }, run, gpu);
        const { tasks, fingerprint } = run.records;
        const stored: StoredRun = { summary, tasks, fingerprint, checkpoint: null, stages: [] };
        try {
          await storage.runs.create(stored);
          this.#emitChange(summary);
          return await this.#setUp({ stored, run, gpu }, release);
        } catch (error) {
          // A run that cannot be removed now is later marked as interrupted, and can be removed then.
          await storage.runs.remove(id).catch(() => undefined);
          throw error;
        }
      });
    } catch (error) {
      release();
      throw error;
    }
  }

  /** Goes on after a pause, or from the last checkpoint. */
  async resume(id: string): Promise<RunSummary> {
    const live = await this.#settled(id);
    if (live) return live.resume();
    return this.#claim.forRun(() => this.#takeUp(id));
  }

  /** Goes on from the last checkpoint of an earlier session, or from the start where there is none yet. */
  async #takeUp(id: string): Promise<RunSummary> {
    const { storage } = this.#context;
    const release = await holdRun(storage.locks, (await storage.runs.get(id)).summary);
    try {
      return await this.#goOn(id, release, null);
    } catch (error) {
      release();
      throw error;
    }
  }

  /**
   * Puts a run that is held on the device again. A failure leaves it held.
   * @param recovery where it does so by itself, after it lost its device
   */
  async #goOn(
    id: string,
    releaseLocks: Release,
    recovery: RunRecovery | null,
  ): Promise<RunSummary> {
    const { storage, device } = this.#context;
    // The run is read once it is held: another tab may have resumed and ended it meanwhile.
    const stored = await storage.runs.get(id);
    const { summary } = stored;
    const { state } = summary;
    // A run whose state needs a worker has none, because this worker holds it.
    if (state !== 'interrupted' && state !== 'failed' && !needsWorker(summary)) {
      throw notResumable(state);
    }
    const point = await storage.runs.readResume(id);
    const run = await prepareRun(this.#context, summary, stored.fingerprint);
    if (!sameInputs(run.records, stored)) throw changedInputs();
    await storage.runs.truncateCurves(id, point.stage, point.step);
    await storage.experts.truncateGrowth(id, point.stage, point.step);
    await storage.runResults.truncateSamples(id, point.stage, point.step);
    // The kernels with which the run started give the same bits; today's choices may not.
    return device.use(
      (gpu) => this.#setUp({ stored, run, gpu, from: point, recovery }, releaseLocks),
      parseChoices(summary.kernels?.choices),
    );
  }

  /** Tunes a GPU for the kernels of this run, where that was not done yet. */
  async #tune(model: OpenModel, recipe: Recipe): Promise<void> {
    await this.#context.tasks.run(START_TASK, (task) => this.#tuning.ensure(model, recipe, task));
  }

  /**
   * Does other work that needs the device to itself. It is refused while a run is on the device, and no run
   * begins meanwhile.
   * @throws StudioError `profile-refused`, or what `work` throws
   */
  aside<T>(work: () => Promise<T>): Promise<T> {
    return this.#claim.aside(work);
  }

  /** Pauses a run at a checkpoint; one that waits for a new device is interrupted where it is. */
  async pause(id: string): Promise<void> {
    const waited = this.#recovering.current === id;
    await this.#recovering.end(id);
    const live = waited ? this.#live.get(id) : this.#require(id);
    await live?.pause();
  }

  /** Takes a paused run off the device, so that it can be handed off. @throws StudioError `run-under-way` */
  async letGo(id: string): Promise<void> {
    const live = await this.#settled(id);
    if (!live) return;
    const { runs } = this.#context.storage;
    if (live.loop) throw underWay((await runs.get(id)).summary.state);
    await live.release();
    this.#emitChange(await runs.update(id, { state: 'interrupted', paused: true }));
    await this.#context.device.announceMemory(true).catch(() => undefined);
  }

  async single(id: string): Promise<void> {
    const live = this.#require(id);
    if (live.loop) throw notPaused();
    await live.go('single');
  }

  async stop(id: string): Promise<void> {
    await this.#recovering.end(id);
    await this.#settled(id);
    await this.#require(id).go('stop');
  }

  /** All runs; runs that a closed or crashed tab left behind are marked as interrupted. */
  async list(): Promise<RunSummary[]> {
    const { runs, locks } = this.#context.storage;
    await this.#unwritten.write(runs);
    await runs.recover(locks);
    const all = await runs.list();
    return Promise.all(
      all.map(async (run) => {
        if (!needsWorker(run) || this.#live.has(run.id)) return run;
        // An end that found no room to be written is reported all the same.
        const ended = this.#unwritten.of(run.id);
        if (ended) return { ...run, ...ended };
        return (await locks.held(runLock(run.id)))
          ? run
          : { ...run, state: 'interrupted' as const, paused: run.state === 'paused' };
      }),
    );
  }

  /** Stores and sends the waiting figures, so that reading the curves gives all of them. */
  async flush(id: string): Promise<void> {
    // If that fails, the run itself meets the fault and reports it; reading goes on.
    await this.#live
      .get(id)
      ?.flush()
      .catch(() => undefined);
  }

  /** @throws StudioError `run-elsewhere`, `run-in-use` */
  async remove(id: string): Promise<void> {
    const { storage } = this.#context;
    await this.#shelf.letGo({ runId: id });
    await removeRun(storage, id, async () => {
      await this.#recovering.end(id);
      const live = this.#live.get(id);
      if (!live) return;
      await live.pause();
      if (this.#live.has(id)) await live.release();
    });
    this.#unwritten.forget(id);
  }

  /** Routing so far: from the run on the device, else as it was last stored. */
  async routing(id: string): Promise<StoredRouting | null> {
    const live = this.#live.get(id);
    if (live?.loop) await live.betweenSteps(() => live.recorder.storeRouting());
    return this.#context.storage.runs.routing(id);
  }

  /** Puts a run on the device and starts it. @param releaseLocks gives up the locks of the run, model and data */
  async #setUp(toOpen: RunToOpen, releaseLocks: Release): Promise<RunSummary> {
    const { storage, device } = this.#context;
    const { stored, run } = toOpen;
    const { id } = stored.summary;
    // Training needs the memory; a model in use for chat loads again on request.
    await this.#shelf.clear();
    const tokenising = new AbortController();
    const tokenised = this.#tokenise(id, run.records, tokenising.signal);
    let training: TrainingRun | null = null;
    try {
      const opened = await openTraining(this.#context, toOpen);
      ({ training } = opened);
      const summary = await storage.runs.update(id, opened.change);
      this.#unwritten.forget(id);
      const live = new LiveRun(this.#context, {
        recorded: this.#recorded(toOpen, opened),
        ...{ summary, tokenising, unwritten: this.#unwritten, releaseLocks },
        leave: () => this.#live.delete(id),
        recover: (lost) => this.#recovering.begin(lost),
      });
      this.#live.set(id, live);
      this.#emitChange(summary);
      void device.announceMemory(true).catch(() => undefined);
      void live.go('run');
      // When all is tokenised, the counts are final.
      const tell = async (): Promise<void> => {
        if (!tokenising.signal.aborted) await live.recorder.update({});
      };
      void tokenised.then(tell).catch(() => undefined);
      return summary;
    } catch (error) {
      tokenising.abort();
      training?.release();
      throw error;
    }
  }

  #recorded({ stored, run, gpu }: RunToOpen, { training, texts }: OpenedRun): RecordedRun {
    const { id } = stored.summary;
    const emit = (event: WorkerEvent): void => this.#context.emit(event);
    const curves = new CurveWriter(id, this.#context.storage.runs, emit);
    return { id, gpu, training, prepared: run.records, texts, curves };
  }

  /**
   * Tokenises, beside the training, the records that the first step did not need. A failure here comes again,
   * and is reported, when a step needs the record.
   */
  async #tokenise(id: string, records: PreparedRecords, signal: AbortSignal): Promise<void> {
    const onProgress = (): void => {
      const live = this.#live.get(id);
      if (!live || signal.aborted || !live.recorder.due) return;
      void live.recorder.update({}).catch(() => undefined);
    };
    await records.complete({ signal, onProgress }).catch(() => undefined);
  }

  #emitChange(run: RunSummary): void {
    this.#context.emit({ type: 'runs.changed', run });
  }

  #require(id: string): LiveRun {
    const live = this.#live.get(id);
    if (live) return live;
    throw notActive(id);
  }

  /** The run if it is on the device, after a pause under way is complete. */
  async #settled(id: string): Promise<LiveRun | undefined> {
    const live = this.#live.get(id);
    if (live?.pausing) await live.loop;
    return this.#live.get(id);
  }
}
