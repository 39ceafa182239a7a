/** A file of JSON lines with an index, so that one short read fetches any page of a million rows. */
import { readWhole, writeFile } from './file-store.ts';
import type { FileSeal } from '../../formats/files/sealer.ts';
import type { FileStore, FileWriter } from './file-store.ts';

/** Rows per entry of the index: finding a page of rows takes one seek and at most this many extra lines. */
const ROWS_PER_ENTRY = 64;
/** Rows read at a time when all rows are read. */
export const ROWS_AT_ONCE = ROWS_PER_ENTRY * 8;
const LINE_BREAK = 0x0a;
const BUFFER_BYTES = 2 ** 20;
/** Bytes read at a time when a whole file is searched. */
const READ_BYTES = 2 ** 19;
/** Bytes searched at a time: short texts are freed soon, long ones pile up until a full garbage collection. */
const PIECE_BYTES = 2 ** 15;

/** Writes lines one after the other; unwritten lines are held in one buffer. */
export class LineFileWriter {
  readonly #files: FileStore;
  readonly #writer: FileWriter;
  readonly #indexPath: string;
  readonly #encoder = new TextEncoder();
  readonly #buffer = new Uint8Array(BUFFER_BYTES);
  /** Offsets of every 64th row. */
  readonly #offsets: number[] = [];
  #used = 0;
  #written = 0;
  #count = 0;

  private constructor(files: FileStore, writer: FileWriter, indexPath: string) {
    this.#files = files;
    this.#writer = writer;
    this.#indexPath = indexPath;
  }

  static async create(files: FileStore, path: string, indexPath: string): Promise<LineFileWriter> {
    return new LineFileWriter(files, await files.create(path), indexPath);
  }

  get count(): number {
    return this.#count;
  }

  /** Appends one value as a line. @throws StudioError `storage-full`, `storage-failed` */
  add(value: object): Promise<void> {
    return this.addLine(`${JSON.stringify(value)}\n`);
  }

  /** The same of a line with its line break. */
  async addLine(text: string): Promise<void> {
    if (this.#count % ROWS_PER_ENTRY === 0) this.#offsets.push(this.#written + this.#used);
    this.#count += 1;
    // UTF-8 takes three bytes for a UTF-16 unit at most.
    if (text.length * 3 > BUFFER_BYTES - this.#used) await this.#flush();
    if (text.length * 3 > BUFFER_BYTES) {
      const bytes = this.#encoder.encode(text);
      await this.#writer.write(bytes);
      this.#written += bytes.byteLength;
    } else {
      this.#used += this.#encoder.encodeInto(text, this.#buffer.subarray(this.#used)).written;
    }
  }

  async #flush(): Promise<void> {
    if (this.#used === 0) return;
    await this.#writer.write(this.#buffer.subarray(0, this.#used));
    this.#written += this.#used;
    this.#used = 0;
  }

  /** Lines and index are on disk when this resolves. */
  async close(): Promise<FileSeal> {
    await this.#flush();
    const seal = await this.#writer.close();
    const index = new Float64Array([...this.#offsets, seal.bytes]);
    await writeFile(this.#files, this.#indexPath, [new Uint8Array(index.buffer)]);
    return seal;
  }

  abort(): Promise<void> {
    return this.#writer.abort();
  }
}

/** Reads the lines of such a file by row. */
export class LineFile {
  readonly #files: FileStore;
  readonly #path: string;
  readonly #index: Float64Array;
  readonly count: number;

  private constructor(files: FileStore, path: string, index: Float64Array, count: number) {
    this.#files = files;
    this.#path = path;
    this.#index = index;
    this.count = count;
  }

  /** @param count rows of the file. @throws StudioError `file-missing` */
  static async open(
    files: FileStore,
    path: string,
    indexPath: string,
    count: number,
  ): Promise<LineFile> {
    const bytes = await readWhole(files, indexPath);
    return new LineFile(files, path, new Float64Array(bytes.buffer), count);
  }

  /** Lines of rows [from, from + count), fewer at the end, without line breaks; views of one read. */
  async lines(from: number, count: number): Promise<Uint8Array[]> {
    const first = Math.min(Math.max(0, from), this.count);
    const last = Math.min(first + Math.max(0, count), this.count);
    if (first === last) return [];
    const entry = Math.floor(first / ROWS_PER_ENTRY);
    const endEntry = Math.ceil(last / ROWS_PER_ENTRY);
    const source = await this.#files.open(this.#path);
    const bytes = await source.read(this.#index[entry] ?? 0, this.#index[endEntry] ?? source.size);
    const lines: Uint8Array[] = [];
    let row = entry * ROWS_PER_ENTRY;
    for (let begin = 0; row < last; row += 1) {
      const end = bytes.indexOf(LINE_BREAK, begin);
      if (row >= first) lines.push(bytes.subarray(begin, end));
      begin = end + 1;
    }
    return lines;
  }

  /** Values of scattered rows in the order asked for; neighbouring rows are read together. */
  async at(rows: readonly number[]): Promise<{ readonly row: number; readonly value: unknown }[]> {
    const decoder = new TextDecoder();
    const found = new Map<number, unknown>();
    const wanted = [...new Set(rows)].sort((a, b) => a - b);
    for (let i = 0; i < wanted.length;) {
      const first = wanted[i] ?? 0;
      const end = (Math.floor(first / ROWS_PER_ENTRY) + 1) * ROWS_PER_ENTRY;
      const lines = await this.lines(first, end - first);
      for (; i < wanted.length && (wanted[i] ?? end) < end; i++) {
        const row = wanted[i] ?? 0;
        const line = lines[row - first];
        if (line) found.set(row, JSON.parse(decoder.decode(line)));
      }
    }
    return rows.flatMap((row) => (found.has(row) ? [{ row, value: found.get(row) }] : []));
  }

  /**
   * Rows that hold a text, ignoring case. The text is searched in whole pieces of the file; a line that
   * contains it is parsed to see whether the text is in one of its values.
   * @param matches whether a line, in lower case, is a match
   * @param onProgress gets the share of the file that was read; may throw to end the search
   */
  async find(
    text: string,
    matches: (line: string) => boolean,
    onProgress: (fraction: number) => void,
  ): Promise<Uint32Array<ArrayBuffer>> {
    const needle = JSON.stringify(text.toLowerCase()).slice(1, -1);
    const rows: number[] = [];
    let row = 0;
    let rest = '';
    for await (const piece of this.#texts(onProgress)) {
      const whole = rest + piece.toLowerCase();
      const end = whole.lastIndexOf('\n') + 1;
      let begin = 0;
      while (begin < end) {
        const hit = needle === '' ? begin : whole.indexOf(needle, begin);
        if (hit === -1 || hit >= end) break;
        // Count the lines that were passed over.
        for (let next = whole.indexOf('\n', begin); next < hit; next = whole.indexOf('\n', begin)) {
          begin = next + 1;
          row += 1;
        }
        const close = whole.indexOf('\n', begin);
        if (matches(whole.slice(begin, close))) rows.push(row);
        begin = close + 1;
        row += 1;
      }
      for (let next = whole.indexOf('\n', begin); next !== -1; next = whole.indexOf('\n', begin)) {
        begin = next + 1;
        row += 1;
      }
      rest = whole.slice(end);
    }
    return new Uint32Array(rows);
  }

  /** The whole file as text, a little at a time. @param onProgress gets the share that was read */
  async *#texts(onProgress: (fraction: number) => void): AsyncGenerator<string> {
    const source = await this.#files.open(this.#path);
    const decoder = new TextDecoder();
    for (let at = 0; at < source.size; at += READ_BYTES) {
      const bytes = await source.read(at, Math.min(at + READ_BYTES, source.size));
      for (let from = 0; from < bytes.byteLength; from += PIECE_BYTES) {
        yield decoder.decode(bytes.subarray(from, from + PIECE_BYTES), { stream: true });
      }
      onProgress(Math.min(1, (at + READ_BYTES) / source.size));
    }
  }
}
