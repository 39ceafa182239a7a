/**
 * Ends generation at a text of several tokens, however the model splits it. Text that may be the beginning of
 * this end is held back until that is known.
 */
export class StopText {
  /** Whether the end was reached; nothing is passed on after it. */
  met = false;
  readonly #stop: string | null;
  #held = '';

  constructor(stop: string | null) {
    this.#stop = stop;
  }

  /** Takes the next text and returns the part that certainly does not belong to the end. */
  push(text: string): string {
    if (this.#stop === null) return text;
    if (this.met) return '';
    const all = this.#held + text;
    const at = all.indexOf(this.#stop);
    if (at >= 0) {
      this.met = true;
      this.#held = '';
      return all.slice(0, at);
    }
    let kept = Math.min(this.#stop.length - 1, all.length);
    while (kept > 0 && !this.#stop.startsWith(all.slice(all.length - kept))) kept -= 1;
    this.#held = all.slice(all.length - kept);
    return all.slice(0, all.length - kept);
  }

  /** Returns the text held back, when no more text comes. */
  flush(): string {
    const rest = this.#held;
    this.#held = '';
    return rest;
  }
}

/** A whole text up to where its answer ends. */
export function beforeStop(text: string, stop: string | null): string {
  const at = stop === null ? -1 : text.indexOf(stop);
  return at < 0 ? text : text.slice(0, at);
}
