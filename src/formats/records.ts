import { StudioError } from '../errors.ts';
import { isJsonObject, lineAndColumn, parseScanned } from './json.ts';
import type { JsonValue } from './json.ts';
import { scanJsonValue, skipWhitespace } from './json-scan.ts';
import type { JsonFaultCode, JsonScanRules } from './json-scan.ts';
import { JsonValueSplitter } from './json-stream.ts';
import type { FoundValue } from './json-stream.ts';
import { CsvReader } from './record-csv.ts';
import { fingerprint } from './record-kind.ts';
import { readRecord, recognizeShape } from './record-shapes.ts';
import type { ShapeOptions } from './record-shapes.ts';
import { RecordFault } from './record-types.ts';
import type {
  ChatRecord,
  FieldMapping,
  ImportedRecord,
  ImportProblem,
  ProblemCode,
  RecordShape,
} from './record-types.ts';
import { decodeUtf8, joinBytes, LineSplitter, MAX_LINE_BYTES } from './text-lines.ts';
import type { RawLine } from './text-lines.ts';

export { guessKind, taskOf } from './record-kind.ts';
export type * from './record-types.ts';

/** Records seen so far, so that a repeated one is told from a new one, also across files. */
export type DuplicateIndex = Map<string, { readonly file: string; readonly line: number }>;

export interface ImportOptions {
  /** Name of the file; its ending tells CSV from JSON. */
  readonly fileName: string;
  /** How to read the rows; recognised for each row unless told. */
  readonly shape?: RecordShape | 'auto';
  /** Which field holds what; takes the place of a shape. */
  readonly mapping?: FieldMapping;
  /** Shared between the files of one data set. */
  readonly duplicates?: DuplicateIndex;
  /** Whether repeated records are listed and left out (the default) or kept, as evaluation sets want it. */
  readonly onDuplicate?: 'report' | 'keep';
}

/** What one stretch of the file gave. Good records are kept whatever is wrong with others. */
export interface ImportBatch {
  readonly records: readonly ImportedRecord[];
  readonly problems: readonly ImportProblem[];
  /** Bytes of the file consumed so far. */
  readonly bytesRead: number;
}

const RULES: JsonScanRules = { maxDepth: 64, prototypeKeys: 'refuse', duplicateKeys: 'refuse' };
const CODES: Readonly<Record<JsonFaultCode, ProblemCode>> = {
  'json-syntax': 'broken-json',
  'json-depth': 'too-deep',
  'json-prototype-key': 'prototype-key',
  'json-duplicate-key': 'duplicate-key',
};
const BATCH_SIZE = 500;
/** How much of the start is looked at to tell how the file is laid out. */
const PEEK_BYTES = 1_000_000;
const TOO_LONG = `it is longer than ${MAX_LINE_BYTES / 1_000_000} MB`;
const NOT_UTF8 = 'it is not valid UTF-8 text (the file may be in another encoding, such as GBK)';

/** A reader of one layout: takes chunks, gives found records and problems through the collector. */
interface LayoutReader {
  push(chunk: Uint8Array): Iterable<undefined>;
  end(): Iterable<undefined>;
}

/** Collects what the readers find until it is handed on. */
class Collector {
  readonly #options: ShapeOptions;
  readonly #file: string;
  readonly #seen: DuplicateIndex | undefined;
  #records: ImportedRecord[] = [];
  #problems: ImportProblem[] = [];

  constructor(options: ImportOptions) {
    const { shape = 'auto', mapping } = options;
    this.#options = mapping === undefined ? { shape } : { shape, mapping };
    this.#file = options.fileName;
    const fresh: DuplicateIndex = new Map();
    this.#seen = options.onDuplicate === 'keep' ? undefined : (options.duplicates ?? fresh);
  }

  get options(): ShapeOptions {
    return this.#options;
  }

  get isFull(): boolean {
    return this.#records.length + this.#problems.length >= BATCH_SIZE;
  }

  take(bytesRead: number): ImportBatch {
    const batch = { records: this.#records, problems: this.#problems, bytesRead };
    this.#records = [];
    this.#problems = [];
    return batch;
  }

  problem(code: ProblemCode, reason: string, line: number, column?: number): void {
    const place = column === undefined ? { line } : { line, column };
    this.#problems.push({ file: this.#file, ...place, code, reason });
  }

  fault({ code, message, fields }: RecordFault, line: number, column?: number): void {
    const place = column === undefined ? { line } : { line, column };
    const known = fields === undefined ? {} : { fields };
    this.#problems.push({ file: this.#file, ...place, code, reason: message, ...known });
  }

  value(value: JsonValue, line: number): void {
    try {
      const { shape, record } = readRecord(value, this.#options);
      const earlier = this.#repeats(record, line);
      if (earlier === undefined) {
        this.#records.push({ line, shape, record });
      } else {
        const where = earlier.file === this.#file ? '' : ` of ${earlier.file}`;
        this.problem('duplicate', `it repeats line ${earlier.line}${where}`, line);
      }
    } catch (fault) {
      if (!(fault instanceof RecordFault)) throw fault;
      this.fault(fault, line);
    }
  }

  /** Where the same record stood before; notes it where it is new. */
  #repeats(record: ChatRecord, line: number): { file: string; line: number } | undefined {
    if (this.#seen === undefined) return undefined;
    const key = fingerprint(record);
    const earlier = this.#seen.get(key);
    if (earlier === undefined) this.#seen.set(key, { file: this.#file, line });
    return earlier;
  }
}

/** One value a line; several on one line are told apart, a broken line costs only itself. */
class LinesReader implements LayoutReader {
  readonly #splitter = new LineSplitter();
  readonly #collector: Collector;

  constructor(collector: Collector) {
    this.#collector = collector;
  }

  *push(chunk: Uint8Array): Iterable<undefined> {
    for (const line of this.#splitter.push(chunk)) {
      this.#line(line);
      yield;
    }
  }

  *end(): Iterable<undefined> {
    for (const line of this.#splitter.end()) {
      this.#line(line);
      yield;
    }
  }

  #line({ number, bytes }: RawLine): void {
    const collector = this.#collector;
    if (bytes === undefined) {
      collector.problem('line-too-long', TOO_LONG, number);
      return;
    }
    const decoded = decodeUtf8(bytes);
    if (!decoded.ok) {
      collector.problem('invalid-utf8', NOT_UTF8, number, decoded.column);
      return;
    }
    const { text } = decoded;
    let at = skipWhitespace(text, text.startsWith('\ufeff') ? 1 : 0);
    while (at < text.length) {
      const scanned = scanJsonValue(text, at, RULES);
      if (!scanned.ok) {
        const { code, reason, position } = scanned;
        collector.problem(CODES[code], reason, number, position + 1);
        return;
      }
      collector.value(parseScanned(text.slice(at, scanned.end), 'refuse'), number);
      at = skipWhitespace(text, scanned.end);
    }
  }
}

/** The elements of one array, or values over several lines. */
class ValuesReader implements LayoutReader {
  readonly #splitter: JsonValueSplitter;
  readonly #collector: Collector;

  constructor(collector: Collector, inArray: boolean) {
    this.#collector = collector;
    this.#splitter = new JsonValueSplitter(inArray);
  }

  *push(chunk: Uint8Array): Iterable<undefined> {
    for (const found of this.#splitter.push(chunk)) {
      this.#found(found);
      yield;
    }
  }

  *end(): Iterable<undefined> {
    for (const found of this.#splitter.end()) {
      this.#found(found);
      yield;
    }
  }

  #found({ line, column, bytes }: FoundValue): void {
    const collector = this.#collector;
    if (bytes === undefined) {
      collector.problem('line-too-long', TOO_LONG, line, column);
      return;
    }
    const decoded = decodeUtf8(bytes);
    if (!decoded.ok) {
      collector.problem('invalid-utf8', NOT_UTF8, line);
      return;
    }
    const { text } = decoded;
    const scanned = scanJsonValue(text, 0, RULES);
    if (!scanned.ok || skipWhitespace(text, scanned.end) !== text.length) {
      const position = scanned.ok ? scanned.end : scanned.position;
      const place = lineAndColumn(text, position);
      const code = scanned.ok ? 'broken-json' : CODES[scanned.code];
      const reason = scanned.ok ? 'a comma is due here' : scanned.reason;
      const shift = place.line === 1 ? column - 1 : 0;
      collector.problem(code, reason, line + place.line - 1, place.column + shift);
      return;
    }
    const value = parseScanned(text, 'refuse');
    for (const item of unwrap(value, collector.options)) collector.value(item, line);
  }
}

/** The rows of an object such as {"data": […]}; anything else is itself. */
function unwrap(value: JsonValue, { mapping, shape }: ShapeOptions): readonly JsonValue[] {
  if (!isJsonObject(value) || mapping !== undefined || shape !== 'auto') return [value];
  if (recognizeShape(value) !== undefined) return [value];
  const lists = Object.values(value).filter((inner): inner is readonly JsonValue[] =>
    Array.isArray(inner),
  );
  const [only] = lists;
  return lists.length === 1 && only?.some(isJsonObject) === true ? only : [value];
}

class TableReader implements LayoutReader {
  readonly #splitter = new LineSplitter();
  readonly #rows: CsvReader;
  readonly #collector: Collector;

  constructor(collector: Collector) {
    this.#collector = collector;
    this.#rows = new CsvReader(collector.options);
  }

  *push(chunk: Uint8Array): Iterable<undefined> {
    for (const line of this.#splitter.push(chunk)) yield* this.#lines(line);
  }

  *end(): Iterable<undefined> {
    for (const line of this.#splitter.end()) yield* this.#lines(line);
    yield* this.#hand(this.#rows.end());
  }

  #lines(line: RawLine): Iterable<undefined> {
    return this.#hand(this.#rows.push(line));
  }

  *#hand(rows: ReturnType<CsvReader['push']>): Iterable<undefined> {
    for (const row of rows) {
      if ('row' in row) this.#collector.value(row.row, row.line);
      else this.#collector.fault(row.fault, row.line, row.column);
      yield;
    }
  }
}

function notText(fileName: string): StudioError {
  return new StudioError({
    code: 'import-not-text',
    message: `${fileName} is not a UTF-8 text file; it may be compressed, a spreadsheet, Parquet or UTF-16.`,
    remedy: 'Save the data as UTF-8 JSONL, JSON or CSV and import that.',
    data: { file: fileName },
  });
}

/** Chooses the reader from the file's name and its first bytes. */
function chooseReader(head: Uint8Array, fileName: string, collector: Collector): LayoutReader {
  if (head.subarray(0, 4096).includes(0)) throw notText(fileName);
  const name = fileName.toLowerCase();
  if (/\.(?:csv|tsv)$/.test(name)) return new TableReader(collector);
  // A cut character at the end of the head becomes U+FFFD here, which changes nothing that is looked at.
  const text = new TextDecoder().decode(head);
  const start = skipWhitespace(text, 0);
  const lineEnd = text.indexOf('\n', start);
  const first = scanJsonValue(text, start, RULES);
  const oneLine = first.ok && (lineEnd === -1 || first.end <= lineEnd);
  if (text[start] === '[') {
    const isLine = /\.(?:jsonl|ndjson)$/.test(name) && oneLine && lineEnd !== -1;
    return isLine ? new LinesReader(collector) : new ValuesReader(collector, true);
  }
  // A pretty-printed object opens with a brace and goes on in the next line.
  const pretty = lineEnd !== -1 && /^\{\s*$/.test(text.slice(start, lineEnd));
  const wrapped = name.endsWith('.json') && !oneLine;
  return pretty || wrapped ? new ValuesReader(collector, false) : new LinesReader(collector);
}

/**
 * Reads training or evaluation records from a file that arrives in chunks: JSONL, a JSON array, or CSV
 * with a header row. A bad line never stops the import: it is listed with its place and reason, and the
 * others are kept. Memory is bounded by the longest line (16 MB) plus the index of what was seen.
 * @throws StudioError `import-not-text`, `import-columns` (CSV whose columns need a mapping),
 *   `import-csv-quote`.
 */
export async function* importRecords(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  options: ImportOptions,
): AsyncGenerator<ImportBatch, void, undefined> {
  const collector = new Collector(options);
  let reader: LayoutReader | undefined;
  let held: Uint8Array[] = [];
  let bytesRead = 0;
  for await (const chunk of chunks) {
    bytesRead += chunk.length;
    let input = chunk;
    if (reader === undefined) {
      held.push(chunk.slice());
      const head = joinBytes(held);
      if (head.length < PEEK_BYTES && !hasWholeLine(head)) continue;
      held = [];
      reader = chooseReader(head, options.fileName, collector);
      input = head;
    }
    for (const _ of reader.push(input)) if (collector.isFull) yield collector.take(bytesRead);
    yield collector.take(bytesRead);
  }
  const rest = joinBytes(held);
  reader ??= chooseReader(rest, options.fileName, collector);
  for (const _ of reader.push(rest)) if (collector.isFull) yield collector.take(bytesRead);
  for (const _ of reader.end()) if (collector.isFull) yield collector.take(bytesRead);
  yield collector.take(bytesRead);
}

/** Whether a line that is not blank is complete in these bytes. */
function hasWholeLine(head: Uint8Array): boolean {
  const start = head.findIndex((byte) => byte > 0x20);
  return start !== -1 && head.includes(10, start);
}
