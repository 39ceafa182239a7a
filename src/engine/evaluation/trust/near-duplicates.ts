/** Finds near-duplicates among signatures: texts that agree in a band of bytes are compared in all of them. */
import { HashFilter } from './hash-filter.ts';
import { SIGNATURE_BYTES } from './signatures.ts';
import { mixed } from './token-list.ts';

/** Bytes of a band: as one number. At a likeness of 0.8, one of 8 bands of 4 agrees in 98 of 100 pairs. */
const BAND = 4;
export const BANDS = SIGNATURE_BYTES / BAND;
/** Equal bytes of near-duplicates: an estimated Jaccard likeness of 0.8. */
const LEAST_EQUAL = 26;
/** Unlike texts of one band that others are compared with. */
const MOST_LEADERS = 8;

export function equalBytes(a: Uint8Array, i: number, b: Uint8Array, j: number): number {
  let equal = 0;
  for (let byte = 0; byte < SIGNATURE_BYTES; byte += 1) {
    if (a[i * SIGNATURE_BYTES + byte] === b[j * SIGNATURE_BYTES + byte]) equal += 1;
  }
  return equal;
}

/** Whether a text had any word to be signed by. */
function isSigned(signatures: Uint8Array, index: number): boolean {
  const first = index * SIGNATURE_BYTES;
  for (let byte = 0; byte < SIGNATURE_BYTES; byte += 1) {
    if (signatures[first + byte] !== 0) return true;
  }
  return false;
}

function bandOf(signatures: Uint8Array, index: number, band: number): number {
  const first = index * SIGNATURE_BYTES + band * BAND;
  const high = ((signatures[first] ?? 0) << 8) | (signatures[first + 1] ?? 0);
  return high * 2 ** 16 + (((signatures[first + 2] ?? 0) << 8) | (signatures[first + 3] ?? 0));
}

/** The likeness (Jaccard) that as many equal bytes suggest: one byte of 256 agrees by chance. */
export function likenessOf(equal: number): number {
  return Math.max(0, (equal / SIGNATURE_BYTES - 1 / 256) / (1 - 1 / 256));
}

/**
 * Groups of near-duplicates, joined a band at a time; after each band others can be looked up in it. Takes 12 bytes a
 * signature beside the signatures, and 2 more for the look-ups.
 */
export class NearGroups {
  readonly #signatures: Uint8Array;
  readonly #first: Uint32Array;
  /** Key and index share the 53 bits of a number. */
  readonly #keys: Float64Array;
  readonly #indices: number;
  readonly #room: number;
  /** Keys at the front of the list, of signatures that stand for those like them in the band. */
  #leaders = 0;
  #band = 0;
  #filter: HashFilter | null = null;

  constructor(signatures: Uint8Array) {
    const count = Math.floor(signatures.length / SIGNATURE_BYTES);
    this.#signatures = signatures;
    this.#first = Uint32Array.from({ length: count }, (_, index) => index);
    this.#keys = new Float64Array(count);
    this.#indices = 2 ** Math.ceil(Math.log2(Math.max(2, count)));
    this.#room = 2 ** Math.min(32, 53 - Math.log2(this.#indices));
  }

  /** Joins those that agree in a band and are near-duplicates. */
  join(band: number): void {
    const keys = this.#keys;
    for (let index = 0; index < keys.length; index += 1) {
      keys[index] = this.#key(this.#signatures, index, band) * this.#indices + index;
    }
    keys.sort();
    this.#band = band;
    this.#leaders = 0;
    for (let begin = 0, end = 0; begin < keys.length; begin = end) {
      const key = this.#keyAt(begin);
      const behind = (key + 1) * this.#indices;
      end = begin + 1;
      while (end < keys.length && (keys[end] ?? 0) < behind) end += 1;
      if (end - begin < 2) this.#lead(keys[begin] ?? 0);
      else this.#joinRun(begin, end, key);
    }
    this.#filter = null;
  }

  #key(signatures: Uint8Array, index: number, band: number): number {
    const value = bandOf(signatures, index, band);
    return value < this.#room ? value : value % this.#room;
  }

  #keyAt(place: number): number {
    return Math.floor((this.#keys[place] ?? 0) / this.#indices);
  }

  /** There is room: leaders are never more than the members that were read. */
  #lead(value: number): void {
    this.#keys[this.#leaders] = value;
    this.#leaders += 1;
  }

  /** Joins each member of a run of equal keys with the first of a few unlike ones that it is like. */
  #joinRun(begin: number, end: number, key: number): void {
    const base = key * this.#indices;
    const members = Array.from(this.#keys.subarray(begin, end), (value) => value - base);
    const leaders: number[] = [];
    for (const index of members) {
      if (!isSigned(this.#signatures, index)) continue;
      const like = leaders.find((leader) => this.#areNear(leader, this.#signatures, index));
      if (like !== undefined) join(this.#first, like, index);
      else if (leaders.length < MOST_LEADERS) leaders.push(index);
    }
    for (const leader of leaders) this.#lead(base + leader);
  }

  #areNear(own: number, others: Uint8Array, place: number): boolean {
    return equalBytes(this.#signatures, own, others, place) >= LEAST_EQUAL;
  }

  /** Tells near-duplicates of another signature among those that agree in the last band: of each group, one at least. */
  find(others: Uint8Array, place: number, tell: (index: number) => void): void {
    const filter = (this.#filter ??= this.#madeFilter());
    const key = this.#key(others, place, this.#band);
    if (!filter.has(mixed(key))) return;
    const keys = this.#keys;
    const base = key * this.#indices;
    let low = 0;
    let high = this.#leaders;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((keys[middle] ?? 0) < base) low = middle + 1;
      else high = middle;
    }
    for (; low < this.#leaders && this.#keyAt(low) === key; low += 1) {
      const index = (keys[low] ?? 0) - base;
      if (this.#areNear(index, others, place) && isSigned(others, place)) tell(index);
    }
  }

  /** Most of what is looked up is not there: a filter says so without a search. */
  #madeFilter(): HashFilter {
    const filter = new HashFilter(this.#leaders);
    for (let place = 0; place < this.#leaders; place += 1) filter.put(mixed(this.#keyAt(place)));
    return filter;
  }

  /** For each signature the index of the first of its group, which is its own where it has no near-duplicate. */
  get roots(): Uint32Array {
    const first = this.#first;
    for (let index = 0; index < first.length; index += 1) first[index] = rootOf(first, index);
    return first;
  }
}

/** All groups at once. */
export function groupNearDuplicates(signatures: Uint8Array): Uint32Array {
  const groups = new NearGroups(signatures);
  for (let band = 0; band < BANDS; band += 1) groups.join(band);
  return groups.roots;
}

function rootOf(first: Uint32Array, index: number): number {
  let root = index;
  while (first[root] !== root) {
    // Halving the way keeps later ones short.
    first[root] = first[first[root] ?? root] ?? root;
    root = first[root] ?? root;
  }
  return root;
}

function join(first: Uint32Array, a: number, b: number): void {
  const [one, other] = [rootOf(first, a), rootOf(first, b)];
  first[Math.max(one, other)] = Math.min(one, other);
}

/** The likeness that two signatures of one list suggest. */
export function likeness(signatures: Uint8Array, one: number, other: number): number {
  return likenessOf(equalBytes(signatures, one, signatures, other));
}

/** Signatures to look others up in: some 80 bytes for each beside itself. */
export class SignatureIndex {
  readonly #signatures: Uint8Array;
  readonly #filter: HashFilter;
  /** By hash of a band and its bytes: the last entry and 1; and by entry the one before it. */
  readonly #last: Uint32Array;
  readonly #before: Uint32Array;

  constructor(signatures: Uint8Array) {
    this.#signatures = signatures;
    const count = Math.floor(signatures.length / SIGNATURE_BYTES);
    this.#filter = new HashFilter(count * BANDS);
    this.#before = new Uint32Array(count * BANDS);
    this.#last = new Uint32Array(2 ** Math.ceil(Math.log2(Math.max(2, count * BANDS))));
    for (let index = 0; index < count; index += 1) {
      if (!isSigned(signatures, index)) continue;
      for (let band = 0; band < BANDS; band += 1) {
        const hash = hashOf(bandOf(signatures, index, band), band);
        this.#filter.put(hash);
        const place = hash & (this.#last.length - 1);
        this.#before[index * BANDS + band] = this.#last[place] ?? 0;
        this.#last[place] = index * BANDS + band + 1;
      }
    }
  }

  /** Tells each near-duplicate of a signature; one may be told more than once. */
  find(signature: Uint8Array, tell: (index: number) => void): void {
    for (let band = 0; band < BANDS; band += 1) {
      const own = bandOf(signature, 0, band);
      const hash = hashOf(own, band);
      if (!this.#filter.has(hash)) continue;
      let entry = this.#last[hash & (this.#last.length - 1)] ?? 0;
      for (; entry > 0; entry = this.#before[entry - 1] ?? 0) {
        const index = Math.floor((entry - 1) / BANDS);
        if ((entry - 1) % BANDS !== band || bandOf(this.#signatures, index, band) !== own) continue;
        if (equalBytes(this.#signatures, index, signature, 0) >= LEAST_EQUAL) tell(index);
      }
    }
  }
}

const hashOf = (bytes: number, band: number): number => mixed(bytes ^ Math.imul(band, 0x9e3779b1));
