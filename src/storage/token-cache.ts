/** Stores the tokens of data sets, in segments. */
import type { FaultDescription } from '../faults/catalogue.ts';
import type { ByteSource } from '../formats/files/byte-source.ts';
import type { FileStore } from './files/file-store.ts';
import { writeFile } from './files/file-store.ts';
import { dataLock, tokensLock } from './lock-names.ts';
import type { Locks, Release } from './locks.ts';

/** The word of a token: its id, with this bit where it is a target. Vocabularies end far below. */
export const TARGET_BIT = 0x80000000;
/** `firstTargets` of a record that has none. */
export const NO_TARGETS = 0xffffffff;

/** Facts about a record besides its tokens, as bits of its word in `marks`. */
export const RECORD_MARKS = { noEnd: 1, reasoningDropped: 2, otherPrompt: 4 } as const;
/** The bits above: the place of its reason in `refusals`, from 1; 0 where the record has tokens. */
export const REFUSAL_SHIFT = 8;

/**
 * Some records of a data set as tokens, in any order. Record `rows[i]` has `lengths[i]` words; the words of the
 * records follow each other in `words`.
 */
export interface TokenSegment {
  readonly rows: Uint32Array;
  readonly lengths: Uint32Array;
  /** Position of the first target that has a token before it, or NO_TARGETS. */
  readonly firstTargets: Uint32Array;
  /** How many tokens of each record are targets. */
  readonly targets: Uint32Array;
  /** RECORD_MARKS, and the reason why template or tokenizer refused a record. */
  readonly marks: Uint32Array;
  readonly words: Uint32Array;
  /** Reasons, each with the line of the first record that had it. */
  readonly refusals: readonly Refusal[];
}

/** Why template or tokenizer refused a record. */
export type Refusal = FaultDescription;

/** A stored segment: its table is in memory, its words are read on request. */
export interface StoredSegment extends Omit<TokenSegment, 'words'> {
  /** Total number of words. */
  readonly size: number;
  /** Words [begin, end) of the segment. */
  words(begin: number, end: number): Promise<Uint32Array<ArrayBuffer>>;
}

const MAGIC = 0x344b5453;
const HEAD_WORDS = 4;
/** Tables of one word for each record: rows, lengths, first targets, targets, marks. */
const TABLES = 5;
/** Tokenisations of a data set (by tokenizer, template, labels) that are kept; one more removes all that are not in use. */
const KEPT_TOKENISATIONS = 8;

const folderOf = (dataSetId: string, key: string): string => `tokens/${dataSetId}/${key}`;

/**
 * Tokens of data sets, so that a record is tokenised once for a tokenizer, template and label scheme. They are
 * kept in segments under names that never repeat: work from before a reload stays, and two tabs that do the
 * same work store it twice, which does no harm.
 */
export class TokenCache {
  readonly #files: FileStore;
  readonly #locks: Locks;
  /** Folders that this session uses, locked as shared with other tabs: somebody may still read from them. */
  readonly #used = new Map<string, Promise<Release | null>>();

  readonly #exists: (dataSetId: string) => Promise<boolean>;

  /** @param exists whether a data set is still in the studio */
  constructor(files: FileStore, locks: Locks, exists: (dataSetId: string) => Promise<boolean>) {
    this.#files = files;
    this.#locks = locks;
    this.#exists = exists;
  }

  async #use(folder: string): Promise<void> {
    const known = this.#used.get(folder);
    const taken = known ?? this.#locks.take(tokensLock(folder), 'shared');
    this.#used.set(folder, taken);
    // Another tab is removing the folder: the next use tries again.
    if (!(await taken)) this.#used.delete(folder);
  }

  /** All whole segments; broken ones are ignored. @param records number of records of the data set */
  async segments(dataSetId: string, key: string, records: number): Promise<StoredSegment[]> {
    const folder = folderOf(dataSetId, key);
    await this.#use(folder);
    const found: StoredSegment[] = [];
    for (const name of await this.#files.list(folder)) {
      const segment = await this.#open(`${folder}/${name}`, records);
      if (segment) found.push(segment);
    }
    return found;
  }

  async #open(path: string, records: number): Promise<StoredSegment | null> {
    const source = await this.#files.open(path);
    const layout = await layoutOf(source);
    if (!layout) return null;
    const { count, words, wordsAt, textAt } = layout;
    const table = new Uint32Array((await source.read(HEAD_WORDS * 4, wordsAt)).buffer);
    const rows = table.subarray(0, count);
    const lengths = table.subarray(count, 2 * count);
    const total = lengths.reduce((sum, length) => sum + length, 0);
    if (total !== words || rows.some((row) => row >= records)) return null;
    const text = new TextDecoder().decode(await source.read(textAt, source.size));
    return {
      rows,
      lengths,
      firstTargets: table.subarray(2 * count, 3 * count),
      targets: table.subarray(3 * count, 4 * count),
      marks: table.subarray(4 * count),
      size: words,
      refusals: JSON.parse(text) as Refusal[],
      words: async (begin, end) =>
        new Uint32Array((await source.read(wordsAt + 4 * begin, wordsAt + 4 * end)).buffer),
    };
  }

  /**
   * Stores a segment; it can be read when this resolves. Null where its data set was removed meanwhile.
   * @throws StudioError `storage-full`, …
   */
  async add(dataSetId: string, key: string, segment: TokenSegment): Promise<StoredSegment | null> {
    // The segment may be written after everybody who asked for it is gone.
    const release = await this.#locks.take(dataLock(dataSetId), 'shared');
    if (!release) return null;
    try {
      return (await this.#exists(dataSetId)) ? await this.#write(dataSetId, key, segment) : null;
    } finally {
      release();
    }
  }

  async #write(
    dataSetId: string,
    key: string,
    segment: TokenSegment,
  ): Promise<StoredSegment | null> {
    const { rows, lengths, firstTargets, targets, marks, words, refusals } = segment;
    const text = new TextEncoder().encode(JSON.stringify(refusals));
    const head = new Uint32Array([MAGIC, rows.length, words.length, text.byteLength]);
    const parts = [head, rows, lengths, firstTargets, targets, marks, words].map(
      ({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength),
    );
    await this.#use(folderOf(dataSetId, key));
    await this.#makeRoom(dataSetId, key);
    const path = `${folderOf(dataSetId, key)}/${crypto.randomUUID()}.bin`;
    await writeFile(this.#files, path, [...parts, text]);
    return this.#open(path, Number.POSITIVE_INFINITY);
  }

  async #makeRoom(dataSetId: string, key: string): Promise<void> {
    const kept = await this.#files.list(`tokens/${dataSetId}`);
    if (kept.length < KEPT_TOKENISATIONS || kept.includes(key)) return;
    for (const other of kept) {
      const folder = folderOf(dataSetId, other);
      if (this.#used.has(folder)) continue;
      const release = await this.#locks.take(tokensLock(folder), 'exclusive');
      if (!release) continue;
      try {
        await this.#files.remove(folder);
      } finally {
        release();
      }
    }
  }

  /** Removes the tokens of a data set. The caller holds it alone (lock-names.ts). */
  async remove(dataSetId: string): Promise<void> {
    for (const [folder, taken] of this.#used) {
      if (!folder.startsWith(folderOf(dataSetId, ''))) continue;
      this.#used.delete(folder);
      (await taken)?.();
    }
    await this.#files.remove(`tokens/${dataSetId}`);
  }

  /** Removes segments that a closed tab left half written. The caller holds the data set alone. */
  async removeBroken(dataSetId: string): Promise<void> {
    for (const key of await this.#files.list(`tokens/${dataSetId}`)) {
      const folder = folderOf(dataSetId, key);
      for (const name of await this.#files.list(folder)) {
        const path = `${folder}/${name}`;
        if (!(await layoutOf(await this.#files.open(path)))) await this.#files.remove(path);
      }
    }
  }
}

/** Where the parts of a segment lie; null unless the segment is whole. */
async function layoutOf(source: ByteSource): Promise<{
  readonly count: number;
  readonly words: number;
  readonly wordsAt: number;
  readonly textAt: number;
} | null> {
  if (source.size < HEAD_WORDS * 4) return null;
  const head = new Uint32Array((await source.read(0, HEAD_WORDS * 4)).buffer);
  const [magic, count = 0, words = 0, textBytes = 0] = head;
  const wordsAt = (HEAD_WORDS + TABLES * count) * 4;
  const textAt = wordsAt + 4 * words;
  if (magic !== MAGIC || source.size !== textAt + textBytes) return null;
  return { count, words, wordsAt, textAt };
}
