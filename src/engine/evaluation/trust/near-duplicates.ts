/** Finds near-duplicates among signatures: texts that agree in a band of bytes are compared in all of them. */
import { SIGNATURE_BYTES } from './signatures.ts';

/** Bytes of a band: as one number. At a likeness of 0.8, one of 8 bands of 4 agrees in 98 of 100 pairs. */
const BAND = 4;
const BANDS = SIGNATURE_BYTES / BAND;
/** Equal bytes of near-duplicates: an estimated Jaccard likeness of 0.8. */
const LEAST_EQUAL = 26;
/** Unlike texts of one band that others are compared with. */
const MOST_LEADERS = 8;

function equalBytes(a: Uint8Array, i: number, b: Uint8Array, j: number): number {
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
 * Groups of near-duplicates: for each signature the index of the first of its group, which is its own where it has no
 * near-duplicate. Takes 16 bytes a signature beside the signatures.
 */
export function groupNearDuplicates(signatures: Uint8Array): Uint32Array {
  const count = Math.floor(signatures.length / SIGNATURE_BYTES);
  const first = Uint32Array.from({ length: count }, (_, index) => index);
  const keys = new Float64Array(count);
  // Key and index share the 53 bits of a number.
  const indices = 2 ** Math.ceil(Math.log2(Math.max(2, count)));
  const room = 2 ** Math.min(32, 53 - Math.log2(indices));
  for (let band = 0; band < BANDS; band += 1) {
    for (let index = 0; index < count; index += 1) {
      keys[index] = (bandOf(signatures, index, band) % room) * indices + index;
    }
    keys.sort();
    joinEqualKeys(signatures, keys, indices, first);
  }
  return first.map((_, index) => rootOf(first, index));
}

function joinEqualKeys(
  signatures: Uint8Array,
  keys: Float64Array,
  indices: number,
  first: Uint32Array,
): void {
  const keyAt = (place: number): number => Math.floor((keys[place] ?? 0) / indices);
  for (let begin = 0, end = 0; begin < keys.length; begin = end) {
    const key = keyAt(begin);
    end = begin + 1;
    while (end < keys.length && keyAt(end) === key) end += 1;
    if (end - begin < 2) continue;
    const members = Array.from(keys.subarray(begin, end), (value) => value - key * indices);
    joinGroup(signatures, members, first);
  }
}

/** Joins each member of a band with the first of a few unlike ones that it is like. */
function joinGroup(signatures: Uint8Array, members: readonly number[], first: Uint32Array): void {
  const leaders: number[] = [];
  for (const index of members) {
    if (!isSigned(signatures, index)) continue;
    const like = leaders.find(
      (leader) => equalBytes(signatures, leader, signatures, index) >= LEAST_EQUAL,
    );
    if (like !== undefined) join(first, like, index);
    else if (leaders.length < MOST_LEADERS) leaders.push(index);
  }
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

/** Signatures to look others up in. */
export class SignatureIndex {
  readonly #signatures: Uint8Array;
  readonly #places = new Map<number, number[]>();

  constructor(signatures: Uint8Array) {
    this.#signatures = signatures;
    const count = Math.floor(signatures.length / SIGNATURE_BYTES);
    for (let index = 0; index < count; index += 1) {
      if (!isSigned(signatures, index)) continue;
      for (let band = 0; band < BANDS; band += 1) {
        const key = band * 2 ** 32 + bandOf(signatures, index, band);
        const known = this.#places.get(key);
        if (known) known.push(index);
        else this.#places.set(key, [index]);
      }
    }
  }

  /** Tells each near-duplicate of a signature; one may be told more than once. */
  find(signature: Uint8Array, tell: (index: number) => void): void {
    for (let band = 0; band < BANDS; band += 1) {
      const key = band * 2 ** 32 + bandOf(signature, 0, band);
      for (const index of this.#places.get(key) ?? []) {
        if (equalBytes(this.#signatures, index, signature, 0) >= LEAST_EQUAL) tell(index);
      }
    }
  }
}
