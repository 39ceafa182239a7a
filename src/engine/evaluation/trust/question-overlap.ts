/**
 * Finds questions that training records hold: a run of 13 words or of 20 Chinese characters in common (the n-gram test
 * of Brown et al., NeurIPS 2020, appendix C), or nearly the same text (MinHash).
 */
import { SignatureIndex } from './near-duplicates.ts';
import { QuestionGrams, runsOf, type TextTokens } from './question-grams.ts';
import type { RecordTokens } from './record-tokens.ts';
import { PieceFilter, SIGNATURE_BYTES, Signer, type Pieces } from './signatures.ts';
import { TokenList } from './token-list.ts';

/** A run of words that more questions, or more records, have in common belongs to the form in which they ask. */
const MOST_SHARED = 10;
const NONE = 0xffffffff;

/** What training records share with questions, by the places of these. */
export interface QuestionOverlap {
  readonly ngram: ReadonlySet<number>;
  readonly near: ReadonlySet<number>;
  /** Questions without as many words in a row: only their whole text can be compared. */
  readonly short: number;
}

/** The same of one of several lists of questions. */
export interface ListOverlap extends QuestionOverlap {
  /** Questions from the front of the list that were looked for: all, unless the lists are too long together. */
  readonly compared: number;
  /** The first record, from 0, that holds each question that was found. */
  readonly firstRow: ReadonlyMap<number, number>;
}

function tokensOf(tokens: TokenList, text: string): TextTokens {
  tokens.clear();
  tokens.add(text);
  return { tokens, from: 0, to: tokens.size, alone: tokens.alone };
}

/** Looks for questions of some lists in records; a text that several lists hold is looked for once. */
export class OverlapFinder {
  /** By list and place, which of the texts. */
  readonly #lists: readonly (readonly number[])[];
  readonly #grams: QuestionGrams;
  /** The runs of words of all texts, one text after the other, and where those of each end. */
  readonly #runs: Uint32Array;
  readonly #ends: Uint32Array;
  /** By run: 1 where so many questions of one list have it in common that it says nothing. */
  readonly #shared: Uint8Array;
  /** By run: how many records hold it, counted as far as matters, the first of them, and the last one, from 1. */
  readonly #records: Uint8Array;
  readonly #firstRow: Uint32Array;
  readonly #lastRecord: Uint32Array;
  readonly #signer = new Signer();
  readonly #pieceFilter: PieceFilter;
  readonly #index: SignatureIndex;
  readonly #signature = new Uint8Array(SIGNATURE_BYTES);
  /** By text: the first record that asks nearly the same. */
  readonly #nearRow: Uint32Array;
  #record = 0;

  /** @param most words and characters of all lists together: texts beyond it are not looked for */
  constructor(lists: readonly (readonly string[])[], most = Number.POSITIVE_INFINITY) {
    const tokens = new TokenList();
    const { texts, places, read, runs } = this.#taken(lists, most, tokens);
    this.#lists = places;
    this.#grams = new QuestionGrams(runs);
    this.#pieceFilter = new PieceFilter(read);
    this.#runs = new Uint32Array(runs);
    this.#ends = new Uint32Array(texts.length);
    const signatures = new Uint8Array(texts.length * SIGNATURE_BYTES);
    let end = 0;
    for (const [text, words] of texts.entries()) {
      const own = tokensOf(tokens, words);
      const pieces = this.#pieces(tokens);
      this.#pieceFilter.put(pieces);
      this.#signer.sign(pieces, signatures, text * SIGNATURE_BYTES);
      const found = this.#grams.put(own);
      this.#runs.set(found, end);
      end += found.length;
      this.#ends[text] = end;
    }
    this.#index = new SignatureIndex(signatures);
    this.#nearRow = new Uint32Array(texts.length).fill(NONE);
    this.#shared = this.#sharedRuns(runs);
    this.#records = new Uint8Array(runs);
    this.#firstRow = new Uint32Array(runs);
    this.#lastRecord = new Uint32Array(runs);
  }

  /** The texts for which there is room, which are noted, and how many runs they have at most. */
  #taken(lists: readonly (readonly string[])[], most: number, tokens: TokenList) {
    const known = new Map<string, number>();
    const texts: string[] = [];
    let [read, runs] = [0, 0];
    const places = lists.map((questions) => {
      const before = texts.length;
      const taken: number[] = [];
      for (const question of questions) {
        const text = known.get(question) ?? texts.length;
        if (text >= before) {
          const own = tokensOf(tokens, question);
          if (text === texts.length) {
            read += tokens.size;
            if (read > most) break;
            runs += runsOf(own);
            known.set(question, texts.push(question) - 1);
          }
          this.#signer.note(this.#pieces(tokens));
        }
        taken.push(text);
      }
      return taken;
    });
    return { texts, places, read, runs };
  }

  #pieces({ hashes, size }: TokenList): Pieces {
    return this.#signer.cut(hashes.subarray(0, size));
  }

  #runsOf(text: number): Uint32Array {
    return this.#runs.subarray(text === 0 ? 0 : this.#ends[text - 1], this.#ends[text]);
  }

  #sharedRuns(runs: number): Uint8Array {
    const shared = new Uint8Array(runs);
    for (const list of this.#lists) {
      const questions = new Uint32Array(runs);
      for (const text of list) {
        for (const run of this.#runsOf(text)) {
          questions[run] = (questions[run] ?? 0) + 1;
          if ((questions[run] ?? 0) > MOST_SHARED) shared[run] = 1;
        }
      }
    }
    return shared;
  }

  /** Forgets the records that it has seen. */
  begin(): void {
    this.#record = 0;
    this.#records.fill(0);
    this.#lastRecord.fill(0);
    this.#nearRow.fill(NONE);
  }

  /** Records are seen in their order. */
  see(record: RecordTokens): void {
    this.#record += 1;
    record.eachText((text) => this.#grams.find(text, this.#hold));
    const { asked } = record;
    if (!this.#pieceFilter.mayBeNear(asked)) return;
    this.#signer.sign(this.#signer.cut(asked), this.#signature);
    this.#index.find(this.#signature, this.#ask);
  }

  readonly #hold = (run: number): void => {
    if (this.#lastRecord[run] === this.#record) return;
    this.#lastRecord[run] = this.#record;
    const records = this.#records[run] ?? 0;
    if (records === 0) this.#firstRow[run] = this.#record - 1;
    if (records <= MOST_SHARED) this.#records[run] = records + 1;
  };

  readonly #ask = (text: number): void => {
    if (this.#nearRow[text] === NONE) this.#nearRow[text] = this.#record - 1;
  };

  /** The first record with a run of a text that says something. */
  #rowByRuns(text: number): number {
    return this.#runsOf(text).reduce((row, run) => {
      const records = this.#records[run] ?? 0;
      const says = records > 0 && records <= MOST_SHARED && this.#shared[run] === 0;
      return says ? Math.min(row, this.#firstRow[run] ?? NONE) : row;
    }, NONE);
  }

  /** List by list. */
  get found(): ListOverlap[] {
    return this.#lists.map((list) => {
      const [ngram, near, firstRow] = [
        new Set<number>(),
        new Set<number>(),
        new Map<number, number>(),
      ];
      let short = 0;
      for (const [place, text] of list.entries()) {
        if (this.#runsOf(text).length === 0) short += 1;
        const rows = [this.#rowByRuns(text), this.#nearRow[text] ?? NONE];
        if (rows[0] !== NONE) ngram.add(place);
        if (rows[1] !== NONE) near.add(place);
        const first = Math.min(...rows);
        if (first !== NONE) firstRow.set(place, first);
      }
      return { ngram, near, short, compared: list.length, firstRow };
    });
  }
}
