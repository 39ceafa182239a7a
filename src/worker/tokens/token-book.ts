/** The tokens of one data set: those already known, and the work that finds the others. */
import { asStudioError, restated, StudioError } from '../../faults/fault.ts';
import type { DataSets } from '../../storage/data-sets.ts';
import type { TargetRules } from '../../text/labels/labels.ts';
import type { DataSetSummary } from '../../contract/data.ts';
import { cancelled } from '../tasks/tasks.ts';
import type { EncoderSource, TokenPool } from './token-pool.ts';
import { TokenTable, type TablePlaces } from './token-table.ts';

/** Bytes of records in one job of a sweep: about 60 ms of work, so that urgent jobs wait little. */
const JOB_BYTES = 48_000;
/** Rows read at a time by a sweep. */
const READ_ROWS = 512;
/** Scattered rows read at once: each costs reading the block that holds it. */
const READS_AT_ONCE = 8;
/** Milliseconds between two progress reports. */
const TELL_MS = 100;

export interface SweepHooks {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: (done: number, total: number) => void;
}

/** A data set, and how it is tokenised. */
export interface BookSubject {
  readonly summary: DataSetSummary;
  /** Identifies everything on which the tokens depend. */
  readonly key: string;
  readonly rules: TargetRules;
  readonly source: EncoderSource;
}

export interface BookPlaces extends TablePlaces {
  readonly dataSets: DataSets;
  readonly pool: TokenPool;
}

/**
 * The known tokens of one data set, and the work that finds the others. Rows that somebody waits for go first
 * (`need`); a sweep takes all others in the order of the file, so that each block is read once (`complete`).
 */
export class TokenBook extends TokenTable {
  readonly #dataSets: DataSets;
  readonly #pool: TokenPool;
  readonly #rules: TargetRules;
  readonly #source: EncoderSource;
  readonly #pending = new Map<number, Promise<void>>();
  #sweep: Promise<void> | null = null;
  #endSweep = new AbortController();
  readonly #sweepers = new Set<SweepHooks>();

  private constructor({ summary, key, rules, source }: BookSubject, places: BookPlaces) {
    super(summary, key, places);
    this.#rules = rules;
    this.#source = source;
    this.#dataSets = places.dataSets;
    this.#pool = places.pool;
  }

  /** Opens the book with the tokens of earlier sessions. */
  static async open(subject: BookSubject, places: BookPlaces): Promise<TokenBook> {
    const book = new TokenBook(subject, places);
    await book.readStored();
    return book;
  }

  /**
   * Tokenises the rows that are not known yet, before all other work.
   * @throws StudioError `cancelled`, `tokeniser-crashed`, `record-not-tokenised`, what storage throws
   */
  async need(rows: readonly number[], signal?: AbortSignal): Promise<void> {
    const fresh = rows.filter((row) => !this.isKnown(row) && !this.#pending.has(row));
    const waits = new Set<Promise<void>>();
    for (const row of rows) {
      const pending = this.#pending.get(row);
      // A row that fails for another call is tried once more here, and then fails with its reason.
      if (pending) waits.add(pending.catch(() => undefined));
    }
    if (fresh.length > 0) waits.add(this.#tokeniseScattered(fresh, signal));
    await Promise.all(waits);
    // Rows that another call was tokenising may have been cancelled with that call.
    const missing = rows.filter((row) => !this.isKnown(row));
    if (missing.length === 0) return;
    if (signal?.aborted === true) throw cancelled();
    await this.need(missing, signal);
  }

  /** Tokenises rows from anywhere in the file, in jobs of the usual size. */
  async #tokeniseScattered(rows: readonly number[], signal?: AbortSignal): Promise<void> {
    const dataSets = this.#dataSets;
    const pool = this.#pool;
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
          // The sweep may have taken the row meanwhile.
          if (!line || this.isKnown(row) || this.#pending.has(row)) continue;
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

  /** Runs one job; its rows are pending until it is done or has failed. */
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
    const done = this.#pool
      .run(this.#source, job, { urgent, signal })
      .then((output) => {
        if (output.what === 'records') this.takeIn(Uint32Array.from(rows), output);
      })
      .catch((error: unknown) => {
        throw this.#named(error);
      })
      .finally(() => {
        for (const row of rows) this.#pending.delete(row);
      });
    for (const row of rows) this.#pending.set(row, done);
    // Whoever waits for the job hears of a failure, though perhaps only later.
    done.catch(() => undefined);
    return done;
  }

  /** The error with the name of the data set. */
  #named(thrown: unknown): unknown {
    if (!(thrown instanceof StudioError) || thrown.code === 'cancelled') return thrown;
    return restated(thrown, { data: { dataSet: this.summary.name } });
  }

  /**
   * Tokenises all unknown rows and stores them. Several callers may wait for one sweep; it ends when nobody
   * waits any more.
   * @throws as `need`
   */
  async complete(hooks: SweepHooks = {}): Promise<void> {
    const { signal } = hooks;
    const total = this.summary.records;
    while (this.known < total) {
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
        // A job under way may never end.
        if (this.#sweepers.size === 0) this.#endSweep.abort();
      }
    }
    await this.flush();
    hooks.onProgress?.(total, total);
  }

  async #runSweep(): Promise<void> {
    const dataSets = this.#dataSets;
    const pool = this.#pool;
    const { id, records } = this.summary;
    const inFlight = new Set<Promise<void>>();
    const end = (this.#endSweep = new AbortController());
    const failures: Error[] = [];
    let told = 0;
    const tell = (): void => {
      if (performance.now() - told < TELL_MS) return;
      told = performance.now();
      for (const { onProgress } of this.#sweepers) onProgress?.(this.known, records);
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
      if (!this.anyUnknown(from, READ_ROWS)) continue;
      const read = await dataSets.lines(id, from, READ_ROWS);
      let rows: number[] = [];
      let lines: Uint8Array[] = [];
      let bytes = 0;
      for (const [i, line] of read.entries()) {
        const row = from + i;
        if (this.isKnown(row) || this.#pending.has(row)) continue;
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
      // The sweep waits for storing to keep up, so that memory stays bounded.
      await this.stored;
    }
    await Promise.all(inFlight);
    await Promise.all([...this.#pending.values()].map((job) => job.catch(() => undefined)));
    await this.flush();
    // After an ended sweep, callers that came meanwhile begin another.
    if (failures[0] && !end.signal.aborted) throw failures[0];
  }
}

/** Groups consecutive rows, to read them together. */
function neighbours(rows: readonly number[]): { readonly from: number; count: number }[] {
  const stretches: { from: number; count: number }[] = [];
  for (const row of rows) {
    const last = stretches.at(-1);
    if (last && last.from + last.count === row) last.count += 1;
    else stretches.push({ from: row, count: 1 });
  }
  return stretches;
}
