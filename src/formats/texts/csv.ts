/** A cell of a table; undefined and null give an empty cell. */
export type CsvCell = string | number | boolean | null | undefined;

/**
 * Beginnings that spreadsheet programs take for a formula and run, full-width signs too; blanks, marks that
 * are not seen and what may separate cells are passed over.
 */
const FORMULA_START = /^[\s\p{Cc}\p{Cf};,|]*[=+\-@＝＋－＠]|^[\t\r\n]/u;
const NEEDS_QUOTES = /[",\r\n]/;

function writeCell(cell: CsvCell): string {
  if (cell === undefined || cell === null) return '';
  if (typeof cell !== 'string') return String(cell);
  // Text from files and models may be anything; an apostrophe in front keeps it text.
  const text = FORMULA_START.test(cell) ? `'${cell}` : cell;
  return NEEDS_QUOTES.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/**
 * A table as CSV after RFC 4180: CRLF line ends, quotes doubled. Numbers are written in full precision
 * (they read back to the same bits); text that a spreadsheet would run as a formula is defused.
 */
export function writeCsv(header: readonly string[], rows: Iterable<readonly CsvCell[]>): string {
  const lines = [header.map(writeCell).join(',')];
  for (const row of rows) lines.push(row.map(writeCell).join(','));
  return `${lines.join('\r\n')}\r\n`;
}
