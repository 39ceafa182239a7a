/** The numbers behind a figure as a CSV file. */
import { writeCsv } from '../formats/csv.ts';

/** @param rows the first is the header */
export function figureCsv(rows: readonly (readonly (string | number)[])[]): Blob {
  const [header = [], ...body] = rows;
  // A byte order mark, without which spreadsheets take Chinese for another encoding.
  const text = `\ufeff${writeCsv(header.map(String), body)}`;
  return new Blob([text], { type: 'text/csv' });
}
