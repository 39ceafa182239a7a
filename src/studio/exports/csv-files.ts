/** Tables as CSV files, whole or in parts. */
import { writeCsv } from '../../formats/texts/csv.ts';

type Row = readonly (string | number | null)[];

/** @param rows the first is the header */
export function csvFile(rows: readonly Row[]): Blob {
  const [header = [], ...body] = rows;
  // A byte order mark, without which spreadsheets take Chinese for another encoding.
  const text = `\ufeff${writeCsv(header.map(String), body)}`;
  return new Blob([text], { type: 'text/csv' });
}

/** More rows for a file that `csvFile` began. */
export function csvRows(rows: readonly Row[]): Blob {
  const [, ...lines] = writeCsv([], rows).split('\r\n');
  return new Blob([lines.join('\r\n')]);
}
