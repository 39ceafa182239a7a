/** Remembers how runs ended when a full disk left no room to write it down. */
import type { Runs } from '../../storage/runs.ts';
import type { RunSummary } from '../../contract/runs.ts';

type End = Pick<RunSummary, 'state' | 'error' | 'recovery'>;

export class UnwrittenEnds {
  readonly #ends = new Map<string, End>();

  put(id: string, end: End): void {
    this.#ends.set(id, end);
  }

  of(id: string): End | undefined {
    return this.#ends.get(id);
  }

  forget(id: string): void {
    this.#ends.delete(id);
  }

  /** Writes the ends for which there is room by now. */
  async write(runs: Runs): Promise<void> {
    for (const [id, end] of this.#ends) {
      const written = await runs.settle(id, end).catch(() => null);
      if (written !== null) this.#ends.delete(id);
    }
  }
}
