/** Reads the rows of a CSV file, line by line. */
import { rowFault, type RowFault } from '../../faults/row-fault.ts';
import Papa from 'papaparse';
import type { Faults } from '../../faults/catalogue.ts';
import { fault, type StudioError } from '../../faults/fault.ts';
import type { JsonObject } from '../texts/json.ts';
import { notDecoded } from '../texts/text-encoding.ts';
import type { TextEncodingName } from '../texts/text-encoding.ts';
import { decodeUtf8, MAX_LINE_BYTES } from '../texts/text-lines.ts';
import type { RawLine } from '../texts/text-lines.ts';
import type { FilePlace } from './record-types.ts';

/** The names of the columns, a row with one value for each column, or the fault of a row. */
export type CsvRow =
  | { readonly columns: readonly string[] }
  | { readonly place: FilePlace; readonly value: JsonObject; readonly size: number }
  | { readonly place: FilePlace; readonly column?: number; readonly fault: RowFault };

interface Pending {
  readonly number: number;
  readonly text: string;
  /** Column of the first bytes that are no text. */
  readonly broken?: number;
  /** The row that the line belongs to, where the line is read again by itself. */
  readonly row?: number;
}

/** The line that tells Excel the delimiter. */
const DELIMITER_LINE = /^"?sep=(.)"?$/i;

/** Delimiter that the header line uses most, outside of quotes. */
function guessDelimiter(header: string): string {
  const plain = header.replace(/"[^"]*"/g, '');
  const candidates = [',', ';', '\t', '|'].map((mark) => ({
    mark,
    count: plain.split(mark).length,
  }));
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

const placeOf = (line: number, row: number): FilePlace => (line === row ? { line } : { line, row });

/**
 * Reads a CSV whose first row names the columns. Lines are collected until they complete rows, so quoted
 * fields may span lines and memory stays bounded by the longest row. Where a row that spans lines is wrong, or
 * a quote is never closed, only the first line is lost: later lines that are whole rows by themselves are
 * kept. Rows are counted as a spreadsheet shows them: with the header and blank rows, without the line that tells
 * the delimiter.
 */
export class CsvReader {
  readonly #encoding: TextEncodingName;
  #header: readonly string[] | undefined;
  #parser: Papa.Parser | undefined;
  #pending: Pending[] = [];
  #length = 0;
  /** Rows so far. */
  #rows = 0;
  /** Length at which parsing is tried again: doubling it keeps a long quoted field from costing n². */
  #tryAt = 0;
  /** Characters that may still be read a second time. */
  #budget = MAX_LINE_BYTES / 2;

  constructor(encoding: TextEncodingName) {
    this.#encoding = encoding;
  }

  /** Rows completed by one more line. @throws StudioError `import-columns`. */
  *push(line: RawLine): Generator<CsvRow, void, undefined> {
    if (line.bytes === undefined) {
      const megabytes = MAX_LINE_BYTES / 1_000_000;
      const fault = rowFault('line-too-long', { megabytes });
      yield { place: placeOf(line.number, this.#nextRow()), fault };
      return;
    }
    const decoded = decodeUtf8(line.bytes);
    if (!decoded.ok && this.#header === undefined && this.#pending.length === 0) {
      throw garbledHeader();
    }
    let text = decoded.ok ? decoded.text : new TextDecoder().decode(line.bytes);
    if (line.number === 1) text = text.replace(/^\ufeff/, '');
    if (this.#header === undefined && text.trim() === '') {
      this.#nextRow();
      return;
    }
    const [, told] = this.#parser ? [] : (DELIMITER_LINE.exec(text.trim()) ?? []);
    if (told !== undefined) {
      this.#parser = new Papa.Parser({ delimiter: told, newline: '\n' });
      return;
    }
    this.#parser ??= new Papa.Parser({ delimiter: guessDelimiter(text), newline: '\n' });
    const broken = decoded.ok ? {} : { broken: decoded.column };
    this.#pending.push({ number: line.number, text, ...broken });
    this.#length += text.length + 1;
    if (this.#length >= this.#tryAt) yield* this.#parse(false);
  }

  /** Rows left at the end of the file. */
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
        this.#header = namesOf(cells);
        yield { columns: this.#header };
      }
      const fault = rowFault('unclosed-quote');
      const row = first.row ?? this.#nextRow();
      const column = first.text.lastIndexOf('"') + 1;
      yield* this.#undecoded([first], row);
      yield { place: placeOf(first.number, row), column, fault };
      again = yield* this.#giveUp(rest, fault, []);
    }
    this.#tryAt = this.#length * 2;
  }

  /** Rows of the pending lines; true where the lines after a broken row have to be parsed again. */
  *#parsePending(): Generator<CsvRow, boolean, undefined> {
    const lines = this.#pending;
    const { data, errors } = this.#parsed(lines.map((line) => `${line.text}\n`).join(''));
    const malformed = new Set(errors.map(({ row }) => row));
    let first = 0;
    for (const [index, cells] of data.entries()) {
      const span = lines.slice(first, first + linesIn(cells));
      first += span.length;
      const row = span[0]?.row ?? this.#nextRow();
      const place = placeOf(span[0]?.number ?? 1, row);
      yield* this.#undecoded(span, row);
      if (this.#header === undefined) {
        const named = !isRow(cells);
        this.#header = named ? namesOf(cells) : cells.map((_cell, i) => placeName(i));
        yield { columns: this.#header };
        if (named) continue;
      }
      if (cells.length === 1 && cells[0]?.trim() === '') continue;
      if (span.some(({ broken }) => broken !== undefined)) continue;
      const fault = this.#faultOf(cells, malformed.has(index));
      if (fault === null) {
        yield { place, value: this.#named(cells), size: sizeOf(cells) };
        continue;
      }
      yield { place, fault };
      if (span.length === 1) continue;
      // A spreadsheet shows all of it as one row.
      const again = span.slice(1).map((line) => ({ ...line, row }));
      return yield* this.#giveUp(again, fault, lines.slice(first));
    }
    this.#keep(lines.slice(first));
    return false;
  }

  #nextRow(): number {
    this.#rows += 1;
    return this.#rows;
  }

  /** The faults of lines with bytes that are no text. */
  *#undecoded(lines: readonly Pending[], row: number): Generator<CsvRow, void, undefined> {
    for (const { number, broken: column } of lines) {
      if (column === undefined) continue;
      yield { place: placeOf(number, row), column, fault: notDecoded(this.#encoding) };
    }
  }

  #keep(lines: Pending[]): void {
    this.#pending = lines;
    this.#length = lines.reduce((sum, { text }) => sum + text.length + 1, 0);
  }

  /**
   * Reads the lines after the first line of a broken row again. A file of nothing but broken quotes would cost n²
   * that way, so beyond the budget only lines that are rows by themselves are taken.
   */
  *#giveUp(
    span: readonly Pending[],
    fault: RowFault,
    after: readonly Pending[],
  ): Generator<CsvRow, boolean, undefined> {
    this.#keep([...span, ...after]);
    this.#budget -= this.#length;
    if (this.#budget > 0) return true;
    for (const line of span) {
      const { number, text } = line;
      const row = line.row ?? this.#nextRow();
      yield* this.#undecoded([line], row);
      if (line.broken !== undefined || text.trim() === '') continue;
      const place = placeOf(number, row);
      const { data, errors } = this.#parsed(`${text}\n`);
      const [cells] = data;
      const even = text.split('"').length % 2 === 1;
      const whole = even && cells !== undefined && data.length === 1 && errors.length === 0;
      const own = whole ? this.#faultOf(cells, false) : fault;
      if (whole && own === null) yield { place, value: this.#named(cells), size: sizeOf(cells) };
      else if (own) yield { place, fault: own };
    }
    this.#keep([...after]);
    return after.length > 0;
  }

  #named(cells: readonly string[]): JsonObject {
    return Object.fromEntries((this.#header ?? []).map((name, i) => [name, cells[i] ?? '']));
  }

  #faultOf(cells: readonly string[], malformed: boolean): RowFault | null {
    if (malformed) return rowFault('broken-csv', { detail: 'quote' });
    const due = this.#header?.length ?? 0;
    const found = cells.length;
    return found === due ? null : rowFault('broken-csv', { detail: 'width', found, due });
  }
}

const sizeOf = (cells: readonly string[]): number =>
  cells.reduce((sum, cell) => sum + cell.length, 0);

const placeName = (place: number): string => `column ${place + 1}`;

/**
 * Whether the first row is data, as in MMLU's files: it holds a sentence and, beside it, the letter of an answer
 * or a number. Numbers that count up are names of columns, and so are several letters.
 */
function isRow(cells: readonly string[]): boolean {
  const texts = cells.map((cell) => cell.trim());
  if (!texts.some((text) => /[?？。]$/.test(text) || text.length > 120)) return false;
  const letters = texts.filter((text) => /^[A-H]$/.test(text)).length;
  const numbers = texts.filter((text) => /^\d+$/.test(text)).map(Number);
  const counts = numbers.length > 1 && numbers.every((n, i) => n === (numbers[0] ?? 0) + i);
  return letters === 1 || (numbers.length > 0 && !counts);
}

/** Names of columns as the header gives them; a column without a name is named by its place. */
function namesOf(cells: readonly string[]): readonly string[] {
  const header = cells.map((cell, i) => cell.trim() || placeName(i));
  const poisoned = header.includes('__proto__') || header.includes('constructor');
  if (poisoned) throw badColumns(header, 'not-allowed');
  if (new Set(header).size !== header.length) throw badColumns(header, 'repeated');
  return header;
}

/** @param missing columns that are needed and not there */
export function badColumns(
  header: readonly string[],
  why: Faults['import-columns']['why'],
  missing: readonly string[] = [],
): StudioError {
  return fault(
    'import-columns',
    { columns: header.slice(0, 100), why, missing },
    { kept: 'data-before' },
  );
}

function garbledHeader(): StudioError {
  return fault('import-encoding', {}, { kept: 'data-before' });
}
