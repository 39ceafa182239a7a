/**
 * MinHash signatures of texts, 32 bytes each: two texts agree in about as many bytes as their pieces do (Jaccard). One
 * hash fills all bytes (one-permutation hashing: Li, Owen and Zhang, NIPS 2012; empty bins by rotation: Shrivastava and
 * Li, ICML 2014), and one byte of each minimum is kept (b-bit minwise hashing: Li and König, WWW 2010).
 */
import { eachToken, mixed, RollingHash } from './token-stream.ts';

export const SIGNATURE_BYTES = 32;
/** Tokens of a piece. */
const SHINGLE = 5;
const BASE = 0x9e3779b1;
/** Counters of pieces: those of a form that many records share say nothing about a record. */
const COUNTERS = 2 ** 18;
const COUNTER_BITS = COUNTERS - 1;
const FEWEST_SHARED = 8;
const SHARED_SHARE = 0.02;
/** With fewer pieces left, all of them count. */
const FEWEST_LEFT = 5;
const NONE = 0xffffffff;

/** Makes signatures, and leaves out pieces that more than a few of the texts it has noted share. */
export class Signer {
  readonly #counts = new Uint32Array(COUNTERS);
  readonly #rolling = new RollingHash(SHINGLE, BASE);
  readonly #least = new Uint32Array(SIGNATURE_BYTES);
  #pieces = new Uint32Array(1024);
  #noted = 0;

  /** Notes the pieces of a text as those of one record. */
  note(texts: readonly string[]): void {
    this.#count(this.#cut(texts));
  }

  /** Writes the signature of a text; all bytes are 0 where it has no word. */
  sign(texts: readonly string[], into: Uint8Array): void {
    this.#write(this.#cut(texts), into);
  }

  /** The same as both, with the work of one. */
  noteAndSign(texts: readonly string[], into: Uint8Array): void {
    const size = this.#cut(texts);
    this.#count(size);
    this.#write(size, into);
  }

  #cut(texts: readonly string[]): number {
    const rolling = this.#rolling;
    let size = 0;
    rolling.reset();
    for (const text of texts) {
      eachToken(text, (token) => {
        rolling.push(token);
        if (!rolling.full) return;
        if (size === this.#pieces.length) this.#grow();
        this.#pieces[size] = rolling.value;
        size += 1;
      });
    }
    if (size > 0 || rolling.count === 0) return size;
    this.#pieces[0] = rolling.value;
    return 1;
  }

  #grow(): void {
    const larger = new Uint32Array(this.#pieces.length * 2);
    larger.set(this.#pieces);
    this.#pieces = larger;
  }

  #count(size: number): void {
    this.#noted += 1;
    for (let i = 0; i < size; i += 1) {
      const place = (this.#pieces[i] ?? 0) & COUNTER_BITS;
      this.#counts[place] = (this.#counts[place] ?? 0) + 1;
    }
  }

  #write(size: number, into: Uint8Array): void {
    into.fill(0, 0, SIGNATURE_BYTES);
    if (size === 0) return;
    const shared = Math.max(FEWEST_SHARED, this.#noted * SHARED_SHARE);
    if (this.#fill(size, shared) < FEWEST_LEFT) this.#fill(size, Number.POSITIVE_INFINITY);
    for (let bin = 0; bin < SIGNATURE_BYTES; bin += 1) {
      let away = 0;
      while (this.#least[(bin + away) % SIGNATURE_BYTES] === NONE) away += 1;
      const least = this.#least[(bin + away) % SIGNATURE_BYTES] ?? 0;
      into[bin] = mixed(least ^ Math.imul(away, BASE)) & 0xff;
    }
  }

  /** The least piece of each bin among those that not too many texts share, and how many these are. */
  #fill(size: number, shared: number): number {
    this.#least.fill(NONE);
    let left = 0;
    for (let i = 0; i < size; i += 1) {
      const piece = this.#pieces[i] ?? 0;
      if ((this.#counts[piece & COUNTER_BITS] ?? 0) > shared) continue;
      left += 1;
      const bin = piece >>> 27;
      const value = piece & 0x7ffffff;
      if (value < (this.#least[bin] ?? 0)) this.#least[bin] = value;
    }
    return left;
  }
}

/** Records that are signed only when the pieces of all of them are known. */
const FIRST_RECORDS = 256;
const CHUNK_RECORDS = 2048;

/** Signs records as they come, and gives their signatures on, a chunk at a time. */
export class SignatureStream {
  readonly #signer = new Signer();
  readonly #give: (bytes: Uint8Array<ArrayBuffer>) => Promise<void>;
  #waiting: (readonly string[])[] | null = [];
  #chunk = new Uint8Array(CHUNK_RECORDS * SIGNATURE_BYTES);
  #used = 0;

  constructor(give: (bytes: Uint8Array<ArrayBuffer>) => Promise<void>) {
    this.#give = give;
  }

  async add(texts: readonly string[]): Promise<void> {
    if (!this.#waiting) {
      this.#signer.noteAndSign(texts, this.#place());
      if (this.#used === this.#chunk.length) await this.#send();
      return;
    }
    this.#signer.note(texts);
    this.#waiting.push(texts);
    if (this.#waiting.length === FIRST_RECORDS) this.#signWaiting();
  }

  async end(): Promise<void> {
    this.#signWaiting();
    await this.#send();
  }

  #signWaiting(): void {
    for (const texts of this.#waiting ?? []) this.#signer.sign(texts, this.#place());
    this.#waiting = null;
  }

  #place(): Uint8Array {
    const place = this.#chunk.subarray(this.#used, this.#used + SIGNATURE_BYTES);
    this.#used += SIGNATURE_BYTES;
    return place;
  }

  async #send(): Promise<void> {
    if (this.#used > 0) await this.#give(this.#chunk.subarray(0, this.#used));
    this.#used = 0;
  }
}
