/**
 * Spreads drawing over animation frames. Requests wait in a queue, each key once; each frame draws
 * one, so that many charts never share a frame and many events between two frames cost one update.
 */

export type FrameJob = () => void;

/** Asks for the next frame; `requestAnimationFrame` in a page. */
export type FrameClock = (callback: () => void) => void;

export class FrameQueue {
  readonly #clock: FrameClock;
  readonly #jobs = new Map<string, FrameJob>();
  #waiting = false;

  constructor(clock: FrameClock) {
    this.#clock = clock;
  }

  /** Draws once in a coming frame; a second request under the same key before that replaces the first. */
  request(key: string, job: FrameJob): void {
    this.#jobs.set(key, job);
    this.#wait();
  }

  cancel(key: string): void {
    this.#jobs.delete(key);
  }

  #wait(): void {
    if (this.#waiting || this.#jobs.size === 0) return;
    this.#waiting = true;
    this.#clock(() => {
      this.#waiting = false;
      const [next] = this.#jobs;
      if (next) {
        const [key, job] = next;
        this.#jobs.delete(key);
        job();
      }
      this.#wait();
    });
  }
}

/** The page's queue. */
export const frames = new FrameQueue((callback) => {
  requestAnimationFrame(callback);
});
