/**
 * MinHash signatures of texts, 32 bytes each: two texts agree in about as many bytes as their pieces do (Jaccard). One
 * hash fills all bytes (one-permutation hashing: Li, Owen and Zhang, NIPS 2012; empty bins by rotation: Shrivastava and
 * Li, ICML 2014), and one byte of each minimum is kept (b-bit minwise hashing: Li and König, WWW 2010).
 */
import { HashFilter } from './hash-filter.ts';
import { mixed, powerOf } from './token-list.ts';

export const SIGNATURE_BYTES = 32;
/** Tokens of a piece. */
const SHINGLE = 5;
const BASE = 0x9e3779b1;
/** Counters of pieces: those of a form that many records share say nothing about a record. */
const COUNTERS = 2 ** 18;
const COUNTER_BITS = COUNTERS - 1;
/** What a counter holds at most: all of them together fit a processor's cache. */
const MOST_COUNTED = 2 ** 16 - 1;
const FEWEST_SHARED = 8;
const SHARED_SHARE = 0.02;
/** With fewer pieces left, all of them count. */
const FEWEST_LEFT = 5;
const NONE = 0xffffffff;
/** Pieces of a text that are looked for before it is signed. */
const TESTED_PIECES = 8;

/** What a token weighs when it leaves a piece. */
const LEAVING = powerOf(BASE, SHINGLE);

/** Pieces of one text, of which there are `size`. */
export interface Pieces {
  readonly values: Uint32Array;
  readonly size: number;
}

/** Makes signatures of tokens, and leaves out pieces that more than a few of the texts it has noted share. */
export class Signer {
  readonly #counts = new Uint16Array(COUNTERS);
  readonly #least = new Uint32Array(SIGNATURE_BYTES);
  #values = new Uint32Array(1024);
  #noted = 0;

  /** The pieces of a text; those of the text before it are gone. */
  cut(tokens: Uint32Array): Pieces {
    const { length } = tokens;
    if (length > this.#values.length) this.#values = new Uint32Array(length * 2);
    const values = this.#values;
    let sum = 0;
    let size = 0;
    for (let i = 0; i < length; i += 1) {
      sum = (Math.imul(sum, BASE) + (tokens[i] ?? 0)) | 0;
      if (i >= SHINGLE) sum = (sum - Math.imul(tokens[i - SHINGLE] ?? 0, LEAVING)) | 0;
      if (i < SHINGLE - 1) continue;
      values[size] = mixed(sum);
      size += 1;
    }
    // A text of a few words is one piece.
    if (size > 0 || length === 0) return { values, size };
    values[0] = mixed(sum);
    return { values, size: 1 };
  }

  /** Notes the pieces of a text as those of one record. */
  note({ values, size }: Pieces): void {
    const counts = this.#counts;
    this.#noted += 1;
    for (let i = 0; i < size; i += 1) {
      const place = (values[i] ?? 0) & COUNTER_BITS;
      const count = counts[place] ?? 0;
      if (count < MOST_COUNTED) counts[place] = count + 1;
    }
  }

  /** Writes the signature of a text at this byte; all its bytes are 0 where the text has no word. */
  sign(pieces: Pieces, into: Uint8Array, at = 0): void {
    if (pieces.size === 0) {
      into.fill(0, at, at + SIGNATURE_BYTES);
      return;
    }
    const share = Math.min(this.#noted * SHARED_SHARE, MOST_COUNTED - 1);
    const shared = Math.max(FEWEST_SHARED, share);
    if (this.#fill(pieces, shared) < FEWEST_LEFT) this.#fill(pieces, Number.POSITIVE_INFINITY);
    const least = this.#least;
    // An empty bin takes from the next one that is not, round the end.
    let away = least.findIndex((value) => value !== NONE);
    let taken = least[away] ?? 0;
    for (let bin = SIGNATURE_BYTES - 1; bin >= 0; bin -= 1) {
      const own = least[bin] ?? NONE;
      away = own === NONE ? away + 1 : 0;
      if (own !== NONE) taken = own;
      into[at + bin] = mixed(taken ^ Math.imul(away, BASE)) & 0xff;
    }
  }

  /** The least piece of each bin among those that not too many texts share, and how many these are. */
  #fill({ values, size }: Pieces, shared: number): number {
    const least = this.#least.fill(NONE);
    const counts = this.#counts;
    let left = 0;
    for (let i = 0; i < size; i += 1) {
      const piece = values[i] ?? 0;
      if ((counts[piece & COUNTER_BITS] ?? 0) > shared) continue;
      left += 1;
      const bin = piece >>> 27;
      const value = piece & 0x7ffffff;
      if (value < (least[bin] ?? 0)) least[bin] = value;
    }
    return left;
  }
}

/** Pieces of some texts, to pass over others that are like none of them. */
export class PieceFilter {
  readonly #filter: HashFilter;

  /** @param most pieces that are put in */
  constructor(most: number) {
    this.#filter = new HashFilter(most);
  }

  put({ values, size }: Pieces): void {
    for (let i = 0; i < size; i += 1) this.#filter.put(values[i] ?? 0);
  }

  /**
   * Whether a text may be nearly one of theirs: four of five pieces are then theirs, so one at least of a few that are
   * spread over it.
   */
  mayBeNear(tokens: Uint32Array): boolean {
    const pieces = Math.max(1, tokens.length - SHINGLE + 1);
    const tested = Math.min(pieces, TESTED_PIECES);
    for (let i = 0; i < tested; i += 1) {
      const begin = Math.floor((i * pieces) / tested);
      const end = Math.min(begin + SHINGLE, tokens.length);
      let sum = 0;
      for (let at = begin; at < end; at += 1) {
        sum = (Math.imul(sum, BASE) + (tokens[at] ?? 0)) | 0;
      }
      if (this.#filter.has(mixed(sum))) return true;
    }
    return false;
  }
}

/** Records that are signed only when the pieces of all of them are known. */
const FIRST_RECORDS = 256;

/** Signs the records of a set as they come; the signatures are taken from it, some at a time. */
export class SignatureStream {
  readonly #signer = new Signer();
  #waiting: Pieces[] | null = [];
  #signatures = new Uint8Array(FIRST_RECORDS * SIGNATURE_BYTES);
  #used = 0;

  /** Bytes of signatures that can be taken. */
  get bytes(): number {
    return this.#used;
  }

  add(tokens: Uint32Array): void {
    const pieces = this.#signer.cut(tokens);
    this.#signer.note(pieces);
    if (!this.#waiting) {
      this.#sign(pieces);
      return;
    }
    const { values, size } = pieces;
    this.#waiting.push({ values: values.slice(0, size), size });
    if (this.#waiting.length === FIRST_RECORDS) this.#signWaiting();
  }

  /** The signatures of the next records, of which some may wait for more records to come. */
  take(): Uint8Array<ArrayBuffer> {
    const taken = this.#signatures.slice(0, this.#used);
    this.#used = 0;
    return taken;
  }

  /** The signatures that were not taken; no record follows. */
  end(): Uint8Array<ArrayBuffer> {
    this.#signWaiting();
    return this.take();
  }

  #signWaiting(): void {
    for (const pieces of this.#waiting ?? []) this.#sign(pieces);
    this.#waiting = null;
  }

  #sign(pieces: Pieces): void {
    if (this.#used === this.#signatures.length) {
      const longer = new Uint8Array(this.#used * 2);
      longer.set(this.#signatures);
      this.#signatures = longer;
    }
    this.#signer.sign(pieces, this.#signatures, this.#used);
    this.#used += SIGNATURE_BYTES;
  }
}
