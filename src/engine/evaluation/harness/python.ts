/** What lm-eval takes from Python: how text is stripped and counted, and how `random` draws. */

/** White space as Python's `str.strip` knows it. */
const SPACE =
  '[\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]+';
const LEADING = new RegExp(`^${SPACE}`, 'u');
const TRAILING = new RegExp(`${SPACE}$`, 'u');

export const stripEnd = (text: string): string => text.replace(TRAILING, '');
export const strip = (text: string): string => stripEnd(text.replace(LEADING, ''));

/** Characters as Python's `len` counts them. */
export const lengthOf = (text: string): number => [...text].length;

const SIZE = 624;
const MIDDLE = 397;

/**
 * Python's `random.Random(seed)`: the Mersenne Twister MT19937 (Matsumoto and Nishimura, ACM TOMACS 8:3–30), seeded
 * with an array of one word, as Python does for small seeds.
 */
export class PythonRandom {
  readonly #state = new Uint32Array(SIZE);
  #next = SIZE;

  constructor(seed: number) {
    const state = this.#state;
    fill(state, 19650218);
    let i = 1;
    for (let round = 0; round < SIZE; round += 1) {
      const before = state[i - 1] ?? 0;
      state[i] = ((state[i] ?? 0) ^ Math.imul(before ^ (before >>> 30), 1664525)) + seed;
      i = turned(state, i + 1);
    }
    for (let round = 0; round < SIZE - 1; round += 1) {
      const before = state[i - 1] ?? 0;
      state[i] = ((state[i] ?? 0) ^ Math.imul(before ^ (before >>> 30), 1566083941)) - i;
      i = turned(state, i + 1);
    }
    state[0] = 0x80000000;
  }

  /** `random.sample(values, count)`. @throws RangeError where there are fewer values */
  sample<T>(values: readonly T[], count: number): T[] {
    const { length } = values;
    if (count > length) throw new RangeError('More draws than values');
    const own = count > 5 ? 21 + 4 ** Math.ceil(Math.log(count * 3) / Math.log(4)) : 21;
    const places = length <= own ? this.#fromPool(length, count) : this.#fresh(length, count);
    return places.flatMap((place) => {
      const value = values[place];
      return value === undefined ? [] : [value];
    });
  }

  /** A list as `random.shuffle` leaves it. */
  shuffled<T>(values: readonly T[]): T[] {
    const shuffled = [...values];
    for (let i = shuffled.length - 1; i > 0; i -= 1) {
      const at = this.below(i + 1);
      [shuffled[i], shuffled[at]] = [shuffled[at] as T, shuffled[i] as T];
    }
    return shuffled;
  }

  #fromPool(length: number, count: number): number[] {
    const pool = Array.from({ length }, (_, i) => i);
    return Array.from({ length: count }, (_, i) => {
      const at = this.below(length - i);
      const drawn = pool[at] ?? 0;
      pool[at] = pool[length - i - 1] ?? 0;
      return drawn;
    });
  }

  #fresh(length: number, count: number): number[] {
    const drawn = new Set<number>();
    while (drawn.size < count) drawn.add(this.below(length));
    return [...drawn];
  }

  /** A whole number below a limit of at most 2^32, as `random.choice` draws a place. @throws RangeError below 1 */
  below(limit: number): number {
    if (limit < 1) throw new RangeError('Nothing to draw from');
    const bits = 32 - Math.clz32(limit);
    for (;;) {
      const drawn = this.#word() >>> (32 - bits);
      if (drawn < limit) return drawn;
    }
  }

  #word(): number {
    if (this.#next >= SIZE) this.#twist();
    let word = this.#state[this.#next] ?? 0;
    this.#next += 1;
    word ^= word >>> 11;
    word ^= (word << 7) & 0x9d2c5680;
    word ^= (word << 15) & 0xefc60000;
    return (word ^ (word >>> 18)) >>> 0;
  }

  #twist(): void {
    const state = this.#state;
    for (let i = 0; i < SIZE; i += 1) {
      const mixed = ((state[i] ?? 0) & 0x80000000) | ((state[(i + 1) % SIZE] ?? 0) & 0x7fffffff);
      const odd = (mixed & 1) === 0 ? 0 : 0x9908b0df;
      state[i] = (state[(i + MIDDLE) % SIZE] ?? 0) ^ (mixed >>> 1) ^ odd;
    }
    this.#next = 0;
  }
}

function fill(state: Uint32Array, seed: number): void {
  state[0] = seed;
  for (let i = 1; i < SIZE; i += 1) {
    const before = state[i - 1] ?? 0;
    state[i] = Math.imul(before ^ (before >>> 30), 1812433253) + i;
  }
}

/** The next place to seed; past the end, the last word moves to the front. */
function turned(state: Uint32Array, i: number): number {
  if (i < SIZE) return i;
  state[0] = state[SIZE - 1] ?? 0;
  return 1;
}
