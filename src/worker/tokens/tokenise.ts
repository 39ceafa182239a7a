/** Finds the tokens of data sets, which are stored by content and shared by all callers. */
import { faultFrom, type StudioError } from '../../faults/fault.ts';
import type { Storage } from '../../storage/storage.ts';
import type { DatedTemplate } from '../../text/template/chat-template.ts';
import type { TargetRules } from '../../text/labels/labels.ts';
import { encoderSource, hashOf } from './encoder-source.ts';
import type { ModelLibrary } from '../models/library.ts';
import type { OpenModel } from '../models/open-model.ts';
import { ModelText } from './model-text.ts';
import type { DataSetSummary, LengthHistogram } from '../../contract/data.ts';
import type { Limit } from '../../text/labels/truncation.ts';
import { CutCounter } from '../data/cut-counter.ts';
import { TokenBook } from './token-book.ts';
import type { EncoderSource, TokenPool } from './token-pool.ts';

const BINS = 40;
/** Books kept open when nobody uses them: a run can begin with the tokens that the Data page counted. */
const KEPT_BOOKS = 8;

/**
 * Turns data sets into tokens. There is one book for each data set and way of reading it, shared by the Data
 * page's histogram and by runs.
 */
export class Tokeniser {
  readonly #storage: Storage;
  readonly #pool: TokenPool;
  readonly #library: ModelLibrary;
  /** The most recently used book comes last. */
  readonly #books = new Map<string, Promise<TokenBook>>();

  constructor(storage: Storage, pool: TokenPool, library: ModelLibrary) {
    this.#storage = storage;
    this.#pool = pool;
    this.#library = library;
  }

  /** The book of a data set, with earlier tokens. Its content does not depend on the cut-off. */
  book(
    dataSet: DataSetSummary,
    model: OpenModel,
    template: DatedTemplate,
    rules: TargetRules,
  ): Promise<TokenBook> {
    const source = this.#sourceOf(model, template);
    const { labels, reasoning = null, earlier = false } = rules;
    const key = hashOf([dataSet.fingerprint, source.key, labels, reasoning, earlier]);
    const name = `${dataSet.id} ${key}`;
    const known = this.#books.get(name);
    this.#books.delete(name);
    const { dataSets, tokens: cache } = this.#storage;
    const places = { dataSets, cache, pool: this.#pool };
    const opened = known ?? TokenBook.open({ summary: dataSet, key, rules, source }, places);
    this.#books.set(name, opened);
    opened.catch(() => this.#books.delete(name));
    const [oldest] = this.#books.keys();
    if (this.#books.size > KEPT_BOOKS && oldest !== undefined) this.#books.delete(oldest);
    return opened;
  }

  /**
   * The text side of a model: its tokenizer and template.
   * @param signal ends all requests to it
   * @throws StudioError `model-aside`
   */
  text(model: OpenModel, template: DatedTemplate, signal?: AbortSignal): ModelText {
    return new ModelText(model.vocabulary, this.#sourceOf(model, template), this.#pool, signal);
  }

  /** The encoder source; a model that hangs on a text is set aside, so that nobody waits for it again. */
  #sourceOf(model: OpenModel, template: DatedTemplate): EncoderSource {
    this.#library.asides.check(model.summary);
    return encoderSource(model, template, (error) => {
      this.#library.asides.put(model.summary, error);
    });
  }

  /** Forgets a data set; its stored tokens go with it (data.ts). */
  forget(dataSetId: string): void {
    for (const name of [...this.#books.keys()]) {
      if (name.startsWith(`${dataSetId} `)) this.#books.delete(name);
    }
  }
}

/** Why none of the known records became tokens. @param of how many records must be known to say so */
export function refusalOf(
  { known, accepted, refusals: [first], summary }: TokenBook,
  of: number = summary.records,
): StudioError | null {
  return known < of || accepted > 0 || !first ? null : faultFrom(first);
}

/** Larger sets are sampled, unless all records are asked for. */
const SAMPLED_FROM = 20_000;
/** Stretches of neighbouring rows in a sample: neighbours are read together. */
const STRETCHES = 256;
const STRETCH = 8;

/** Rows that stand for a set: all of them, or a sample spread evenly over it. */
export function sampledRows(records: number): Uint32Array {
  if (records <= SAMPLED_FROM) return Uint32Array.from({ length: records }, (_, i) => i);
  const step = records / STRETCHES;
  return Uint32Array.from({ length: STRETCHES * STRETCH }, (_, i) => {
    const begin = Math.floor((Math.floor(i / STRETCH) + 0.5) * step);
    return begin + (i % STRETCH);
  });
}

/**
 * Lengths before the cut, and the effect of the cut. Rows that tokenizer or template refuse have no length, so
 * they are only counted.
 * @param rows known to the book
 */
export function histogramOf(
  book: TokenBook,
  rows: Uint32Array,
  limit: Limit & { readonly context: number },
): LengthHistogram {
  const { maxLength } = limit;
  const cut = new CutCounter(limit, limit.context);
  const taken = rows.filter((row) => book.refusalOf(row) === undefined);
  const lengths = taken.map((row) => book.lengthOf(row) ?? 0);
  let totalTokens = 0;
  let truncated = 0;
  let withoutTargets = 0;
  for (const [i, length] of lengths.entries()) {
    totalTokens += length;
    if (length > maxLength) truncated += 1;
    if (!book.teaches(taken[i] ?? 0, limit)) withoutTargets += 1;
    cut.count(book.lengthsOf(taken[i] ?? 0));
  }
  lengths.sort();
  const longest = lengths.at(-1) ?? 0;
  // Powers of two, so that bins stay comparable between data sets.
  const binWidth = 2 ** Math.max(0, Math.ceil(Math.log2(Math.max(1, longest / BINS))));
  const counts = new Array<number>(Math.floor(longest / binWidth) + 1).fill(0);
  for (const length of lengths) {
    const bin = Math.floor(length / binWidth);
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return {
    counted: rows.length,
    records: book.summary.records,
    binWidth,
    counts: taken.length === 0 ? [] : counts,
    longest,
    median: lengths[Math.floor(taken.length / 2)] ?? 0,
    totalTokens,
    maxLength,
    truncated,
    withoutTargets,
    cut: cut.counts,
    needed: cut.lengths.needed,
    usualLongest: cut.lengths.longest,
    refused: rows.length - taken.length,
  };
}
