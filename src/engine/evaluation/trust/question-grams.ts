/**
 * Runs of words of questions, to look those of records up in. Every run holds one piece that begins at a multiple of a
 * stride, and most such pieces of a record are in no question: only where a filter does not say so, whole runs are looked up.
 */
import { HashFilter } from './hash-filter.ts';
import { mixed, type TokenBuffers } from './token-list.ts';

export const NGRAM_WORDS = 13;
export const NGRAM_CHARACTERS = 20;

const BASES = [0x9e3779b1, 0x85ebca6b] as const;
/** How many tokens a run of one kind has, and how many the piece of it by which it is looked for. */
interface Run {
  readonly length: number;
  readonly piece: number;
}

const WORDS: Run = { length: NGRAM_WORDS, piece: 7 };
const CHARACTERS: Run = { length: NGRAM_CHARACTERS, piece: 10 };

interface Hashes {
  readonly hashes: Uint32Array;
  readonly from: number;
  readonly to: number;
}

/** Tokens [from, to) of a list that stand for one text, and how many of them are characters by themselves. */
export interface TextTokens {
  readonly tokens: TokenBuffers;
  readonly from: number;
  readonly to: number;
  readonly alone: number;
}

/** How many runs a text has. */
export function runsOf({ from, to, alone }: TextTokens): number {
  const words = to - from - alone;
  return Math.max(0, words - NGRAM_WORDS + 1) + Math.max(0, alone - NGRAM_CHARACTERS + 1);
}

type Tell = (run: number) => void;

/** Runs of the questions, each with a number from 0. */
export class QuestionGrams {
  /** Hashes of pieces. */
  readonly #filter: HashFilter;
  /** By hash, open: the number of a run and 1. */
  readonly #table: Uint32Array;
  readonly #keys: Float64Array;
  #size = 0;
  /** Of one text: those of its tokens that are words, or characters. */
  #picked = new Uint32Array(1024);

  /** @param most runs of all the texts that are put in */
  constructor(most: number) {
    this.#filter = new HashFilter(most);
    this.#table = new Uint32Array(2 ** Math.ceil(Math.log2(Math.max(2, most * 2))));
    this.#keys = new Float64Array(most);
  }

  /** Puts the runs of a text in, and gives their numbers, each once. */
  put(text: TextTokens): number[] {
    const runs = new Set<number>();
    this.#each(text, ({ hashes, from, to }, { length, piece }) => {
      const pieces = to - from < length ? from : to - piece + 1;
      for (let at = from; at < pieces; at += 1) this.#filter.put(hashOf(hashes, at, at + piece));
      for (let begin = from; begin + length <= to; begin += 1) {
        runs.add(this.#putIn(keyOf(hashes, begin, begin + length)));
      }
    });
    return [...runs];
  }

  /** Tells each run of a text that was put in with another, again where the text repeats it. */
  find(text: TextTokens, tell: Tell): void {
    this.#each(text, (hashes, run) => this.#scan(hashes, run, tell));
  }

  /** Words and characters of a text apart from each other. */
  #each({ tokens, from, to, alone }: TextTokens, read: (hashes: Hashes, run: Run) => void): void {
    const { hashes, characters } = tokens;
    if (alone === 0) {
      read({ hashes, from, to }, WORDS);
      return;
    }
    if (this.#picked.length < to - from) this.#picked = new Uint32Array((to - from) * 2);
    const picked = this.#picked;
    for (const [kind, run] of [WORDS, CHARACTERS].entries()) {
      let size = 0;
      for (let i = from; i < to; i += 1) {
        if (characters[i] !== kind) continue;
        picked[size] = hashes[i] ?? 0;
        size += 1;
      }
      read({ hashes: picked, from: 0, to: size }, run);
    }
  }

  #scan({ hashes, from, to }: Hashes, { length, piece }: Run, tell: Tell): void {
    const filter = this.#filter;
    const stride = length - piece + 1;
    for (let at = from; at + piece <= to; at += stride) {
      if (!filter.has(hashOf(hashes, at, at + piece))) continue;
      const last = Math.min(at, to - length);
      for (let begin = Math.max(from, at - stride + 1); begin <= last; begin += 1) {
        const run = this.#numberOf(this.#placeOf(keyOf(hashes, begin, begin + length)));
        if (run >= 0) tell(run);
      }
    }
  }

  /** Where a key is in the table, or would be. */
  #placeOf(key: number): number {
    const last = this.#table.length - 1;
    let place = mixed(key % 2 ** 32) & last;
    for (;;) {
      const run = this.#numberOf(place);
      if (run < 0 || this.#keys[run] === key) return place;
      place = (place + 1) & last;
    }
  }

  /** −1 where the table is empty. */
  #numberOf(place: number): number {
    return (this.#table[place] ?? 0) - 1;
  }

  #putIn(key: number): number {
    const place = this.#placeOf(key);
    const known = this.#numberOf(place);
    if (known >= 0) return known;
    this.#keys[this.#size] = key;
    this.#size += 1;
    this.#table[place] = this.#size;
    return this.#size - 1;
  }
}

function hashOf(hashes: Uint32Array, begin: number, end: number): number {
  let sum = 0;
  for (let i = begin; i < end; i += 1) sum = (Math.imul(sum, BASES[0]) + (hashes[i] ?? 0)) | 0;
  return mixed(sum);
}

/** Two hashes of some tokens: together 53 bits. */
function keyOf(hashes: Uint32Array, begin: number, end: number): number {
  let one = 0;
  let other = 0;
  for (let i = begin; i < end; i += 1) {
    const token = hashes[i] ?? 0;
    one = (Math.imul(one, BASES[0]) + token) | 0;
    other = (Math.imul(other, BASES[1]) + token) | 0;
  }
  return mixed(one) * 2 ** 21 + (mixed(other) >>> 11);
}
