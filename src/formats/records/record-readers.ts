/** Reads each layout: values line by line, values anywhere in a JSON text, a table. */
import { rowFault, type RowFault } from '../../faults/row-fault.ts';
import { isJsonObject, lineAndColumn, parseScanned } from '../texts/json.ts';
import type { JsonValue } from '../texts/json.ts';
import { ROW_RULES, scanJsonValue, skipWhitespace, withoutBareWords } from '../texts/json-scan.ts';
import type { JsonScan } from '../texts/json-scan.ts';
import { JsonValueSplitter } from '../texts/json-stream.ts';
import type { FoundValue, RowPlace } from '../texts/json-stream.ts';
import { CsvReader } from './record-csv.ts';
import type { FilePlace } from './record-types.ts';
import { recognizeShape } from './record-shapes.ts';
import { groupIn, rowsOfColumns } from './row-layout.ts';
import type { FoundLayout, RecordLayout } from './row-layout.ts';
import { notDecoded } from '../texts/text-encoding.ts';
import type { TextEncodingName } from '../texts/text-encoding.ts';
import { decodeUtf8, LineSplitter, MAX_LINE_BYTES } from '../texts/text-lines.ts';
import type { RawLine } from '../texts/text-lines.ts';

/** Where the text of a fault begins, or the fault itself: its column, from 1. */
export interface FaultPlace extends FilePlace {
  readonly column?: number;
}

/** Takes everything that a reader finds. */
export interface RowSink {
  /** @param size UTF-16 units of its text @param words words such as NaN that were read as null */
  row(value: JsonValue, place: FilePlace, size: number, words: number): void;
  fault(fault: RowFault, place: FaultPlace): void;
  /** A value beside the rows, in an object around them. */
  beside(key: string, value: JsonValue, line: number): void;
  /** The names of a table's columns. */
  columns(names: readonly string[]): void;
}

/** A reader of one layout: takes chunks; what it finds goes to its sink. */
export interface LayoutReader {
  push(chunk: Uint8Array): Iterable<undefined>;
  end(): Iterable<undefined>;
}

/** Places in a broken line that are tried as the beginning of the next object. */
const MAX_RESTARTS = 64;

const megabytes = MAX_LINE_BYTES / 1_000_000;
function scanFault({ flaw }: Extract<JsonScan, { ok: false }>): RowFault {
  switch (flaw.code) {
    case 'json-syntax': {
      const { reason: detail, close } = flaw;
      return rowFault('broken-json', { detail, ...(close !== undefined && { close }) });
    }
    case 'json-depth':
      return rowFault('too-deep', { levels: flaw.levels });
    case 'json-prototype-key':
      return rowFault('prototype-key', { key: flaw.key });
    case 'json-duplicate-key':
      return rowFault('duplicate-key', { key: flaw.key });
  }
}

/** Reads one value a line, or several that follow each other on it. A broken line costs only itself. */
class LinesReader implements LayoutReader {
  readonly #splitter = new LineSplitter();
  readonly #sink: RowSink;
  readonly #encoding: TextEncodingName;
  /** Fields of the first row: a value after broken text that has none of them is no row. */
  #fields: readonly string[] = [];

  constructor(sink: RowSink, encoding: TextEncodingName) {
    this.#sink = sink;
    this.#encoding = encoding;
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
      sink.fault(rowFault('line-too-long', { megabytes }), { line: number });
      return;
    }
    const decoded = decodeUtf8(bytes);
    if (!decoded.ok) {
      sink.fault(notDecoded(this.#encoding), { line: number, column: decoded.column });
      return;
    }
    const { text } = decoded;
    const marked = text.startsWith('\ufeff');
    if (marked) sink.fault(rowFault('bom'), { line: number, column: 1 });
    let at = skipWhitespace(text, marked ? 1 : 0);
    while (at < text.length) {
      const scanned = scanJsonValue(text, at, ROW_RULES);
      if (scanned.ok) {
        const value = parsed(text, at, scanned);
        if (this.#fields.length === 0 && isJsonObject(value)) this.#fields = Object.keys(value);
        const words = scanned.words.length;
        handRow(sink, text.slice(at, scanned.end), { value, line: number, words });
        at = skipWhitespace(text, scanned.end);
        continue;
      }
      sink.fault(scanFault(scanned), { line: number, column: scanned.position + 1 });
      at = this.#restart(text, scanned.position);
    }
  }

  /** Where the next record begins after a fault, when several objects share a line. */
  #restart(text: string, position: number): number {
    const next = /\}\s*\{/g;
    next.lastIndex = Math.max(0, position - 1);
    for (let tries = 0; tries < MAX_RESTARTS && next.test(text); tries++) {
      const at = next.lastIndex - 1;
      const scanned = scanJsonValue(text, at, ROW_RULES);
      if (scanned.ok && this.#isLikely(parsed(text, at, scanned))) return at;
      next.lastIndex = at;
    }
    return text.length;
  }

  /** Whether a value after broken text is a row of this file, rather than a part of the broken row. */
  #isLikely(value: JsonValue): boolean {
    if (!isJsonObject(value)) return false;
    const shared = this.#fields.filter((name) => Object.hasOwn(value, name)).length;
    return recognizeShape(value) !== undefined || (shared > 0 && shared * 2 >= this.#fields.length);
  }
}

/** The value that was scanned in a text from `at` on. */
function parsed(
  text: string,
  at: number,
  { end, words }: Extract<JsonScan, { ok: true }>,
): JsonValue {
  return parseScanned(withoutBareWords(text.slice(at, end), words, at), 'refuse');
}

/** Hands on a value as a row, or the rows that lie in its groups, each with its line. */
function handRow(
  sink: RowSink,
  text: string,
  {
    value,
    line,
    words,
  }: { readonly value: JsonValue; readonly line: number; readonly words: number },
): void {
  // A text with bare words such as NaN is not searched for groups.
  const group = words === 0 ? groupIn(text, value) : undefined;
  if (group === undefined) {
    sink.row(value, { line }, text.length, words);
    return;
  }
  const size = Math.ceil(text.length / Math.max(1, group.rows.length));
  const [lineAt, lineBeside] = [lineCounter(text, line), lineCounter(text, line)];
  for (const { key, value: held, at } of group.beside) sink.beside(key, held, lineBeside(at));
  for (const row of group.rows) sink.row(row.value, { line: lineAt(row.at) }, size, 0);
}

/** Gives the physical line of a place; places are asked for in the order of the text. */
function lineCounter(text: string, first: number): (at: number) => number {
  let [counted, line] = [0, first];
  return (at) => {
    for (; counted < at; counted += 1) if (text[counted] === '\n') line += 1;
    return line;
  };
}

/** The rows of a JSON text, wherever they lie in it. */
class ValuesReader implements LayoutReader {
  readonly #splitter: JsonValueSplitter;
  readonly #sink: RowSink;
  readonly #encoding: TextEncodingName;
  readonly #layout: RecordLayout;

  constructor(sink: RowSink, encoding: TextEncodingName, layout: RecordLayout, place: RowPlace) {
    this.#sink = sink;
    this.#encoding = encoding;
    this.#layout = layout;
    this.#splitter = new JsonValueSplitter(place);
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
    const { unclosed } = this.#splitter;
    if (unclosed === undefined) return;
    const { line, column } = unclosed;
    this.#sink.fault(rowFault('broken-json', { detail: 'cut-off' }), { line, column });
  }

  #found({ line, column, bytes, key, beside }: FoundValue): void {
    const sink = this.#sink;
    if (bytes === undefined) {
      sink.fault(
        this.#layout === 'columns'
          ? rowFault('line-too-long', { megabytes, detail: 'columns' })
          : rowFault('line-too-long', { megabytes }),
        { line, column },
      );
      return;
    }
    const decoded = decodeUtf8(bytes);
    if (!decoded.ok) {
      const place = lineAndColumn(decoded.before, decoded.before.length);
      sink.fault(notDecoded(this.#encoding), placeAfter({ line, column }, place));
      return;
    }
    const { text } = decoded;
    const scanned = scanJsonValue(text, 0, ROW_RULES);
    if (!scanned.ok || skipWhitespace(text, scanned.end) !== text.length) {
      // A fault in an unfinished value is placed at its last character, not in the white space after it.
      const position = Math.min(scanned.ok ? scanned.end : scanned.position, text.trimEnd().length);
      const place = lineAndColumn(text, position);
      const fault = scanned.ok
        ? rowFault('broken-json', { detail: 'comma', close: '' })
        : scanFault(scanned);
      sink.fault(fault, placeAfter({ line, column }, place));
      return;
    }
    const value = parsed(text, 0, scanned);
    if (beside) sink.beside(key ?? '', value, line);
    else if (this.#layout === 'columns') {
      for (const row of rowsOfColumns(value)) sink.row(row, { line }, 0, 0);
    } else handRow(sink, text, { value, line, words: scanned.words.length });
  }
}

/** The place in a file of a place in a text that begins somewhere in it. */
function placeAfter(
  begin: Required<Pick<FaultPlace, 'line' | 'column'>>,
  { line, column }: ReturnType<typeof lineAndColumn>,
): FaultPlace {
  const shift = line === 1 ? begin.column - 1 : 0;
  return { line: begin.line + line - 1, column: column + shift };
}

class TableReader implements LayoutReader {
  readonly #splitter = new LineSplitter();
  readonly #rows: CsvReader;
  readonly #sink: RowSink;

  constructor(sink: RowSink, encoding: TextEncodingName) {
    this.#sink = sink;
    this.#rows = new CsvReader(encoding);
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
      if ('columns' in row) this.#sink.columns(row.columns);
      else if ('value' in row) this.#sink.row(row.value, row.place, row.size, 0);
      else {
        const { fault, place, column } = row;
        this.#sink.fault(fault, column === undefined ? place : { ...place, column });
      }
      yield;
    }
  }
}

/** Makes the reader for a layout: a JSON text or a table. */
export function layoutReader(
  { layout, place }: FoundLayout,
  encoding: TextEncodingName,
  sink: RowSink,
): LayoutReader {
  if (layout === 'table') return new TableReader(sink, encoding);
  if (layout === 'lines') return new LinesReader(sink, encoding);
  return new ValuesReader(sink, encoding, layout, place);
}
