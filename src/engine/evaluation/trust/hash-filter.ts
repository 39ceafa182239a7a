/** Says of most hashes that are not among many that they are not, by two bits for each (a Bloom filter). */

/** Bits for each hash: one of seventy others then seems to be there. The most bits fill 2 MB. */
const SHARE = 16;
const FEWEST = 2 ** 6;
const MOST = 2 ** 24;

/** Another hash of what a hash is of. */
const otherOf = (hash: number): number => Math.imul(hash ^ (hash >>> 15), 0x9e3779b1);

export class HashFilter {
  readonly #bits: Uint32Array;

  /** @param most hashes that are put in */
  constructor(most: number) {
    const bits = 2 ** Math.ceil(Math.log2(Math.max(FEWEST, most * SHARE)));
    this.#bits = new Uint32Array(Math.min(bits, MOST) / 32);
  }

  /** @param hash every bit of which depends on every bit of its value */
  put(hash: number): void {
    this.#set(hash);
    this.#set(otherOf(hash));
  }

  #set(hash: number): void {
    const word = (hash >>> 5) & (this.#bits.length - 1);
    this.#bits[word] = (this.#bits[word] ?? 0) | (1 << (hash & 31));
  }

  has(hash: number): boolean {
    const bits = this.#bits;
    const last = bits.length - 1;
    if (((bits[(hash >>> 5) & last] ?? 0) & (1 << (hash & 31))) === 0) return false;
    const other = otherOf(hash);
    return ((bits[(other >>> 5) & last] ?? 0) & (1 << (other & 31))) !== 0;
  }
}
