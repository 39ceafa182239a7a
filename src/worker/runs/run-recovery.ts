/** Lets a run whose device was lost go on by itself, on a new device and from its last checkpoint. */
import type { RunRecovery } from '../../contract/runs.ts';
import { asStudioError, fault, restated, type StudioError } from '../../faults/fault.ts';
import type { Release } from '../../storage/locks.ts';
import { wait } from '../../storage/wait.ts';
import { interrupted } from '../fault-words.ts';
import { ofRunning } from './run-errors.ts';
import type { RunRecorder } from './run-recorder.ts';
import type { UnwrittenEnds } from './unwritten-ends.ts';

/**
 * Milliseconds before each attempt: a driver or a browser's GPU process that starts anew takes a moment. There are
 * as many attempts as waits.
 */
const waits: readonly number[] = [500, 1500, 4500];

/** Faults after which another attempt may end better. */
const passing: ReadonlySet<string> = new Set(['device-lost', 'device-refused', 'adapter-missing']);

/** A run that lost its device. It keeps its locks, so that no other tab takes it meanwhile. */
export interface LostRun {
  readonly recorder: RunRecorder;
  readonly loss: StudioError;
  /** Resolves when nothing of the run is on the lost device any more. */
  readonly left: Promise<void>;
  readonly releaseLocks: Release;
}

/** Puts a run on a new device, from its last checkpoint; a failure leaves the locks as they are. */
type TakeUp = (id: string, recovery: RunRecovery, releaseLocks: Release) => Promise<unknown>;

/**
 * The runs that wait for a new device. A run is given three attempts in a row; a checkpoint that it writes afterwards
 * clears the count (run-recorder.ts), because a run that gets from one checkpoint to the next comes to its end however
 * often it is cut off, while one that does not would repeat the same steps for ever.
 */
export class RecoveringRuns {
  readonly #takeUp: TakeUp;
  readonly #unwritten: UnwrittenEnds;
  readonly #under = new Map<string, { readonly ending: AbortController; done: Promise<void> }>();

  constructor(takeUp: TakeUp, unwritten: UnwrittenEnds) {
    this.#takeUp = takeUp;
    this.#unwritten = unwritten;
  }

  /** The run that waits; only one run at a time has the device. */
  get current(): string | null {
    return this.#under.keys().next().value ?? null;
  }

  begin(lost: LostRun): void {
    const { id } = lost.recorder.last;
    const ending = new AbortController();
    const under = { ending, done: Promise.resolve() };
    this.#under.set(id, under);
    under.done = this.#recover(lost, ending.signal).finally(() => this.#under.delete(id));
  }

  /**
   * Makes no further attempt: a run that waits is interrupted. Resolves when that is so, or when an attempt that has
   * begun has put the run on the device.
   */
  async end(id: string): Promise<void> {
    const under = this.#under.get(id);
    under?.ending.abort();
    await under?.done;
  }

  async #recover(lost: LostRun, signal: AbortSignal): Promise<void> {
    const { recorder, releaseLocks } = lost;
    const error = await this.#attempts(lost, signal).catch((thrown: unknown) =>
      ofRunning(asStudioError(thrown)),
    );
    if (!error) return;
    const end = { state: 'interrupted', error: error.describe(), recovery: null } as const;
    await recorder.end(end, this.#unwritten);
    releaseLocks();
  }

  /** @returns why the run does not go on; null if it does. @throws what storing its state throws */
  async #attempts(lost: LostRun, signal: AbortSignal): Promise<StudioError | null> {
    const { recorder, loss, left, releaseLocks } = lost;
    await recorder.update({ state: 'reopening' });
    const { id, recovery: before, checkpoint } = recorder.last;
    const from = checkpoint ?? { stage: 0, step: 0 };
    let error = loss;
    for (let attempt = (before?.attempt ?? 0) + 1; attempt <= waits.length; attempt += 1) {
      const recovery = { attempt, most: waits.length, ...from, error: error.describe() };
      await recorder.update({ recovery });
      await Promise.all([left, wait(waits[attempt - 1] ?? 0, signal)]);
      if (signal.aborted) return interrupted(loss);
      try {
        await this.#takeUp(id, recovery, releaseLocks);
        return null;
      } catch (thrown) {
        error = asStudioError(thrown);
        if (error.code === 'cancelled') return interrupted(loss);
        if (!passing.has(error.code)) return restated(ofRunning(error), { kept: 'to-checkpoint' });
      }
    }
    return givenUp(error, waits.length);
  }
}

/** The fault of a run that made all its attempts. */
function givenUp(last: StudioError, attempts: number): StudioError {
  return last.code === 'adapter-missing'
    ? fault('adapter-gone', { run: true, attempts }, { kept: 'to-checkpoint', cause: last })
    : restated(last, { kept: 'to-checkpoint', data: { run: true, attempts } });
}
