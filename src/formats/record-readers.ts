/** Layouts of a file of records: values line by line, values in a row or in one array, a table. */
import { isJsonObject, lineAndColumn, parseScanned } from './json.ts';
import type { JsonValue } from './json.ts';
import { scanJsonValue, skipWhitespace } from './json-scan.ts';
import type { JsonFaultCode, JsonScan, JsonScanRules } from './json-scan.ts';
import { JsonValueSplitter } from './json-stream.ts';
import type { FoundValue } from './json-stream.ts';
import { CsvReader } from './record-csv.ts';
import { recognizeShape } from './record-shapes.ts';
import type { ShapeOptions } from './record-shapes.ts';
import { RecordFault } from './record-types.ts';
import type { ProblemCode } from './record-types.ts';
import { decodeUtf8, LineSplitter, MAX_LINE_BYTES } from './text-lines.ts';
import type { RawLine } from './text-lines.ts';

/** How the records of a file lie in it. */
export type RecordLayout = 'lines' | 'values' | 'array' | 'table';

/** Takes what a reader finds. */
export interface RecordSink {
  readonly options: ShapeOptions;
  /** Whether a table whose columns are not recognised is refused. */
  readonly checkColumns: boolean;
  value(value: JsonValue, line: number): void;
  fault(fault: RecordFault, line: number, column?: number): void;
  /** Whether a value would be taken as a record; tells where to go on behind broken text. */
  wants(value: JsonValue): boolean;
}

/** A reader of one layout: takes chunks; what it finds goes to its sink. */
export interface LayoutReader {
  push(chunk: Uint8Array): Iterable<undefined>;
  end(): Iterable<undefined>;
}

const RULES: JsonScanRules = { maxDepth: 64, prototypeKeys: 'refuse', duplicateKeys: 'refuse' };
const CODES: Readonly<Record<JsonFaultCode, ProblemCode>> = {
  'json-syntax': 'broken-json',
  'json-depth': 'too-deep',
  'json-prototype-key': 'prototype-key',
  'json-duplicate-key': 'duplicate-key',
};
/** A first line this long is more likely many objects than one. */
const LONG_LINE = 500_000;
/** Places in a broken line at which the next object may begin that are looked at. */
const MAX_RESTARTS = 64;

const tooLong = (): RecordFault => {
  const megabytes = MAX_LINE_BYTES / 1_000_000;
  return new RecordFault('line-too-long', `it is longer than ${megabytes} MB`, { megabytes });
};
const notUtf8 = (): RecordFault =>
  new RecordFault(
    'invalid-utf8',
    'it is not valid UTF-8 text (the file may be in another encoding, such as GBK)',
  );
const scanFault = ({ code, reason, data }: Extract<JsonScan, { ok: false }>): RecordFault =>
  new RecordFault(CODES[code], reason, data);

/** What is said of a byte order mark; what follows it is read. */
export function bomFound(): RecordFault {
  return new RecordFault(
    'bom',
    'a byte order mark (BOM) stands here; it was skipped, and what follows it was read',
  );
}

/** One value a line; several on one line are told apart, a broken line costs only itself. */
class LinesReader implements LayoutReader {
  readonly #splitter = new LineSplitter();
  readonly #sink: RecordSink;

  constructor(sink: RecordSink) {
    this.#sink = sink;
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
    const sink = this.#sink;
    if (bytes === undefined) {
      sink.fault(tooLong(), number);
      return;
    }
    const decoded = decodeUtf8(bytes);
    if (!decoded.ok) {
      sink.fault(notUtf8(), number, decoded.column);
      return;
    }
    const { text } = decoded;
    const marked = text.startsWith('\ufeff');
    if (marked) sink.fault(bomFound(), number, 1);
    let at = skipWhitespace(text, marked ? 1 : 0);
    while (at < text.length) {
      const scanned = scanJsonValue(text, at, RULES);
      if (scanned.ok) {
        sink.value(parseScanned(text.slice(at, scanned.end), 'refuse'), number);
        at = skipWhitespace(text, scanned.end);
        continue;
      }
      sink.fault(scanFault(scanned), number, scanned.position + 1);
      at = this.#restart(text, scanned.position);
    }
  }

  /** Where the next record begins behind a fault, where objects follow each other on one line. */
  #restart(text: string, position: number): number {
    const next = /\}\s*\{/g;
    next.lastIndex = Math.max(0, position - 1);
    for (let tries = 0; tries < MAX_RESTARTS && next.test(text); tries++) {
      const at = next.lastIndex - 1;
      const scanned = scanJsonValue(text, at, RULES);
      if (scanned.ok) {
        const value = parseScanned(text.slice(at, scanned.end), 'refuse');
        if (this.#sink.wants(value)) return at;
      }
      next.lastIndex = at;
    }
    return text.length;
  }
}

/** The elements of one array, or values that follow each other however they are broken into lines. */
class ValuesReader implements LayoutReader {
  readonly #splitter: JsonValueSplitter;
  readonly #sink: RecordSink;

  constructor(sink: RecordSink, inArray: boolean) {
    this.#sink = sink;
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
    const sink = this.#sink;
    if (bytes === undefined) {
      sink.fault(tooLong(), line, column);
      return;
    }
    const decoded = decodeUtf8(bytes);
    if (!decoded.ok) {
      const place = lineAndColumn(decoded.before, decoded.before.length);
      const shift = place.line === 1 ? column - 1 : 0;
      sink.fault(notUtf8(), line + place.line - 1, place.column + shift);
      return;
    }
    const { text } = decoded;
    const scanned = scanJsonValue(text, 0, RULES);
    if (!scanned.ok || skipWhitespace(text, scanned.end) !== text.length) {
      // White space behind a value that breaks off belongs to nobody: the fault lies where it ends.
      const position = Math.min(scanned.ok ? scanned.end : scanned.position, text.trimEnd().length);
      const place = lineAndColumn(text, position);
      const shift = place.line === 1 ? column - 1 : 0;
      const fault = scanned.ok
        ? new RecordFault('broken-json', 'a comma is due here', { detail: 'comma', close: '' })
        : scanFault(scanned);
      sink.fault(fault, line + place.line - 1, place.column + shift);
      return;
    }
    const value = parseScanned(text, 'refuse');
    for (const item of unwrap(value, sink.options)) sink.value(item, line);
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
  readonly #sink: RecordSink;

  constructor(sink: RecordSink) {
    this.#sink = sink;
    this.#rows = new CsvReader(sink.options, sink.checkColumns);
  }

  *push(chunk: Uint8Array): Iterable<undefined> {
    for (const line of this.#splitter.push(chunk)) yield* this.#hand(this.#rows.push(line));
  }

  *end(): Iterable<undefined> {
    for (const line of this.#splitter.end()) yield* this.#hand(this.#rows.push(line));
    yield* this.#hand(this.#rows.end());
  }

  *#hand(rows: ReturnType<CsvReader['push']>): Iterable<undefined> {
    for (const row of rows) {
      if ('row' in row) this.#sink.value(row.row, row.line);
      else this.#sink.fault(row.fault, row.line, row.column);
      yield;
    }
  }
}

/** How a file is laid out, by its name and its first bytes. */
export function recordLayout(head: Uint8Array, fileName: string): RecordLayout {
  const name = fileName.toLowerCase();
  if (/\.(?:csv|tsv)$/.test(name)) return 'table';
  // A cut character at the end of the head becomes U+FFFD here, which changes nothing that is looked at.
  const text = new TextDecoder().decode(head);
  const start = skipWhitespace(text, 0);
  const lineEnd = text.indexOf('\n', start);
  const first = scanJsonValue(text, start, RULES);
  const oneLine = first.ok && (lineEnd === -1 || first.end <= lineEnd);
  if (text[start] === '[') {
    const isLine = /\.(?:jsonl|ndjson)$/.test(name) && oneLine && lineEnd !== -1;
    return isLine ? 'lines' : 'array';
  }
  // A pretty-printed object opens with a brace and goes on in the next line.
  const pretty = lineEnd !== -1 && /^\{\s*$/.test(text.slice(start, lineEnd));
  const wrapped = name.endsWith('.json') && !oneLine;
  // Objects one after the other without a line break may be one line of any length.
  const more = first.ok ? skipWhitespace(text, first.end) < text.length : head.length >= LONG_LINE;
  const joined = lineEnd === -1 && more;
  return pretty || wrapped || joined ? 'values' : 'lines';
}

export function layoutReader(layout: RecordLayout, sink: RecordSink): LayoutReader {
  if (layout === 'table') return new TableReader(sink);
  if (layout === 'lines') return new LinesReader(sink);
  return new ValuesReader(sink, layout === 'array');
}
