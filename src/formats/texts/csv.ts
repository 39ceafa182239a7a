/** Reads and writes comma-separated tables. */
import Papa from 'papaparse';

/** A cell of a table; undefined and null give an empty cell. */
export type CsvCell = string | number | boolean | null | undefined;

/**
 * Matches beginnings that spreadsheet programs take for a formula and run, also with full-width signs. It skips
 * blanks, invisible characters and characters that may separate cells.
 */
const FORMULA_START = /^[\s\p{Cc}\p{Cf};,|]*[=+\-@＝＋－＠]|^[\t\r\n]/u;

/**
 * Rows of a table as CSV after RFC 4180: CRLF line ends, quotes doubled. Numbers are written in full precision
 * (they read back to the same bits); text that a spreadsheet would run as a formula has an apostrophe in front,
 * which keeps it text.
 */
export function writeCsvRows(rows: Iterable<readonly CsvCell[]>): string {
  const table = Array.from(rows, (row) => [...row]);
  if (table.length === 0) return '';
  return `${Papa.unparse(table, { newline: '\r\n', escapeFormulae: FORMULA_START })}\r\n`;
}

/** A table with its header as CSV. */
export function writeCsv(header: readonly string[], rows: Iterable<readonly CsvCell[]>): string {
  return writeCsvRows([header]) + writeCsvRows(rows);
}
