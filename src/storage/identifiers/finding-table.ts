/** The findings of a data set as a file of numbers: places only, no text, so that millions of them fit in memory. */
import type { FileStore, FileWriter } from '../files/file-store.ts';
import {
  CERTAINTIES,
  IDENTIFIER_KINDS,
  REASONS,
  type IdentifierFinding,
} from '../../text/identifiers/kinds.ts';

/** Row, start, length, what it is, and two halves of the hash of its form. */
const WORDS = 6;

const KIND_BITS = 5;
const CERTAINTY_BITS = 2;
const REASON_BITS = 3;
const CERTAINTY_AT = KIND_BITS;
const REASON_AT = CERTAINTY_AT + CERTAINTY_BITS;
const CHINESE_AT = REASON_AT + REASON_BITS;
const MESSAGE_AT = CHINESE_AT + 1;
const bits = (word: number, at: number, width: number): number =>
  (word >>> at) & ((1 << width) - 1);

/** A finding with the row and the message in which it stands. */
export interface PlacedFinding extends IdentifierFinding {
  readonly row: number;
  /** Messages first, then the allowed answers of a record. */
  readonly message: number;
  /** Its text is Chinese. */
  readonly chinese: boolean;
}

/** Two numbers that are the same for the same text of a kind, and differ for others but for one chance in 2^64. */
function formOf(kind: number, text: string): readonly [number, number] {
  let [low, high] = [0x811c9dc5 ^ kind, 0xcbf29ce4 ^ kind];
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    low = Math.imul(low ^ code, 0x01000193);
    high = Math.imul(high ^ code, 0x85ebca6b);
    high ^= high >>> 13;
  }
  return [low >>> 0, high >>> 0];
}

/** The findings of some records in a row as the table holds them, rows counted from the first of the records. */
export function packFindings(
  records: readonly (readonly string[])[],
  findIn: (texts: readonly string[]) => readonly (readonly IdentifierFinding[])[],
): Uint32Array<ArrayBuffer> {
  const words: number[] = [];
  for (const [row, texts] of records.entries()) {
    for (const [message, findings] of findIn(texts).entries()) {
      const text = texts[message] ?? '';
      for (const finding of findings) words.push(...packed(row, message, text, finding));
    }
  }
  return Uint32Array.from(words);
}

/** @param text the message in which it was found */
function packed(row: number, message: number, text: string, finding: IdentifierFinding): number[] {
  const { start, end, certainty, reason } = finding;
  const kind = IDENTIFIER_KINDS.indexOf(finding.kind);
  const chinese = /[\u4e00-\u9fff]/.test(text);
  const what =
    kind |
    (CERTAINTIES.indexOf(certainty) << CERTAINTY_AT) |
    (REASONS.indexOf(reason) << REASON_AT) |
    (Number(chinese) << CHINESE_AT) |
    (message << MESSAGE_AT);
  return [row, start, end - start, what >>> 0, ...formOf(kind, text.slice(start, end))];
}

/** Writes findings one batch of records after the other, in the order of the rows. */
export class FindingWriter {
  readonly #writer: FileWriter;
  #count = 0;
  #withAny = 0;

  private constructor(writer: FileWriter) {
    this.#writer = writer;
  }

  static async create(files: FileStore, path: string): Promise<FindingWriter> {
    return new FindingWriter(await files.create(path));
  }

  get count(): number {
    return this.#count;
  }

  /** Records with a finding. */
  get withAny(): number {
    return this.#withAny;
  }

  /**
   * @param words what packFindings gave; they are changed
   * @param first row of the batch's first record
   * @throws StudioError `storage-full`, `storage-failed`
   */
  async add(words: Uint32Array<ArrayBuffer>, first: number): Promise<void> {
    let last = -1;
    for (let at = 0; at < words.length; at += WORDS) {
      const row = first + (words[at] ?? 0);
      words[at] = row;
      if (row !== last) this.#withAny += 1;
      last = row;
    }
    this.#count += words.length / WORDS;
    if (words.length > 0) await this.#writer.write(new Uint8Array(words.buffer));
  }

  close(): Promise<unknown> {
    return this.#writer.close();
  }

  abort(): Promise<void> {
    return this.#writer.abort();
  }
}

/** Findings by their number, in the order of the rows. */
export class FindingTable {
  readonly #words: Uint32Array;
  readonly count: number;

  constructor(bytes: Uint8Array<ArrayBuffer>) {
    this.count = Math.floor(bytes.length / (WORDS * 4));
    this.#words = new Uint32Array(bytes.buffer, bytes.byteOffset, this.count * WORDS);
  }

  #word(at: number, word: number): number {
    return this.#words[at * WORDS + word] ?? 0;
  }

  row(at: number): number {
    return this.#word(at, 0);
  }

  /** Its kind and certainty, as numbers in their lists, and whether its text is Chinese. */
  sort(at: number): { kind: number; certainty: number; chinese: boolean } {
    const what = this.#word(at, 3);
    return {
      kind: bits(what, 0, KIND_BITS),
      certainty: bits(what, CERTAINTY_AT, CERTAINTY_BITS),
      chinese: bits(what, CHINESE_AT, 1) === 1,
    };
  }

  get(at: number): PlacedFinding {
    const what = this.#word(at, 3);
    const start = this.#word(at, 1);
    return {
      row: this.row(at),
      message: what >>> MESSAGE_AT,
      start,
      end: start + this.#word(at, 2),
      kind: IDENTIFIER_KINDS[bits(what, 0, KIND_BITS)] ?? 'NAME',
      certainty: CERTAINTIES[bits(what, CERTAINTY_AT, CERTAINTY_BITS)] ?? 'unsure',
      reason: REASONS[bits(what, REASON_AT, REASON_BITS)] ?? 'form',
      chinese: bits(what, CHINESE_AT, 1) === 1,
    };
  }

  /** All findings of the same kind and text, itself among them. */
  ofForm(at: number): Uint32Array<ArrayBuffer> {
    const [low, high] = [this.#word(at, 4), this.#word(at, 5)];
    const { kind } = this.sort(at);
    const same: number[] = [];
    for (let i = 0; i < this.count; i += 1) {
      if (this.#word(i, 4) === low && this.#word(i, 5) === high && this.sort(i).kind === kind)
        same.push(i);
    }
    return new Uint32Array(same);
  }

  /** The first finding of this row or of a later one. */
  from(row: number): number {
    let [low, high] = [0, this.count];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.row(middle) < row) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
