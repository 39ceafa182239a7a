/** Owns the runs on the device: steps, storage, events. */
import type { Gpu } from '../../engine/gpu/device.ts';
import type { Recipe } from '../../engine/training/recipe/recipe.ts';
import { parseChoices } from '../../engine/tuning/record.ts';
import { snapshotsAfter } from '../../engine/training/run/snapshots.ts';
import { asStudioError } from '../../faults/fault.ts';
import { type ResumePoint, needsWorker } from '../../storage/runs.ts';
import type { StoredRouting, StoredRun } from '../../storage/stored.ts';
import { runLock } from '../../storage/lock-names.ts';
import type { Release } from '../../storage/locks.ts';
import { adapterName } from '../device/adapter-name.ts';
import type { WorkerContext } from '../context.ts';
import { CurveWriter } from './curve-writer.ts';
import { DeviceClaim } from '../device/device-claim.ts';
import { interrupted } from '../fault-words.ts';
import type { OpenModel } from '../models/open-model.ts';
import { sameInputs, type PreparedRecords } from '../data/prepare.ts';
import type { RunState, RunSummary } from '../../contract/runs.ts';
import { hasOtherKernels, newSummary, type NewRun } from './run-summary.ts';
import { START_TASK } from '../../contract/tasks.ts';
import { openInputs, openTraining, type RunInputs } from './run-opening.ts';
import { RunRecorder, withBest, type RecordedRun } from './run-recorder.ts';
import { holdRun, removeRun } from './run-holds.ts';
import {
  changedInputs,
  notActive,
  notPaused,
  notResumable,
  ofRunning,
  STORAGE_FAULTS,
} from './run-errors.ts';
import { UnwrittenEnds } from './unwritten-ends.ts';
import { breathe } from '../tasks/tasks.ts';
import type { TuningKeeper } from '../device/tuning.ts';
import type { StateShelf } from '../models/state-shelf.ts';

type Wish = 'run' | 'single' | 'pause' | 'stop';

/** A run that is on the device now. */
interface LiveRun extends RecordedRun {
  /** Ends the tokenising that goes on beside the run. */
  readonly tokenising: AbortController;
  readonly recorder: RunRecorder;
  /** Of the run, its model and its data sets. */
  readonly releaseLocks: Release;
  wish: Wish;
  /** The loop that is taking steps; null while paused. */
  loop: Promise<void> | null;
  /** What others ask of the run, done between two steps. */
  readonly requests: (() => Promise<void>)[];
}

/** Owns the runs that are on the device: takes their steps, stores what they yield, tells the page. */
export class RunKeeper {
  readonly #context: WorkerContext;
  readonly #shelf: StateShelf;
  readonly #tuning: TuningKeeper;
  readonly #live = new Map<string, LiveRun>();
  readonly #unwritten = new UnwrittenEnds();
  readonly #claim = new DeviceClaim(() => this.#live.keys().next().value ?? null);

  constructor(context: WorkerContext, shelf: StateShelf, tuning: TuningKeeper) {
    this.#context = context;
    this.#shelf = shelf;
    this.#tuning = tuning;
    // A paused run takes no step that would hear of it.
    context.device.onFault(() => {
      for (const live of this.#live.values()) {
        if (live.gpu.fault) live.loop ??= this.#fail(live, live.gpu.fault);
      }
    });
  }

  /**
   * Sets a run up and lets it go.
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
      const now = Date.now();
      const inputs = await openInputs(this.#context, modelId, dataSetIds, recipe, now);
      const { model, prepared } = inputs;
      const gpu = await this.#tunedDevice(model, recipe);
      const summary = newSummary({ ...input, id }, model, prepared, gpu, now);
      const { tasks, fingerprint } = prepared;
      const stored: StoredRun = { summary, tasks, fingerprint, checkpoint: null, stages: [] };
      try {
        await storage.runs.create(stored);
        this.#emitChange(summary);
        return await this.#setUp(stored, inputs, gpu, release);
      } catch (error) {
        // What cannot be removed now is marked as cut off later, and can be removed then.
        await storage.runs.remove(id).catch(() => undefined);
        // A fault of the device says more than what fell over because of it.
        throw gpu.fault ?? error;
      }
    } catch (error) {
      release();
      throw error;
    }
  }

  /** Goes on after a pause, or from the last checkpoint. */
  async resume(id: string): Promise<RunSummary> {
    const live = await this.#settled(id);
    if (live) {
      const run = await this.#setState(live.id, 'running').catch(async (error: unknown) => {
        // On a full disk it stays paused; one whose storage was cleared cannot go on, and lets the device go.
        if (asStudioError(error).code !== 'run-missing') throw error;
        await this.#fail(live, error);
        throw ofRunning(asStudioError(error));
      });
      void this.#go(live, 'run');
      return run;
    }
    return this.#claim.forRun(() => this.#takeUp(id));
  }

  /** Goes on from the last checkpoint of an earlier session, or from the start where it has none yet. */
  async #takeUp(id: string): Promise<RunSummary> {
    const { storage, device } = this.#context;
    const release = await holdRun(storage.locks, (await storage.runs.get(id)).summary);
    let gpu: Gpu | null = null;
    try {
      // Read once it is held: another tab may have taken it up and ended it meanwhile.
      const stored = await storage.runs.get(id);
      const { summary } = stored;
      const { state } = summary;
      // One in a state that needs a worker has none: we hold it.
      if (state !== 'interrupted' && state !== 'failed' && !needsWorker(summary)) {
        throw notResumable(state);
      }
      const point = await storage.runs.readResume(id);
      const { modelId, dataSetIds, recipe, createdAt } = summary;
      const inputs = await openInputs(
        this.#context,
        modelId,
        dataSetIds,
        recipe,
        createdAt,
        stored.fingerprint,
      );
      if (!sameInputs(inputs.prepared, stored)) throw changedInputs();
      // The kernels that it was started with, not those of today: they give the same bits.
      gpu = (await device.get()).withChoices(parseChoices(summary.kernels?.choices));
      await storage.runs.truncateCurves(id, point.stage, point.step);
      await storage.experts.truncateGrowth(id, point.stage, point.step);
      await storage.runResults.truncateSamples(id, point.stage, point.step);
      return await this.#setUp(stored, inputs, gpu, release, point);
    } catch (error) {
      release();
      throw gpu?.fault ?? error;
    }
  }

  /** The device, tuned for what this run needs where it is a GPU that was not yet. */
  async #tunedDevice(model: OpenModel, recipe: Recipe): Promise<Gpu> {
    const { device, tasks } = this.#context;
    await tasks.run(START_TASK, (task) => this.#tuning.ensure(model, recipe, task));
    return device.get();
  }

  /**
   * Something else that needs the device to itself: refused while a run is on it, and meanwhile none begins.
   * @throws StudioError `profile-refused`, or what `work` throws
   */
  aside<T>(work: () => Promise<T>): Promise<T> {
    return this.#claim.aside(work);
  }

  async pause(id: string): Promise<void> {
    const live = this.#require(id);
    live.wish = 'pause';
    await live.loop;
  }

  async single(id: string): Promise<void> {
    const live = this.#require(id);
    if (live.loop) throw notPaused();
    await this.#go(live, 'single');
  }

  async stop(id: string): Promise<void> {
    await this.#settled(id);
    const live = this.#require(id);
    await this.#go(live, 'stop');
  }

  /** All runs; one that a closed or crashed tab left behind is marked as interrupted. */
  async list(): Promise<RunSummary[]> {
    const { runs, locks } = this.#context.storage;
    await this.#unwritten.write(runs);
    await runs.recover(locks);
    const all = await runs.list();
    return Promise.all(
      all.map(async (run) => {
        if (!needsWorker(run) || this.#live.has(run.id)) return run;
        // Where there was no room to write what became of it, it is told all the same.
        const ended = this.#unwritten.of(run.id);
        if (ended) return { ...run, ...ended };
        return (await locks.held(runLock(run.id)))
          ? run
          : { ...run, state: 'interrupted' as const };
      }),
    );
  }

  /** Stores and sends what is still held back, so that reading the curves gives all of them. */
  async flush(id: string): Promise<void> {
    // Where that fails the run itself meets the fault, and says so; reading goes on.
    await this.#live
      .get(id)
      ?.curves.flush()
      .catch(() => undefined);
  }

  /** @throws StudioError `run-elsewhere`, `run-in-use` */
  async remove(id: string): Promise<void> {
    const { storage } = this.#context;
    await this.#shelf.letGo({ runId: id });
    await removeRun(storage, id, async () => {
      const live = this.#live.get(id);
      if (!live) return;
      live.wish = 'pause';
      await live.loop;
      if (this.#live.has(id)) await this.#release(live);
    });
    this.#unwritten.forget(id);
  }

  /** Routing so far: of the living run, else as it was stored last. */
  async routing(id: string): Promise<StoredRouting | null> {
    const live = this.#live.get(id);
    if (live?.loop) {
      await new Promise<void>((resolve, reject) => {
        live.requests.push(() => live.recorder.storeRouting().then(resolve, reject));
      });
    }
    return this.#context.storage.runs.routing(id);
  }

  async #setUp(
    stored: StoredRun,
    inputs: RunInputs,
    gpu: Gpu,
    releaseLocks: Release,
    resume?: ResumePoint,
  ): Promise<RunSummary> {
    const { storage, device } = this.#context;
    const { id, recipe } = stored.summary;
    const { prepared } = inputs;
    // Training needs the room; what is chatted with loads again when it is asked for.
    await this.#shelf.clear();
    const tokenising = new AbortController();
    const tokenised = this.#tokenise(id, prepared, tokenising.signal);
    const { training, texts, change } = await openTraining(
      this.#context,
      stored,
      inputs,
      gpu,
      resume,
    ).catch((error: unknown) => {
      tokenising.abort();
      throw error;
    });
    const curves = new CurveWriter(id, storage.runs, (event) => this.#context.emit(event));
    const recorded = { id, gpu, training, prepared, texts, curves };
    const live: LiveRun = {
      ...recorded,
      tokenising,
      recorder: new RunRecorder(this.#context, recorded),
      releaseLocks,
      wish: 'run',
      loop: null,
      requests: [],
    };
    const begun = storage.runs.update(id, {
      state: 'running',
      stages: training.stages.map((stage) => ({ ...stage })),
      snapshots: withBest(
        snapshotsAfter(recipe, resume?.stageBranches.length ?? 0),
        stored.best ?? [],
      ),
      adapter: adapterName(gpu.adapter),
      error: null,
      ...change,
      ...(resume && hasOtherKernels(stored.summary, inputs.model, gpu)
        ? { kernelsChanged: { stage: resume.stage, step: resume.step } }
        : {}),
    });
    const run = await begun.catch((error: unknown) => {
      tokenising.abort();
      training.release();
      throw error;
    });
    this.#unwritten.forget(id);
    live.recorder.knownAs(run);
    this.#live.set(id, live);
    this.#emitChange(run);
    void device.announceMemory(true).catch(() => undefined);
    void this.#go(live, 'run');
    // Then the counts are no longer so far.
    const tell = async (): Promise<void> => {
      if (!tokenising.signal.aborted) await live.recorder.update({});
    };
    void tokenised.then(tell).catch(() => undefined);
    return run;
  }

  /**
   * Tokenises what the first step did not need, beside the training. What fails here fails again, and is
   * told of, where a step needs the record.
   */
  async #tokenise(id: string, prepared: PreparedRecords, signal: AbortSignal): Promise<void> {
    const onProgress = (): void => {
      const live = this.#live.get(id);
      if (!live || signal.aborted || !live.recorder.due) return;
      void live.recorder.update({}).catch(() => undefined);
    };
    await prepared.complete({ signal, onProgress }).catch(() => undefined);
  }

  /** Lets the loop run, or changes its mind; resolves when it has ended. */
  #go(live: LiveRun, wish: Wish): Promise<void> {
    live.wish = wish;
    live.loop ??= this.#loop(live).finally(async () => {
      live.loop = null;
      // What was asked while the loop came to its end.
      await this.#answerRequests(live);
    });
    return live.loop;
  }

  async #loop(live: LiveRun): Promise<void> {
    // The caller's answer goes out before the first step.
    await breathe();
    try {
      if (live.wish === 'single') await this.#setState(live.id, 'running');
      while (live.wish !== 'pause') {
        if (live.wish === 'stop') {
          await this.#stopHere(live);
          return;
        }
        const single = live.wish === 'single';
        const events = await live.training.advance({ settle: single });
        for (const event of events) await live.recorder.take(event);
        if (live.training.done) {
          await this.#finish(live, 'done');
          return;
        }
        if (single && events.some(({ type }) => type === 'step')) live.wish = 'pause';
        await this.#answerRequests(live);
        await this.#context.device.announceMemory();
      }
      for (const event of await live.training.settle()) await live.recorder.take(event);
      await this.#checkpointNow(live);
      await live.recorder.update({ state: 'paused' });
    } catch (error) {
      await this.#fail(live, error);
    }
  }

  /** Ends the run where it is; the progress shown stays that of the steps really taken. */
  async #stopHere(live: LiveRun): Promise<void> {
    await this.#setState(live.id, 'finalising');
    for (const event of await live.training.settle()) await live.recorder.take(event);
    live.recorder.holdProgress();
    for (const event of await live.training.finishEarly()) await live.recorder.take(event);
    await this.#finish(live, 'stopped');
  }

  /** Between steps nothing of the run is in use: what others ask of it is done here. */
  async #answerRequests(live: LiveRun): Promise<void> {
    for (const request of live.requests.splice(0)) await request();
  }

  /** A checkpoint where the run stands, so that a pause survives a reload. */
  async #checkpointNow(live: LiveRun): Promise<void> {
    await live.curves.flush();
    const made = await live.training.checkpoint();
    if (made) await live.recorder.saveCheckpoint(made);
  }

  async #finish(live: LiveRun, state: RunState): Promise<void> {
    // What it would tell of from now on is not the run's any more.
    live.tokenising.abort();
    await live.curves.flush();
    // Nothing is left to go on with, and the branches of the stages are what counts.
    await live.recorder.update({ state, checkpoint: null });
    await this.#release(live);
    await this.#context.device.announceMemory(true);
  }

  /**
   * A fault of the device or of the storage interrupts a run (it can go on); anything else fails it. Never
   * throws: what cannot be written is told to the page, and written once there is room.
   */
  async #fail(live: LiveRun, thrown: unknown): Promise<void> {
    const { fault } = live.gpu;
    const error = fault ? interrupted(fault) : ofRunning(asStudioError(thrown));
    const goesOn = fault !== null || STORAGE_FAULTS.has(error.code);
    const ended = { state: goesOn ? 'interrupted' : 'failed', error: error.describe() } as const;
    live.tokenising.abort();
    await live.curves.flush().catch(() => undefined);
    await live.recorder.update(ended).catch(() => {
      this.#unwritten.put(live.id, ended);
      this.#emitChange({ ...live.recorder.last, ...ended });
    });
    await this.#release(live);
    await this.#context.device.announceMemory(true).catch(() => undefined);
  }

  async #release(live: LiveRun): Promise<void> {
    this.#live.delete(live.id);
    live.tokenising.abort();
    try {
      await this.#answerRequests(live);
      live.training.release();
    } finally {
      live.releaseLocks();
    }
  }

  async #setState(id: string, state: RunState): Promise<RunSummary> {
    const run = await this.#context.storage.runs.update(id, { state });
    this.#emitChange(run);
    return run;
  }

  #emitChange(run: RunSummary): void {
    this.#context.emit({ type: 'runs.changed', run });
  }

  #require(id: string): LiveRun {
    const live = this.#live.get(id);
    if (live) return live;
    throw notActive(id);
  }

  /** The run if it is on the device, after a pause under way has come to its end. */
  async #settled(id: string): Promise<LiveRun | undefined> {
    const live = this.#live.get(id);
    if (live?.wish === 'pause') await live.loop;
    return this.#live.get(id);
  }
}
