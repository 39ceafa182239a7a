import { asStudioError, StudioError } from '../errors.ts';
import type { DataSets } from '../storage/data-sets.ts';
import { NO_TARGETS, REFUSAL_SHIFT, TARGET_BIT } from '../storage/token-cache.ts';
import type { Refusal, StoredSegment, TokenCache } from '../storage/token-cache.ts';
import { NO_TARGET } from '../text/labels.ts';
import type { TargetRules } from '../text/labels.ts';
import type { DataSetSummary } from './protocol.ts';
import { RefusalList } from './refusal-list.ts';
import { cancelled } from './tasks.ts';
import type { TokenisedRecords } from './token-encoder.ts';
import type { EncoderSource, TokenPool } from './token-pool.ts';

/** Bytes of records that one job of a sweep takes: some 60 ms of work, so that an urgent one waits little. */
const JOB_BYTES = 48_000;
/** Rows read at a time by a sweep. */
const READ_ROWS = 512;
/** Words after which what was tokenised is stored as a segment. */
const SEGMENT_WORDS = 2 ** 20;
/** Words of one data set that are kept in memory (64 MB); what is beyond is read when it is needed. */
const MEMORY_WORDS = 2 ** 24;
const UNKNOWN = 0xffffffff;
/** Scattered rows read at once: each costs the block it lies in. */
const READS_AT_ONCE = 8;
/** Between two tellings of progress. */
const TELL_MS = 100;

export interface CutRecord {
  readonly ids: Uint32Array<ArrayBuffer>;
  readonly labels: Int32Array<ArrayBuffer>;
}

export interface SweepHooks {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: (done: number, total: number) => void;
}

/** Tokens of some records, in memory or behind a stored segment. */
interface Piece {
  words: Uint32Array | null;
  stored: StoredSegment | null;
  loading?: Promise<Uint32Array>;
}

/** Rows that were tokenised and are not stored yet. */
interface Loose {
  readonly piece: number;
  readonly rows: Uint32Array;
  readonly tokens: TokenisedRecords;
}

export interface BookPlaces {
  readonly dataSets: DataSets;
  readonly cache: TokenCache;
  readonly pool: TokenPool;
  /** Other than in tests MEMORY_WORDS and SEGMENT_WORDS. */
  readonly memoryWords?: number;
  readonly segmentWords?: number;
}

/**
 * The tokens of one data set with one tokenizer, template and label scheme: those known so far, and the
 * work to know more. Rows that somebody waits for go first (`need`); a sweep takes all others in the order
 * of the file, which reads each block once (`complete`). What a row becomes depends on the row alone, so
 * nothing that is read from here depends on when, or in which order, it was tokenised.
 */
export class TokenBook {
  readonly summary: DataSetSummary;
  readonly #places: BookPlaces;
  readonly #key: string;
  readonly #rules: TargetRules;
  readonly #source: EncoderSource;
  readonly #lengths: Uint32Array;
  readonly #firstTargets: Uint32Array;
  readonly #marks: Uint32Array;
  readonly #refusals = new RefusalList();
  readonly #pieceOf: Uint32Array;
  readonly #offsets: Uint32Array;
  readonly #pieces: Piece[] = [];
  /** Pieces whose words are in memory and stored too, oldest first. */
  readonly #droppable: number[] = [];
  readonly #pending = new Map<number, Promise<void>>();
  #loose: Loose[] = [];
  #looseWords = 0;
  #heldWords = 0;
  #known = 0;
  #accepted = 0;
  #sweep: Promise<void> | null = null;
  #endSweep = new AbortController();
  readonly #sweepers = new Set<SweepHooks>();
  /** The end of storing: segments are written one after the other. */
  #storing: Promise<void> = Promise.resolve();

  private constructor(
    summary: DataSetSummary,
    key: string,
    rules: TargetRules,
    source: EncoderSource,
    places: BookPlaces,
  ) {
    this.summary = summary;
    this.#key = key;
    this.#rules = rules;
    this.#source = source;
    this.#places = places;
    const { records } = summary;
    this.#lengths = new Uint32Array(records).fill(UNKNOWN);
    this.#firstTargets = new Uint32Array(records).fill(NO_TARGETS);
    this.#marks = new Uint32Array(records);
    this.#pieceOf = new Uint32Array(records);
    this.#offsets = new Uint32Array(records);
  }

  /** With what was tokenised in earlier sessions. @param key stands for all that the tokens depend on */
  static async open(
    summary: DataSetSummary,
    key: string,
    rules: TargetRules,
    source: EncoderSource,
    places: BookPlaces,
  ): Promise<TokenBook> {
    const book = new TokenBook(summary, key, rules, source, places);
    for (const segment of await places.cache.segments(summary.id, key, summary.records)) {
      const piece = book.#pieces.push({ words: null, stored: segment }) - 1;
      book.#enter(piece, { ...segment, marks: book.#ownMarks(segment) });
    }
    return book;
  }

  /** Records tokenised so far, and of these the ones with tokens. */
  get known(): number {
    return this.#known;
  }

  get accepted(): number {
    return this.#accepted;
  }

  /** Why records that were met have no tokens, in the order in which the reasons were met. */
  get refusals(): readonly Refusal[] {
    return this.#refusals.list;
  }

  /** Which of `refusals` a record was refused by; undefined for one with tokens, or not known. */
  refusalOf(row: number): Refusal | undefined {
    return this.#refusals.list[((this.#marks[row] ?? 0) >>> REFUSAL_SHIFT) - 1];
  }

  /** RECORD_MARKS of a known record. */
  marksOf(row: number): number {
    return this.#marks[row] ?? 0;
  }

  /** Whether a known record has a target at all, however far behind. */
  hasTarget(row: number): boolean {
    return (this.#firstTargets[row] ?? NO_TARGETS) !== NO_TARGETS;
  }

  /** Tokens of a record before the cut; undefined while it is not known. */
  lengthOf(row: number): number | undefined {
    const length = this.#lengths[row];
    return length === UNKNOWN ? undefined : length;
  }

  /** Whether a known record has a target that the loss counts within its first `maxLength` tokens. */
  teaches(row: number, maxLength: number): boolean {
    const length = Math.min(this.lengthOf(row) ?? 0, maxLength);
    return (this.#firstTargets[row] ?? NO_TARGETS) < length;
  }

  /**
   * Tokenises the rows that are not known yet, before everything else that is asked for.
   * @throws StudioError `cancelled`, `tokeniser-crashed`, `record-not-tokenised`, what storage throws
   */
  async need(rows: readonly number[], signal?: AbortSignal): Promise<void> {
    const fresh = rows.filter((row) => this.#lengths[row] === UNKNOWN && !this.#pending.has(row));
    const waits = new Set<Promise<void>>();
    for (const row of rows) {
      const pending = this.#pending.get(row);
      // What fails for another is tried once more here, and fails here with its reason.
      if (pending) waits.add(pending.catch(() => undefined));
    }
    if (fresh.length > 0) waits.add(this.#tokeniseScattered(fresh, signal));
    await Promise.all(waits);
    // What another call was tokenising may have been cancelled with it.
    const missing = rows.filter((row) => this.#lengths[row] === UNKNOWN);
    if (missing.length === 0) return;
    if (signal?.aborted === true) throw cancelled();
    await this.need(missing, signal);
  }

  /** Rows from anywhere in the file, as jobs of the usual size. */
  async #tokeniseScattered(rows: readonly number[], signal?: AbortSignal): Promise<void> {
    const { dataSets, pool } = this.#places;
    const share = Math.max(1, Math.ceil(rows.length / pool.capacity));
    const jobs: Promise<void>[] = [];
    let taken: number[] = [];
    let lines: Uint8Array[] = [];
    let bytes = 0;
    const send = (): void => {
      if (taken.length > 0) jobs.push(this.#encode(taken, lines, true, signal));
      taken = [];
      lines = [];
      bytes = 0;
    };
    const stretches = neighbours(rows);
    for (let first = 0; first < stretches.length; first += READS_AT_ONCE) {
      const some = stretches.slice(first, first + READS_AT_ONCE);
      const read = await Promise.all(
        some.map(({ from, count }) => dataSets.lines(this.summary.id, from, count)),
      );
      for (const [i, { from, count }] of some.entries()) {
        for (let row = from; row < from + count; row += 1) {
          const line = read[i]?.[row - from];
          // Meanwhile the sweep may have come by.
          if (!line || this.#lengths[row] !== UNKNOWN || this.#pending.has(row)) continue;
          taken.push(row);
          lines.push(line);
          bytes += line.byteLength;
          if (taken.length >= share || bytes >= JOB_BYTES) send();
        }
      }
    }
    send();
    await Promise.all(jobs);
  }

  /** One job: its rows are pending until it is done or has failed. */
  #encode(
    rows: readonly number[],
    lines: readonly Uint8Array[],
    urgent: boolean,
    signal?: AbortSignal,
  ): Promise<void> {
    const bytes = new Uint8Array(lines.reduce((sum, line) => sum + line.byteLength + 1, 0));
    let at = 0;
    for (const line of lines) {
      bytes.set(line, at);
      at += line.byteLength;
      bytes[at] = 0x0a;
      at += 1;
    }
    const job = { what: 'records', rules: this.#rules, lines: bytes } as const;
    const done = this.#places.pool
      .run(this.#source, job, { urgent, signal })
      .then((output) => {
        if (output.what === 'records') this.#takeIn(Uint32Array.from(rows), output);
      })
      .catch((error: unknown) => {
        throw this.#named(error);
      })
      .finally(() => {
        for (const row of rows) this.#pending.delete(row);
      });
    for (const row of rows) this.#pending.set(row, done);
    // Whoever waits for it hears of a failure, though perhaps only later.
    done.catch(() => undefined);
    return done;
  }

  /** An error that says of which data set. */
  #named(thrown: unknown): unknown {
    if (!(thrown instanceof StudioError) || thrown.code === 'cancelled') return thrown;
    const described = thrown.describe();
    const data = { ...described.data, dataSet: this.summary.name };
    return new StudioError({ ...described, data }, { cause: thrown });
  }

  #takeIn(rows: Uint32Array, tokens: TokenisedRecords): void {
    const { words, lengths, firstTargets } = tokens;
    const piece = this.#pieces.push({ words, stored: null }) - 1;
    const marks = this.#ownMarks(tokens);
    this.#enter(piece, { rows, lengths, firstTargets, marks });
    this.#loose.push({ piece, rows, tokens: { ...tokens, marks } });
    this.#looseWords += words.length;
    this.#heldWords += words.length;
    if (this.#looseWords >= (this.#places.segmentWords ?? SEGMENT_WORDS)) this.#store();
  }

  /** Marks that count the reasons as this book does. */
  #ownMarks({ marks, refusals }: Pick<TokenisedRecords, 'refusals'> & { marks: Uint32Array }) {
    const places = refusals.map((reason) => this.#refusals.place(reason));
    const below = 2 ** REFUSAL_SHIFT - 1;
    return Uint32Array.from(marks, (mark) => {
      const place = places[(mark >>> REFUSAL_SHIFT) - 1] ?? 0;
      return (mark & below) | (place << REFUSAL_SHIFT);
    });
  }

  /** Enters rows into the table; one that is known already stays where it was. */
  #enter(piece: number, table: Omit<StoredSegment, 'words' | 'size' | 'refusals'>): void {
    const { rows, lengths, firstTargets, marks } = table;
    let offset = 0;
    rows.forEach((row, i) => {
      const length = lengths[i] ?? 0;
      if (this.#lengths[row] === UNKNOWN) {
        this.#lengths[row] = length;
        this.#firstTargets[row] = firstTargets[i] ?? NO_TARGETS;
        this.#marks[row] = marks[i] ?? 0;
        this.#pieceOf[row] = piece;
        this.#offsets[row] = offset;
        this.#known += 1;
        if (length > 0) this.#accepted += 1;
      }
      offset += length;
    });
  }

  /** Puts what is not stored yet into one segment and writes it; the words move into one array. */
  #store(): void {
    const loose = this.#loose;
    if (loose.length === 0) return;
    this.#loose = [];
    this.#looseWords = 0;
    const join = (of: (part: Loose) => Uint32Array): Uint32Array<ArrayBuffer> => {
      const parts = loose.map(of);
      const all = new Uint32Array(parts.reduce((sum, { length }) => sum + length, 0));
      let at = 0;
      for (const part of parts) {
        all.set(part, at);
        at += part.length;
      }
      return all;
    };
    const words = join(({ tokens }) => tokens.words);
    const piece = this.#pieces.push({ words, stored: null }) - 1;
    let before = 0;
    for (const { piece: old, rows, tokens } of loose) {
      for (const row of rows) {
        if (this.#pieceOf[row] !== old) continue;
        this.#pieceOf[row] = piece;
        this.#offsets[row] = (this.#offsets[row] ?? 0) + before;
      }
      this.#pieces[old] = { words: null, stored: null };
      before += tokens.words.length;
    }
    const segment = {
      rows: join(({ rows }) => rows),
      lengths: join(({ tokens }) => tokens.lengths),
      firstTargets: join(({ tokens }) => tokens.firstTargets),
      marks: join(({ tokens }) => tokens.marks),
      words,
      refusals: [...this.#refusals.list],
    };
    const { cache, memoryWords = MEMORY_WORDS } = this.#places;
    this.#storing = this.#storing
      // A full disk costs the cache, not the run: the tokens are there. They are made again next time.
      .then(() => cache.add(this.summary.id, this.#key, segment).catch(() => null))
      .then((stored) => {
        if (!stored) return;
        this.#pieces[piece] = { words, stored };
        this.#droppable.push(piece);
        while (this.#heldWords > memoryWords) {
          const oldest = this.#pieces[this.#droppable.shift() ?? -1];
          if (!oldest) break;
          this.#heldWords -= oldest.words?.length ?? 0;
          oldest.words = null;
        }
      });
  }

  /** Everything tokenised so far is stored when this resolves. */
  async flush(): Promise<void> {
    this.#store();
    await this.#storing;
  }

  /**
   * Tokenises all that is not known, and stores it. Several may wait for one sweep; it ends when nobody
   * does any more.
   * @throws as `need`
   */
  async complete(hooks: SweepHooks = {}): Promise<void> {
    const { signal } = hooks;
    const total = this.summary.records;
    while (this.#known < total) {
      if (signal?.aborted === true) throw cancelled();
      this.#sweepers.add(hooks);
      const left = new Promise<void>((resolve) => {
        signal?.addEventListener('abort', () => resolve(), { once: true });
      });
      try {
        this.#sweep ??= this.#runSweep().finally(() => {
          this.#sweep = null;
        });
        await Promise.race([this.#sweep, left]);
      } finally {
        this.#sweepers.delete(hooks);
        // What is under way may never come to an end.
        if (this.#sweepers.size === 0) this.#endSweep.abort();
      }
    }
    await this.flush();
    hooks.onProgress?.(total, total);
  }

  async #runSweep(): Promise<void> {
    const { dataSets, pool } = this.#places;
    const { id, records } = this.summary;
    const inFlight = new Set<Promise<void>>();
    const end = (this.#endSweep = new AbortController());
    const failures: Error[] = [];
    let told = 0;
    const tell = (): void => {
      if (performance.now() - told < TELL_MS) return;
      told = performance.now();
      for (const { onProgress } of this.#sweepers) onProgress?.(this.#known, records);
    };
    const send = async (rows: readonly number[], lines: readonly Uint8Array[]): Promise<void> => {
      if (rows.length === 0) return;
      const job = this.#encode(rows, lines, false, end.signal)
        .catch((thrown: unknown) => {
          failures.push(asStudioError(thrown));
        })
        .finally(() => {
          inFlight.delete(job);
          tell();
        });
      inFlight.add(job);
      if (inFlight.size >= pool.capacity) await Promise.race(inFlight);
    };
    for (let from = 0; from < records; from += READ_ROWS) {
      if (!this.#anyUnknown(from)) continue;
      const read = await dataSets.lines(id, from, READ_ROWS);
      let rows: number[] = [];
      let lines: Uint8Array[] = [];
      let bytes = 0;
      for (const [i, line] of read.entries()) {
        const row = from + i;
        if (this.#lengths[row] !== UNKNOWN || this.#pending.has(row)) continue;
        rows.push(row);
        lines.push(line);
        bytes += line.byteLength;
        if (bytes < JOB_BYTES) continue;
        await send(rows, lines);
        [rows, lines, bytes] = [[], [], 0];
        if (failures.length > 0 || this.#sweepers.size === 0) break;
      }
      await send(rows, lines);
      if (failures.length > 0 || this.#sweepers.size === 0) break;
      // Storing keeps up, or the sweep waits for it: memory stays bounded.
      await this.#storing;
    }
    await Promise.all(inFlight);
    await Promise.all([...this.#pending.values()].map((job) => job.catch(() => undefined)));
    await this.flush();
    // One that was ended is begun anew by whoever came meanwhile.
    if (failures[0] && !end.signal.aborted) throw failures[0];
  }

  #anyUnknown(from: number): boolean {
    return this.#lengths.subarray(from, from + READ_ROWS).includes(UNKNOWN);
  }

  /** A known record, cut to `maxLength` tokens. @throws StudioError `file-missing`, `file-unreadable` */
  async cut(row: number, maxLength: number): Promise<CutRecord> {
    const whole = this.lengthOf(row);
    if (whole === undefined) throw new Error(`Row ${row} is not tokenised yet`);
    const length = Math.min(whole, maxLength);
    const begin = this.#offsets[row] ?? 0;
    const words = await this.#wordsOf(this.#pieceOf[row] ?? 0, begin, begin + length);
    const ids = new Uint32Array(length);
    const labels = new Int32Array(length).fill(NO_TARGET);
    words.forEach((word, t) => {
      const id = (word & ~TARGET_BIT) >>> 0;
      ids[t] = id;
      if (word >= TARGET_BIT) labels[t] = id;
    });
    return { ids, labels };
  }

  /** Words of a piece: from memory, or from its file, which is kept in memory whole while there is room. */
  async #wordsOf(index: number, begin: number, end: number): Promise<Uint32Array> {
    const piece = this.#pieces[index];
    if (piece?.words) return piece.words.subarray(begin, end);
    const stored = piece?.stored;
    if (!piece || !stored) return new Uint32Array();
    const { memoryWords = MEMORY_WORDS } = this.#places;
    if (!piece.loading) {
      if (this.#heldWords + stored.size > memoryWords) return stored.words(begin, end);
      this.#heldWords += stored.size;
      piece.loading = stored.words(0, stored.size).finally(() => delete piece.loading);
    }
    const words = await piece.loading;
    if (!piece.words) this.#droppable.push(index);
    piece.words = words;
    return words.subarray(begin, end);
  }
}

/** Rows that follow each other, read together. */
function neighbours(rows: readonly number[]): { readonly from: number; count: number }[] {
  const stretches: { from: number; count: number }[] = [];
  for (const row of rows) {
    const last = stretches.at(-1);
    if (last && last.from + last.count === row) last.count += 1;
    else stretches.push({ from: row, count: 1 });
  }
  return stretches;
}
