/** Decides who has the device to itself: one run at a time, or something else that no run may disturb. */
import { asideActive, asideRefused, otherActive } from '../runs/run-errors.ts';

/** Who may have the device to itself: one run at a time, or something else that no run may disturb. */
export class DeviceClaim {
  /** The run that is on the device. */
  readonly #live: () => string | null;
  #taken: 'setting up' | 'aside' | null = null;

  constructor(live: () => string | null) {
    this.#live = live;
  }

  /**
   * Sets a run up. Only one run at a time has the device, from the beginning of its setup.
   * @throws StudioError `run-active`, `profile-active`, or what `work` throws
   */
  async forRun<T>(work: () => Promise<T>): Promise<T> {
    if (this.#taken === 'aside') throw asideActive();
    const other = this.#live();
    if (other !== null || this.#taken) throw otherActive(other ?? '');
    return this.#take('setting up', work);
  }

  /**
   * Does work that needs the device without any run.
   * @throws StudioError `profile-refused`, `profile-active`, or what `work` throws
   */
  async aside<T>(work: () => Promise<T>): Promise<T> {
    if (this.#taken === 'aside') throw asideActive();
    const run = this.#live();
    if (run !== null || this.#taken) throw asideRefused(run ?? '');
    return this.#take('aside', work);
  }

  async #take<T>(who: 'setting up' | 'aside', work: () => Promise<T>): Promise<T> {
    this.#taken = who;
    try {
      return await work();
    } finally {
      this.#taken = null;
    }
  }
}
