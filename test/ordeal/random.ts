/** Random choices that a seed repeats. */
import { createHash } from 'node:crypto';
import { randomSource } from '../../src/engine/testing/numbers.ts';

/** Random choices that a seed repeats. */
export class Random {
  readonly #next: () => number;

  /** @param parts what the choices are for: the same parts give the same choices */
  constructor(...parts: readonly (string | number)[]) {
    const hash = createHash('sha256').update(JSON.stringify(parts)).digest();
    this.#next = randomSource(hash.readUInt32LE(0));
  }

  /** At least 0, less than 1. */
  fraction(): number {
    return this.#next();
  }

  /** A whole number from 0 up to, and without, `end`. */
  below(end: number): number {
    return Math.floor(this.#next() * end);
  }

  chance(probability: number): boolean {
    return this.#next() < probability;
  }

  pick<T>(list: readonly T[]): T {
    const index = this.below(list.length);
    const chosen = list[index];
    if (index >= list.length) throw new RangeError('nothing to choose from');
    // Inside the list, so it is one of its elements, even where that is undefined.
    return chosen as T;
  }

  bytes(count: number): Uint8Array {
    return Uint8Array.from({ length: count }, () => this.below(256));
  }
}
