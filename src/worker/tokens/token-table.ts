/** The known tokens of one data set: some in memory, the others in stored segments. */
import {
  type Refusal,
  type StoredSegment,
  type TokenCache,
  NO_TARGETS,
  REFUSAL_SHIFT,
  TARGET_BIT,
} from '../../storage/token-cache.ts';
import { NO_TARGET } from '../../text/labels/no-target.ts';
import {
  cutsOf,
  teachesWithin,
  withoutCuts,
  type Limit,
  type RecordLengths,
} from '../../text/labels/truncation.ts';
import type { DataSetSummary } from '../../contract/data.ts';
import { RefusalList } from '../data/refusal-list.ts';
import type { TokenisedRecords } from './token-encoder.ts';

/** Number of new words that are stored as one segment. */
const SEGMENT_WORDS = 2 ** 20;
/** Words of one data set kept in memory (64 MB); further words are read when they are needed. */
const MEMORY_WORDS = 2 ** 24;
const UNKNOWN = 0xffffffff;

export interface CutRecord {
  readonly ids: Uint32Array<ArrayBuffer>;
  readonly labels: Int32Array<ArrayBuffer>;
}

/** Tokens of some records, in memory or behind a stored segment. */
interface Piece {
  words: Uint32Array | null;
  stored: StoredSegment | null;
  loading?: Promise<Uint32Array>;
}

/** Tokenised rows that are not stored yet. */
interface Loose {
  readonly piece: number;
  readonly rows: Uint32Array;
  readonly tokens: TokenisedRecords;
}

export interface TablePlaces {
  readonly cache: TokenCache;
  /** Limits for tests; the defaults are MEMORY_WORDS and SEGMENT_WORDS. */
  readonly memoryWords?: number;
  readonly segmentWords?: number;
}

/**
 * The tokens of each row with one tokenizer, template and label scheme. They depend on the row alone, so no
 * result depends on when, or in which order, rows were tokenised.
 */
export class TokenTable {
  readonly summary: DataSetSummary;
  readonly #places: TablePlaces;
  readonly #key: string;
  readonly #lengths: Uint32Array;
  readonly #firstTargets: Uint32Array;
  readonly #targets: Uint32Array;
  readonly #marks: Uint32Array;
  readonly #refusals = new RefusalList();
  readonly #pieceOf: Uint32Array;
  readonly #offsets: Uint32Array;
  readonly #pieces: Piece[] = [];
  /** Pieces whose words are in memory and stored too, oldest first. */
  readonly #droppable: number[] = [];
  #loose: Loose[] = [];
  #looseWords = 0;
  #heldWords = 0;
  #known = 0;
  #accepted = 0;
  /** The end of the latest write: segments are written one after the other. */
  #storing: Promise<void> = Promise.resolve();

  /** @param key identifies everything on which the tokens depend */
  constructor(summary: DataSetSummary, key: string, places: TablePlaces) {
    this.summary = summary;
    this.#key = key;
    this.#places = places;
    const { records } = summary;
    this.#lengths = new Uint32Array(records).fill(UNKNOWN);
    this.#firstTargets = new Uint32Array(records).fill(NO_TARGETS);
    this.#targets = new Uint32Array(records);
    this.#marks = new Uint32Array(records);
    this.#pieceOf = new Uint32Array(records);
    this.#offsets = new Uint32Array(records);
  }

  /** Takes in the tokens of earlier sessions. */
  protected async readStored(): Promise<void> {
    const { id, records } = this.summary;
    for (const segment of await this.#places.cache.segments(id, this.#key, records)) {
      const piece = this.#pieces.push({ words: null, stored: segment }) - 1;
      this.#enter(piece, { ...segment, marks: this.#ownMarks(segment) });
    }
  }

  /** Number of records tokenised so far. */
  get known(): number {
    return this.#known;
  }

  get accepted(): number {
    return this.#accepted;
  }

  /** Reasons why known records have no tokens, in the order in which they first occurred. */
  get refusals(): readonly Refusal[] {
    return this.#refusals.list;
  }

  /** The reason in `refusals` for a record; undefined if the record has tokens or is not known. */
  refusalOf(row: number): Refusal | undefined {
    return this.#refusals.list[((this.#marks[row] ?? 0) >>> REFUSAL_SHIFT) - 1];
  }

  /** RECORD_MARKS of a known record. */
  marksOf(row: number): number {
    return this.#marks[row] ?? 0;
  }

  /** Whether a known record has a target at any position. */
  hasTarget(row: number): boolean {
    return (this.#firstTargets[row] ?? NO_TARGETS) !== NO_TARGETS;
  }

  /** Tokens of a record before the cut; undefined while it is not known. */
  lengthOf(row: number): number | undefined {
    const length = this.#lengths[row];
    return length === UNKNOWN ? undefined : length;
  }

  /** Tokens and targets of a record before the cut; all zero while it is not known. */
  lengthsOf(row: number): RecordLengths {
    const first = this.#firstTargets[row] ?? NO_TARGETS;
    return {
      length: this.lengthOf(row) ?? 0,
      targets: this.#targets[row] ?? 0,
      firstTarget: first === NO_TARGETS ? Number.POSITIVE_INFINITY : first,
    };
  }

  /** Whether a known record keeps a target that the loss counts. */
  teaches(row: number, limit: Limit): boolean {
    return teachesWithin(this.lengthsOf(row), limit);
  }

  protected isKnown(row: number): boolean {
    return this.#lengths[row] !== UNKNOWN;
  }

  /** Whether one of `count` rows is not known. */
  protected anyUnknown(from: number, count: number): boolean {
    return this.#lengths.subarray(from, from + count).includes(UNKNOWN);
  }

  /** Resolves when the writes under way are done. */
  protected get stored(): Promise<void> {
    return this.#storing;
  }

  /** Takes in newly tokenised rows. */
  protected takeIn(rows: Uint32Array, tokens: TokenisedRecords): void {
    const { words, lengths, firstTargets, targets } = tokens;
    const piece = this.#pieces.push({ words, stored: null }) - 1;
    const marks = this.#ownMarks(tokens);
    this.#enter(piece, { rows, lengths, firstTargets, targets, marks });
    this.#loose.push({ piece, rows, tokens: { ...tokens, marks } });
    this.#looseWords += words.length;
    this.#heldWords += words.length;
    if (this.#looseWords >= (this.#places.segmentWords ?? SEGMENT_WORDS)) this.#store();
  }

  /** Marks with the reasons numbered as in this book. */
  #ownMarks({ marks, refusals }: Pick<TokenisedRecords, 'refusals'> & { marks: Uint32Array }) {
    const places = refusals.map((reason) => this.#refusals.place(reason));
    const below = 2 ** REFUSAL_SHIFT - 1;
    return Uint32Array.from(marks, (mark) => {
      const place = places[(mark >>> REFUSAL_SHIFT) - 1] ?? 0;
      return (mark & below) | (place << REFUSAL_SHIFT);
    });
  }

  /** Enters rows into the table; a row that is already known keeps its place. */
  #enter(piece: number, table: Omit<StoredSegment, 'words' | 'size' | 'refusals'>): void {
    const { rows, lengths, firstTargets, targets, marks } = table;
    let offset = 0;
    rows.forEach((row, i) => {
      const length = lengths[i] ?? 0;
      if (this.#lengths[row] === UNKNOWN) {
        this.#lengths[row] = length;
        this.#firstTargets[row] = firstTargets[i] ?? NO_TARGETS;
        this.#targets[row] = targets[i] ?? 0;
        this.#marks[row] = marks[i] ?? 0;
        this.#pieceOf[row] = piece;
        this.#offsets[row] = offset;
        this.#known += 1;
        if (length > 0) this.#accepted += 1;
      }
      offset += length;
    });
  }

  /** Writes all unstored rows as one segment; their words move into one array. */
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
      targets: join(({ tokens }) => tokens.targets),
      marks: join(({ tokens }) => tokens.marks),
      words,
      refusals: [...this.#refusals.list],
    };
    const { cache, memoryWords = MEMORY_WORDS } = this.#places;
    this.#storing = this.#storing
      // A full disk does not stop the run: the tokens stay in memory, and are made again next time.
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

  /** A known record, cut to the limit. @throws StudioError `file-missing`, `file-unreadable` */
  async cut(row: number, limit: Limit): Promise<CutRecord> {
    const whole = this.lengthOf(row);
    if (whole === undefined) throw new Error(`Row ${row} is not tokenised yet`);
    // Where the end goes, it need not be read.
    const read = limit.truncation === 'end' ? Math.min(whole, limit.maxLength) : whole;
    const begin = this.#offsets[row] ?? 0;
    const words = await this.#wordsOf(this.#pieceOf[row] ?? 0, begin, begin + read);
    const cuts = cutsOf(
      Uint8Array.from(words, (word) => word >>> 31),
      limit,
    );
    const left = withoutCuts(Uint32Array.from(words), cuts);
    return {
      ids: left.map((word) => (word & ~TARGET_BIT) >>> 0),
      labels: Int32Array.from(left, (word) =>
        word >= TARGET_BIT ? (word & ~TARGET_BIT) >>> 0 : NO_TARGET,
      ),
    };
  }

  /** Words of a piece: from memory, or from its file, which is loaded whole into memory while there is room. */
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
