/** Writes tables as CSV files, whole or in parts. The code that writes them is loaded when the first one is saved. */
const writer = () => import('../../formats/texts/csv.ts');

type Row = readonly (string | number | null)[];

/** @param rows the first is the header */
export async function csvFile(rows: readonly Row[]): Promise<Blob> {
  const { writeCsvRows } = await writer();
  // Without a byte order mark, spreadsheets take Chinese for another encoding.
  return new Blob([`\ufeff${writeCsvRows(rows)}`], { type: 'text/csv' });
}

/** More rows for a file that `csvFile` began. */
export async function csvRows(rows: readonly Row[]): Promise<Blob> {
  const { writeCsvRows } = await writer();
  return new Blob([writeCsvRows(rows)]);
}
