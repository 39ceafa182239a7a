/**
 * Finds questions that training records hold: a run of 13 words or of 20 Chinese characters in common (the n-gram test
 * of Brown et al., NeurIPS 2020, appendix C), or nearly the same text (MinHash).
 */
import { SIGNATURE_BYTES, Signer } from './signatures.ts';
import { SignatureIndex } from './near-duplicates.ts';
import { eachToken, RollingHash } from './token-stream.ts';

export const NGRAM_WORDS = 13;
export const NGRAM_CHARACTERS = 20;

/** A run of words that more questions, or more records, have in common belongs to the form in which they ask. */
const MOST_SHARED = 10;
const BASES = [0x9e3779b1, 0x85ebca6b] as const;
/** Bits that say whether a run of words may be one of the questions'. */
const FILTER_BITS = 2 ** 22;

/** What training records share with questions, by the places of these. */
export interface QuestionOverlap {
  readonly ngram: ReadonlySet<number>;
  readonly near: ReadonlySet<number>;
  /** Questions without as many words in a row: only their whole text can be compared. */
  readonly short: number;
}

interface Gram {
  readonly places: number[];
  records: number;
  lastRecord: number;
}

/** Two hashes of the last words, and of the last characters: together 53 bits. */
class Grams {
  readonly #words = BASES.map((base) => new RollingHash(NGRAM_WORDS, base));
  readonly #characters = BASES.map((base) => new RollingHash(NGRAM_CHARACTERS, base));

  each(text: string, tell: (key: number) => void): void {
    for (const rolling of [...this.#words, ...this.#characters]) rolling.reset();
    eachToken(text, (token, character) => {
      const [one, other] = character ? this.#characters : this.#words;
      if (!one || !other) return;
      one.push(token);
      other.push(token);
      if (one.full) tell(one.value * 2 ** 21 + (other.value >>> 11));
    });
  }
}

export class OverlapFinder {
  readonly #grams = new Map<number, Gram>();
  readonly #filter = new Uint32Array(FILTER_BITS / 32);
  readonly #reader = new Grams();
  readonly #signer = new Signer();
  readonly #index: SignatureIndex;
  readonly #near = new Set<number>();
  readonly #signature = new Uint8Array(SIGNATURE_BYTES);
  readonly #short: number;
  #records = 0;

  constructor(questions: readonly string[]) {
    let short = 0;
    questions.forEach((question, place) => {
      let runs = 0;
      this.#reader.each(question, (key) => {
        runs += 1;
        this.#keep(key, place);
      });
      if (runs === 0) short += 1;
      this.#signer.note([question]);
    });
    this.#short = short;
    const signatures = new Uint8Array(questions.length * SIGNATURE_BYTES);
    questions.forEach((question, place) => {
      const begin = place * SIGNATURE_BYTES;
      this.#signer.sign([question], signatures.subarray(begin, begin + SIGNATURE_BYTES));
    });
    this.#index = new SignatureIndex(signatures);
  }

  #keep(key: number, place: number): void {
    const known = this.#grams.get(key);
    if (!known) this.#grams.set(key, { places: [place], records: 0, lastRecord: 0 });
    else if (known.places.at(-1) !== place) known.places.push(place);
    const bit = key % FILTER_BITS;
    this.#filter[bit >>> 5] = (this.#filter[bit >>> 5] ?? 0) | (1 << (bit & 31));
  }

  /** @param question what the record asks. @param texts all of its texts */
  see(question: string, texts: readonly string[]): void {
    this.#records += 1;
    for (const text of texts) {
      this.#reader.each(text, (key) => {
        const bit = key % FILTER_BITS;
        if (((this.#filter[bit >>> 5] ?? 0) & (1 << (bit & 31))) === 0) return;
        const gram = this.#grams.get(key);
        if (!gram || gram.lastRecord === this.#records) return;
        gram.lastRecord = this.#records;
        gram.records += 1;
      });
    }
    this.#signer.sign([question], this.#signature);
    this.#index.find(this.#signature, (place) => this.#near.add(place));
  }

  get found(): QuestionOverlap {
    const ngram = new Set<number>();
    for (const { places, records } of this.#grams.values()) {
      const form = places.length > MOST_SHARED || records > MOST_SHARED;
      if (records > 0 && !form) for (const place of places) ngram.add(place);
    }
    return { ngram, near: this.#near, short: this.#short };
  }
}
