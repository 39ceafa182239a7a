/** Rows of a CSV file, line by line. */
import Papa from 'papaparse';
import { StudioError } from '../errors.ts';
import type { JsonObject } from './json.ts';
import { fieldsOf } from './record-mapping.ts';
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

interface Parsed {
  readonly data: readonly (readonly string[])[];
  readonly errors: readonly { row?: number; message: string; code: string }[];
}

function isTable(value: unknown): value is Parsed {
  return typeof value === 'object' && value !== null && 'data' in value && 'errors' in value;
}

const linesIn = (cells: readonly string[]): number =>
  1 + cells.reduce((sum, cell) => sum + cell.split('\n').length - 1, 0);

/**
 * Reads a CSV whose first row names the columns. Lines are collected until they complete rows, so quoted
 * fields may span lines and memory stays bounded by the longest row. A row that comes out wrong although
 * it spans lines, or a quote that is never closed, costs its first line: the lines behind it that are whole
 * rows by themselves are kept.
 */
export class CsvReader {
  readonly #options: ShapeOptions;
  readonly #check: boolean;
  #header: readonly string[] | undefined;
  #parser: Papa.Parser | undefined;
  #pending: Pending[] = [];
  #length = 0;
  /** Length at which parsing is tried again: doubling keeps a long quoted field from costing n². */
  #tryAt = 0;
  /** Characters that may still be read a second time. */
  #budget = MAX_LINE_BYTES / 2;

  /** @param check whether columns that no shape and no mapping knows are refused */
  constructor(options: ShapeOptions, check: boolean) {
    this.#options = options;
    this.#check = check;
  }

  /** Rows completed by one more line. @throws StudioError `import-columns`. */
  *push(line: RawLine): Generator<CsvRow, void, undefined> {
    if (line.bytes === undefined) {
      const megabytes = MAX_LINE_BYTES / 1_000_000;
      const reason = `it is longer than ${megabytes} MB`;
      const fault = new RecordFault('line-too-long', reason, { megabytes });
      yield { line: line.number, fault };
      return;
    }
    const decoded = decodeUtf8(line.bytes);
    if (!decoded.ok) {
      const fault = new RecordFault(
        'invalid-utf8',
        'it is not valid UTF-8 text (the file may be in another encoding, such as GBK)',
      );
      yield { line: line.number, column: decoded.column, fault };
    }
    let text = decoded.ok ? decoded.text : new TextDecoder().decode(line.bytes);
    if (line.number === 1) text = text.replace(/^\ufeff/, '');
    if (this.#header === undefined && text.trim() === '') return;
    this.#parser ??= new Papa.Parser({ delimiter: guessDelimiter(text), newline: '\n' });
    this.#pending.push({ number: line.number, text, broken: !decoded.ok });
    this.#length += text.length + 1;
    if (this.#length >= this.#tryAt) yield* this.#parse(false);
  }

  /** What is left at the end of the file. */
  *end(): Generator<CsvRow, void, undefined> {
    yield* this.#parse(true);
  }

  #parsed(text: string): Parsed {
    const result: unknown = this.#parser?.parse(text, 0, true);
    return isTable(result) ? result : { data: [], errors: [] };
  }

  *#parse(last: boolean): Generator<CsvRow, void, undefined> {
    for (let again = true; again && this.#pending.length > 0;) {
      again = yield* this.#parsePending();
      const [first, ...rest] = this.#pending;
      if (again || !first || !(last || this.#length > MAX_LINE_BYTES)) continue;
      // The quote that opens in the first pending line is never closed.
      if (this.#header === undefined) {
        const [cells = []] = this.#parsed(`${first.text.replaceAll('"', '')}\n`).data;
        this.#header = this.#checkHeader(cells);
      }
      const fault = new RecordFault('unclosed-quote', 'a quote opens here and is never closed');
      yield { line: first.number, column: first.text.lastIndexOf('"') + 1, fault };
      again = yield* this.#giveUp(rest, fault, []);
    }
    this.#tryAt = this.#length * 2;
  }

  /** Rows of the pending lines; true where they have to be parsed once more, from behind a broken row. */
  *#parsePending(): Generator<CsvRow, boolean, undefined> {
    const lines = this.#pending;
    const { data, errors } = this.#parsed(lines.map((line) => `${line.text}\n`).join(''));
    const malformed = new Set(errors.map(({ row }) => row));
    let first = 0;
    for (const [index, cells] of data.entries()) {
      const span = lines.slice(first, first + linesIn(cells));
      first += span.length;
      const line = span[0]?.number ?? 1;
      if (this.#header === undefined) {
        this.#header = this.#checkHeader(cells);
        continue;
      }
      if (cells.length === 1 && cells[0]?.trim() === '') continue;
      // A row with broken bytes is listed already, by its line.
      if (span.some(({ broken }) => broken)) continue;
      const fault = this.#faultOf(cells, malformed.has(index));
      if (fault === null) {
        yield { line, row: this.#named(cells) };
        continue;
      }
      yield { line, fault };
      if (span.length === 1) continue;
      return yield* this.#giveUp(span.slice(1), fault, lines.slice(first));
    }
    this.#keep(lines.slice(first));
    return false;
  }

  #keep(lines: Pending[]): void {
    this.#pending = lines;
    this.#length = lines.reduce((sum, { text }) => sum + text.length + 1, 0);
  }

  /**
   * The lines behind the first one of a broken row: they are read again. A file that is nothing but
   * broken quotes would cost n² that way; beyond the budget only lines that are rows by themselves are taken.
   */
  *#giveUp(
    span: readonly Pending[],
    fault: RecordFault,
    after: readonly Pending[],
  ): Generator<CsvRow, boolean, undefined> {
    this.#keep([...span, ...after]);
    this.#budget -= this.#length;
    if (this.#budget > 0) return true;
    for (const { number, text, broken } of span) {
      if (broken || text.trim() === '') continue;
      const { data, errors } = this.#parsed(`${text}\n`);
      const [cells] = data;
      const even = text.split('"').length % 2 === 1;
      const whole = even && cells !== undefined && data.length === 1 && errors.length === 0;
      const own = whole ? this.#faultOf(cells, false) : fault;
      if (whole && own === null) yield { line: number, row: this.#named(cells) };
      else if (own) yield { line: number, fault: own };
    }
    this.#keep([...after]);
    return after.length > 0;
  }

  #named(cells: readonly string[]): JsonObject {
    return Object.fromEntries((this.#header ?? []).map((name, i) => [name, cells[i] ?? '']));
  }

  #faultOf(cells: readonly string[], malformed: boolean): RecordFault | null {
    if (malformed) {
      return new RecordFault('broken-csv', 'a quoted field is malformed', { detail: 'quote' });
    }
    const due = this.#header?.length ?? 0;
    const found = cells.length;
    if (found === due) return null;
    const reason = `the row has ${found} fields where the header has ${due}`;
    return new RecordFault('broken-csv', reason, { detail: 'width', found, due });
  }

  #checkHeader(cells: readonly string[]): readonly string[] {
    const header = cells.map((cell) => cell.trim());
    const { mapping, shape } = this.#options;
    const missing =
      mapping === undefined ? [] : fieldsOf(mapping).filter((name) => !header.includes(name));
    const row = Object.fromEntries(header.map((name) => [name, '']));
    const auto = this.#check && mapping === undefined && shape === 'auto';
    const unknown = auto && recognizeShape(row) === undefined;
    const poisoned = header.includes('__proto__') || header.includes('constructor');
    const repeated = new Set(header).size !== header.length;
    if (!unknown && !poisoned && !repeated && missing.length === 0) return header;
    let what = 'do not say which is the question and which the answer';
    let why = 'unknown';
    if (poisoned) {
      what = 'hold a name that is not allowed (__proto__ or constructor)';
      why = 'not-allowed';
    } else if (repeated) {
      what = 'hold the same name twice';
      why = 'repeated';
    } else if (missing.length > 0) {
      what = `lack ${missing.join(' and ')}`;
      why = 'missing';
    }
    throw new StudioError({
      code: 'import-columns',
      message: `The columns of this file (${header.join(', ').slice(0, 200)}) ${what}.`,
      kept: 'Data sets imported before.',
      remedy: 'Say which column holds what, or rename the columns in the file.',
      data: { columns: header.slice(0, 100), why, missing },
    });
  }
}
