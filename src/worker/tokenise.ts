import { StudioError } from '../errors.ts';
import { Sealer } from '../storage/file-store.ts';
import type { Storage } from '../storage/storage.ts';
import type { ChatTemplate } from '../text/chat-template.ts';
import { encodeConversation } from '../text/labels.ts';
import type { TargetRules } from '../text/labels.ts';
import type { OpenModel } from './library.ts';
import type { DataRow, DataSetSummary, LengthHistogram } from './protocol.ts';
import { TokenBook } from './token-book.ts';
import type { TokenisedQuestions } from './token-encoder.ts';
import type { EncoderSource, TokenPool } from './token-pool.ts';

const BINS = 40;
/** Changes with the rules that make tokens and labels of a record. */
const RULES = 2;
/** Books kept open when nobody holds them: what the Data page counted, a run begins with. */
const KEPT_BOOKS = 8;

function hashOf(parts: readonly unknown[]): string {
  const sealer = new Sealer();
  sealer.update(new TextEncoder().encode(JSON.stringify(parts)));
  return sealer.seal().sha256;
}

/** A template that asks for the date is another one on another day, or at another time. */
function dateOf({ source, now }: ChatTemplate): string {
  if (!source.includes('strftime_now')) return '';
  return /%[HMS]/.test(source) ? now.toISOString() : now.toDateString();
}

/** Stands for everything that decides how a text becomes tokens and which of them are targets. */
function encoderKey(model: OpenModel, template: ChatTemplate): string {
  const { eosIds } = model.tokenizer;
  return hashOf([RULES, model.tokenizerHash, eosIds, template.source, dateOf(template)]);
}

/**
 * Turns data sets into tokens. One book for each data set and way of reading it, shared by all who ask:
 * the Data page's histogram, and runs.
 */
export class Tokeniser {
  readonly #storage: Storage;
  readonly #pool: TokenPool;
  /** Most recently asked for last. */
  readonly #books = new Map<string, Promise<TokenBook>>();

  constructor(storage: Storage, pool: TokenPool) {
    this.#storage = storage;
    this.#pool = pool;
  }

  /** The book of a data set, with what was tokenised before. Its content does not depend on the cut-off. */
  book(
    dataSet: DataSetSummary,
    model: OpenModel,
    template: ChatTemplate,
    rules: TargetRules,
  ): Promise<TokenBook> {
    const source = encoderSource(model, template);
    const { labels, reasoning = null, earlier = false } = rules;
    const key = hashOf([dataSet.fingerprint, source.key, labels, reasoning, earlier]);
    const name = `${dataSet.id} ${key}`;
    const known = this.#books.get(name);
    this.#books.delete(name);
    const { dataSets, tokens: cache } = this.#storage;
    const places = { dataSets, cache, pool: this.#pool };
    const opened = known ?? TokenBook.open(dataSet, key, rules, source, places);
    this.#books.set(name, opened);
    opened.catch(() => this.#books.delete(name));
    const [oldest] = this.#books.keys();
    if (this.#books.size > KEPT_BOOKS && oldest !== undefined) this.#books.delete(oldest);
    return opened;
  }

  /** Questions as user turns and answers as they would follow, in the pool's workers. */
  async questions(
    model: OpenModel,
    template: ChatTemplate,
    prompts: readonly string[],
    answers: readonly string[],
    signal: AbortSignal,
  ): Promise<TokenisedQuestions> {
    const source = encoderSource(model, template);
    const job = { what: 'questions', prompts, answers } as const;
    const output = await this.#pool.run(source, job, { urgent: true, signal });
    if (output.what !== 'questions') throw new Error('The pool answered another job');
    return output;
  }

  /** Forgets a data set; its stored tokens go with it (data.ts). */
  forget(dataSetId: string): void {
    for (const name of [...this.#books.keys()]) {
      if (name.startsWith(`${dataSetId} `)) this.#books.delete(name);
    }
  }
}

function encoderSource(model: OpenModel, template: ChatTemplate): EncoderSource {
  const key = encoderKey(model, template);
  return {
    key,
    files: async () => ({
      key,
      tokenizer: await model.tokenizerFiles(),
      template: template.source,
      now: template.now.getTime(),
    }),
  };
}

/** Why none of the records that are known became tokens. @param of how many have to be known to say so */
export function refusalOf(
  { known, accepted, refusals: [first], summary }: TokenBook,
  of: number = summary.records,
): StudioError | null {
  return known < of || accepted > 0 || !first ? null : new StudioError(first);
}

/** One record for display. */
export function encodeRow(
  model: OpenModel,
  template: ChatTemplate,
  row: DataRow,
  rules: TargetRules,
  maxLength: number,
): ReturnType<typeof encodeConversation> {
  return encodeConversation(model.tokenizer, template, row, { ...rules, maxLength });
}

/** Larger sets are sampled, unless all of them is asked for. */
const SAMPLED_FROM = 20_000;
/** A sample is so many stretches of so many rows: neighbours are read together. */
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
 * Lengths before the cut, and what the cut does. Rows without tokens, those that the template refuses,
 * count as of length 0.
 * @param rows known to the book
 */
export function histogramOf(
  book: TokenBook,
  rows: Uint32Array,
  maxLength: number,
): LengthHistogram {
  const lengths = rows.map((row) => book.lengthOf(row) ?? 0);
  let totalTokens = 0;
  let truncated = 0;
  let withoutTargets = 0;
  for (const [i, length] of lengths.entries()) {
    totalTokens += length;
    if (length > maxLength) truncated += 1;
    if (!book.teaches(rows[i] ?? 0, maxLength)) withoutTargets += 1;
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
    counts: rows.length === 0 ? [] : counts,
    longest,
    median: lengths[Math.floor(rows.length / 2)] ?? 0,
    totalTokens,
    maxLength,
    truncated,
    withoutTargets,
  };
}
