/** A run that is on the device: the loop of its steps, and how it pauses, stops or ends. */
import type { RunState, RunSummary } from '../../contract/runs.ts';
import { asStudioError, type StudioError } from '../../faults/fault.ts';
import type { Release } from '../../storage/locks.ts';
import type { WorkerContext } from '../context.ts';
import { interrupted } from '../fault-words.ts';
import { breathe } from '../tasks/tasks.ts';
import { ofRunning, STORAGE_FAULTS } from './run-errors.ts';
import { RunRecorder, type RecordedRun } from './run-recorder.ts';
import type { LostRun } from './run-recovery.ts';
import type { UnwrittenEnds } from './unwritten-ends.ts';

type Wish = 'run' | 'single' | 'pause' | 'stop';

export interface LiveParts {
  readonly recorded: RecordedRun;
  /** The summary as the page has it. */
  readonly summary: RunSummary;
  /** Ends the tokenising that runs beside the training. */
  readonly tokenising: AbortController;
  readonly unwritten: UnwrittenEnds;
  /** Called as soon as the run leaves the device. */
  readonly leave: () => void;
  /** Called when it leaves a lost device to go on by itself on another. */
  readonly recover: (lost: LostRun) => void;
  /** Gives up the locks of the run, its model and its data sets. */
  readonly releaseLocks: Release;
}

/** Takes the steps of one run and stores what they yield, until it pauses or ends. */
export class LiveRun {
  readonly recorder: RunRecorder;
  readonly #context: WorkerContext;
  readonly #run: RecordedRun;
  readonly #parts: LiveParts;
  #wish: Wish = 'run';
  #loop: Promise<void> | null = null;
  readonly #requests: (() => Promise<void>)[] = [];

  constructor(context: WorkerContext, parts: LiveParts) {
    this.#context = context;
    this.#run = parts.recorded;
    this.#parts = parts;
    this.recorder = new RunRecorder(context, parts.recorded, parts.summary);
  }

  /** Resolves when no steps are taken any more; null while it is paused. */
  get loop(): Promise<void> | null {
    return this.#loop;
  }

  /** Whether the run was asked to pause; its loop may still be ending. */
  get pausing(): boolean {
    return this.#wish === 'pause';
  }

  /** Starts the loop or changes what it is asked to do; resolves when the loop has ended. */
  go(wish: Exclude<Wish, 'pause'>): Promise<void> {
    this.#wish = wish;
    this.#loop ??= this.#takeStepsAndAnswer();
    return this.#loop;
  }

  async #takeStepsAndAnswer(): Promise<void> {
    try {
      await this.#takeSteps();
    } finally {
      this.#loop = null;
      // Answers requests that came while the loop was ending.
      await this.#answerRequests();
    }
  }

  /** Pauses the run; resolves when it has stopped at a checkpoint. */
  async pause(): Promise<void> {
    this.#wish = 'pause';
    await this.#loop;
  }

  /** Goes on after a pause. @throws StudioError what storing the new state throws */
  async resume(): Promise<RunSummary> {
    const run = await this.#setState('running').catch(async (error: unknown) => {
      // On a full disk the run stays paused; if its storage was cleared, it cannot go on and lets the device go.
      if (asStudioError(error).code !== 'run-missing') throw error;
      await this.#fail(error);
      throw ofRunning(asStudioError(error));
    });
    void this.go('run');
    return run;
  }

  /** Stores and sends the figures that are still waiting. */
  flush(): Promise<void> {
    return this.#run.curves.flush();
  }

  /** Does work between two steps of the run, while its loop goes on. */
  betweenSteps(work: () => Promise<void>): Promise<void> {
    return new Promise<void>((resolve, reject) => {
      this.#requests.push(() => work().then(resolve, reject));
    });
  }

  /** Fails a paused run on a lost device: it takes no step that would notice the loss. */
  failIfLost(): void {
    const { fault } = this.#run.gpu;
    if (fault) this.#loop ??= this.#fail(fault);
  }

  /** Leaves the device and lets go of everything. */
  async release(): Promise<void> {
    try {
      await this.#leaveDevice();
    } finally {
      this.#parts.releaseLocks();
    }
  }

  async #leaveDevice(): Promise<void> {
    this.#parts.leave();
    this.#parts.tokenising.abort();
    await this.#answerRequests();
    this.#run.training.release();
  }

  async #takeSteps(): Promise<void> {
    const { training } = this.#run;
    // The caller's answer goes out before the first step.
    await breathe();
    try {
      if (this.#wish === 'single') await this.#setState('running');
      while (this.#wish !== 'pause') {
        if (this.#wish === 'stop') {
          await this.#stopHere();
          return;
        }
        const single = this.#wish === 'single';
        const events = await training.advance({ settle: single });
        for (const event of events) await this.recorder.take(event);
        if (training.done) {
          await this.#finish('done');
          return;
        }
        if (single && events.some(({ type }) => type === 'step')) this.#wish = 'pause';
        await this.#answerRequests();
        await this.#context.device.announceMemory();
      }
      for (const event of await training.settle()) await this.recorder.take(event);
      await this.#checkpointNow();
      await this.recorder.update({ state: 'paused' });
    } catch (error) {
      await this.#fail(error);
    }
  }

  /** Ends the run at this step; the shown progress stays at the steps really taken. */
  async #stopHere(): Promise<void> {
    const { training } = this.#run;
    await this.#setState('finalising');
    for (const event of await training.settle()) await this.recorder.take(event);
    this.recorder.holdProgress();
    for (const event of await training.finishEarly()) await this.recorder.take(event);
    await this.#finish('stopped');
  }

  /** Answers requests of others, between steps, when nothing of the run is in use. */
  async #answerRequests(): Promise<void> {
    for (const request of this.#requests.splice(0)) await request();
  }

  /** Stores a checkpoint at the current step, so that a pause survives a reload. */
  async #checkpointNow(): Promise<void> {
    await this.flush();
    const made = await this.#run.training.checkpoint();
    if (made) await this.recorder.saveCheckpoint(made);
  }

  async #finish(state: RunState): Promise<void> {
    // Further reports of tokenising would no longer concern the run.
    this.#parts.tokenising.abort();
    await this.flush();
    // Nothing is left to resume, and only the branches of the stages count.
    await this.recorder.update({ state, checkpoint: null });
    await this.release();
    await this.#context.device.announceMemory(true);
  }

  /**
   * A run that loses its device in the middle goes on by itself on another. Any other fault of the device or of the
   * storage interrupts a run, which can then go on; any other fault fails it. Never throws.
   */
  async #fail(thrown: unknown): Promise<void> {
    const { fault } = this.#run.gpu;
    this.#parts.tokenising.abort();
    await this.flush().catch(() => undefined);
    // A person who asked it to pause or stop decides when it goes on.
    if (fault?.code === 'device-lost' && this.#wish === 'run') this.#recover(fault);
    else await this.#endWith(fault ? interrupted(fault) : ofRunning(asStudioError(thrown)));
  }

  /** Leaves the device and waits for another in one turn: no other run takes the device in between. */
  #recover(loss: StudioError): void {
    const { recover, releaseLocks } = this.#parts;
    const left = this.#leaveDevice().catch(() => undefined);
    recover({ recorder: this.recorder, loss, left, releaseLocks });
  }

  async #endWith(error: StudioError): Promise<void> {
    const goesOn = this.#run.gpu.fault !== null || STORAGE_FAULTS.has(error.code);
    const state = goesOn ? 'interrupted' : 'failed';
    const ended = { state, error: error.describe(), recovery: null } as const;
    await this.recorder.end(ended, this.#parts.unwritten);
    await this.release();
    await this.#context.device.announceMemory(true).catch(() => undefined);
  }

  async #setState(state: RunState): Promise<RunSummary> {
    const run = await this.#context.storage.runs.update(this.#run.id, { state });
    this.#emitChange(run);
    return run;
  }

  #emitChange(run: RunSummary): void {
    this.#context.emit({ type: 'runs.changed', run });
  }
}
