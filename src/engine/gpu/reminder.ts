/** Makes Firefox look at once whether the device has finished, while somebody waits for it. */

/**
 * Firefox looks ten times a second whether work is done or a buffer mapped, and once more at each submission. A wait of
 * a millisecond would thus take up to 100 (https://bugzilla.mozilla.org/show_bug.cgi?id=1870699).
 */
const looksSeldom = /\bFirefox\/\d/;

/** Pauses between reminders grow from the first to the second, in milliseconds: a long wait costs few of them. */
const PAUSES = { first: 1, longest: 16, growth: 1.5 };

function ownUserAgent(): string {
  const { navigator } = globalThis as { readonly navigator?: { readonly userAgent?: string } };
  return navigator?.userAgent ?? '';
}

/** Submits nothing, now and then, as long as anything is awaited; in other browsers it does nothing at all. */
export class Reminder {
  readonly #queue: Pick<GPUQueue, 'submit'> | null;
  #waits = 0;
  #pause = PAUSES.first;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param userAgent of the browser whose queue this is */
  constructor(queue: Pick<GPUQueue, 'submit'>, userAgent = ownUserAgent()) {
    this.#queue = looksSeldom.test(userAgent) ? queue : null;
  }

  /** The same as `work`, for which the device is reminded until it settles. */
  during<T>(work: PromiseLike<T>): PromiseLike<T> {
    if (!this.#queue) return work;
    this.#waits += 1;
    this.#pause = PAUSES.first;
    this.#schedule();
    return this.#untilSettled(work);
  }

  async #untilSettled<T>(work: PromiseLike<T>): Promise<T> {
    try {
      return await work;
    } finally {
      this.#waits -= 1;
      if (this.#waits === 0) clearTimeout(this.#timer);
    }
  }

  #schedule(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#queue?.submit([]);
      this.#pause = Math.min(PAUSES.longest, this.#pause * PAUSES.growth);
      this.#schedule();
    }, this.#pause);
  }
}
