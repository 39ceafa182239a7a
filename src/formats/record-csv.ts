import Papa from 'papaparse';
import { StudioError } from '../errors.ts';
import type { JsonObject } from './json.ts';
import { recognizeShape } from './record-shapes.ts';
import type { ShapeOptions } from './record-shapes.ts';
import { RecordFault } from './record-types.ts';
import { decodeUtf8, MAX_LINE_BYTES } from './text-lines.ts';
import type { RawLine } from './text-lines.ts';

/** One row by column name, or what is wrong with it. */
export type CsvRow =
  | { readonly line: number; readonly row: JsonObject }
  | { readonly line: number; readonly column?: number; readonly fault: RecordFault };

interface Pending {
  readonly number: number;
  readonly text: string;
  readonly broken: boolean;
}

/** Delimiter that the header line uses most. */
function guessDelimiter(header: string): string {
  const candidates = [',', ';', '\t'].map((mark) => ({ mark, count: header.split(mark).length }));
  candidates.sort((a, b) => b.count - a.count);
  return candidates[0]?.mark ?? ',';
}

function isTable(value: unknown): value is {
  data: string[][];
  errors: { row?: number; message: string; code: string }[];
  meta: { cursor: number };
} {
  return typeof value === 'object' && value !== null && 'data' in value && 'errors' in value;
}

/**
 * Reads a CSV whose first row names the columns. Lines are collected until they complete rows, so quoted
 * fields may span lines and memory stays bounded by the longest row.
 */
export class CsvReader {
  readonly #options: ShapeOptions;
  #header: readonly string[] | undefined;
  #parser: Papa.Parser | undefined;
  #pending: Pending[] = [];
  #length = 0;
  /** Length at which parsing is tried again: doubling keeps a long quoted field from costing n². */
  #tryAt = 0;

  constructor(options: ShapeOptions) {
    this.#options = options;
  }

  /** Rows completed by one more line. @throws StudioError `import-columns`, `import-csv-quote`. */
  *push(line: RawLine): Generator<CsvRow, void, undefined> {
    if (line.bytes === undefined) {
      yield { line: line.number, fault: new RecordFault('line-too-long', 'the line is too long') };
      return;
    }
    const decoded = decodeUtf8(line.bytes);
    if (!decoded.ok) {
      const fault = new RecordFault('invalid-utf8', 'the line is not valid UTF-8 text');
      yield { line: line.number, column: decoded.column, fault };
    }
    let text = decoded.ok ? decoded.text : new TextDecoder().decode(line.bytes);
    if (line.number === 1) text = text.replace(/^\ufeff/, '');
    if (this.#header === undefined && text.trim() === '') return;
    this.#parser ??= new Papa.Parser({ delimiter: guessDelimiter(text), newline: '\n' });
    this.#pending.push({ number: line.number, text, broken: !decoded.ok });
    this.#length += text.length + 1;
    if (this.#length < this.#tryAt) return;
    yield* this.#parse(false);
    if (this.#length > MAX_LINE_BYTES) throw this.#unclosed();
  }

  /** What is left at the end of the file. @throws StudioError `import-csv-quote`. */
  *end(): Generator<CsvRow, void, undefined> {
    yield* this.#parse(true);
  }

  #unclosed(): StudioError {
    const line = this.#pending[0]?.number ?? 1;
    return new StudioError({
      code: 'import-csv-quote',
      message: `A quote that opens in the row at line ${line} is never closed; nothing after it could be read.`,
      kept: 'The rows before it were kept.',
      remedy: 'Close or double the quote in that row and import the file again.',
      data: { line },
    });
  }

  *#parse(last: boolean): Generator<CsvRow, void, undefined> {
    const lines = this.#pending;
    const text = lines.map((line) => `${line.text}\n`).join('');
    if (this.#parser === undefined || text === '') return;
    const result: unknown = this.#parser.parse(text, 0, true);
    if (!isTable(result)) return;
    let first = 0;
    let cursor = 0;
    const faults = new Map(result.errors.map(({ row, message }) => [row, message]));
    for (const [index, cells] of result.data.entries()) {
      const count = 1 + cells.reduce((sum, cell) => sum + cell.split('\n').length - 1, 0);
      const span = lines.slice(first, first + count);
      first += count;
      cursor += span.reduce((sum, line) => sum + line.text.length + 1, 0);
      yield* this.#row(span, cells, faults.get(index));
    }
    if (cursor < text.length && last) throw this.#unclosed();
    this.#pending = lines.slice(first);
    this.#length = text.length - cursor;
    this.#tryAt = this.#pending.length === 0 ? 0 : this.#length * 2;
  }

  *#row(
    span: readonly Pending[],
    cells: readonly string[],
    quoteFault: string | undefined,
  ): Generator<CsvRow, void, undefined> {
    const line = span[0]?.number ?? 1;
    if (this.#header === undefined) {
      this.#header = this.#checkHeader(cells);
      return;
    }
    if (cells.length === 1 && cells[0]?.trim() === '') return;
    // A row with broken bytes is listed already, by its line.
    if (span.some(({ broken }) => broken)) return;
    const due = this.#header.length;
    if (quoteFault !== undefined) {
      yield { line, fault: new RecordFault('broken-csv', 'a quoted field is malformed') };
    } else if (cells.length !== due) {
      const reason = `the row has ${cells.length} fields where the header has ${due}`;
      yield { line, fault: new RecordFault('broken-csv', reason) };
    } else {
      yield {
        line,
        row: Object.fromEntries(this.#header.map((name, i) => [name, cells[i] ?? ''])),
      };
    }
  }

  #checkHeader(cells: readonly string[]): readonly string[] {
    const header = cells.map((cell) => cell.trim());
    const { mapping, shape } = this.#options;
    const needed = mapping === undefined ? [] : [mapping.prompt, mapping.response];
    const missing = needed.filter((name) => !header.includes(name));
    const row = Object.fromEntries(header.map((name) => [name, '']));
    const unknown = mapping === undefined && shape === 'auto' && recognizeShape(row) === undefined;
    const poisoned = header.includes('__proto__') || header.includes('constructor');
    const repeated = new Set(header).size !== header.length;
    if (!unknown && !poisoned && !repeated && missing.length === 0) return header;
    let what = 'do not say which is the question and which the answer';
    if (poisoned) what = 'hold a name that is not allowed (__proto__ or constructor)';
    else if (repeated) what = 'hold the same name twice';
    else if (missing.length > 0) what = `lack ${missing.join(' and ')}`;
    throw new StudioError({
      code: 'import-columns',
      message: `The columns of this file (${header.join(', ').slice(0, 200)}) ${what}.`,
      remedy: 'Say which column holds what, or rename the columns in the file.',
      data: { columns: header.slice(0, 100) },
    });
  }
}
