/** Reads the records of a set once for all that they are compared by: their signatures, and the questions they hold. */
import { OverlapFinder, type ListOverlap } from '../../engine/evaluation/trust/question-overlap.ts';
import { RecordTokens } from '../../engine/evaluation/trust/record-tokens.ts';
import { SignatureStream } from '../../engine/evaluation/trust/signatures.ts';
import { eachRecord, type RecordBatch } from './record-batch.ts';

/** Lists of questions to look for. */
export type QuestionLists = readonly (readonly string[])[];

/** What is made of the records of a set. */
export interface Sought {
  readonly signatures: boolean;
  readonly questions: boolean;
}

/** What comes of the records up to here. */
export interface Searched {
  /** Some of those that were not given before, at the end all; none where none are sought. */
  readonly signatures: Uint8Array<ArrayBuffer>;
  /** List by list, at the end of a set; null before, and where none are sought. */
  readonly questions: readonly ListOverlap[] | null;
  /** The batch that was searched, to be filled again; null at the end. */
  readonly batch: RecordBatch | null;
}

/** Words and characters of all lists together: a search for them takes some 30 bytes for each. */
const MOST_TOKENS = 2 ** 19;

/** Bytes of signatures that are given at once, at least: every write to a file takes its time. */
const FEWEST_GIVEN = 2 ** 16;

/** Searches one set after the other. */
export class RecordSearch {
  readonly #lists: QuestionLists;
  readonly #tokens = new RecordTokens();
  #stream: SignatureStream | null = null;
  /** Made at its first use, and used for every set. */
  #finder: OverlapFinder | null = null;
  #sought: Sought = { signatures: false, questions: false };

  constructor(lists: QuestionLists) {
    this.#lists = lists;
  }

  /** Begins a set, whether or not the one before it was ended. */
  begin(sought: Sought): void {
    this.#sought = sought;
    this.#stream = sought.signatures ? new SignatureStream() : null;
    if (!sought.questions) return;
    this.#finder ??= new OverlapFinder(this.#lists, MOST_TOKENS);
    this.#finder.begin();
  }

  add(batch: RecordBatch): Searched {
    const finder = this.#sought.questions ? this.#finder : null;
    eachRecord(batch, this.#tokens, () => {
      finder?.see(this.#tokens);
      this.#stream?.add(this.#tokens.said);
    });
    const stream = this.#stream && this.#stream.bytes >= FEWEST_GIVEN ? this.#stream : null;
    return { signatures: stream?.take() ?? new Uint8Array(), questions: null, batch };
  }

  end(): Searched {
    const finder = this.#sought.questions ? this.#finder : null;
    return {
      signatures: this.#stream?.end() ?? new Uint8Array(),
      questions: finder?.found ?? null,
      batch: null,
    };
  }
}
