/** The records of a run by data set and row, as a bundle takes them: nothing is read before it is asked for. */
import type { RecordsToHandOff } from '../../archive/hand-off/record-file.ts';
import type { Limit } from '../../text/labels/truncation.ts';
import type { TokenBook } from '../tokens/token-book.ts';

interface Place {
  readonly dataSet: number;
  readonly row: number;
  readonly task: number;
}

/** @param books with every record known */
export function recordsBySet(
  books: readonly TokenBook[],
  places: readonly Place[],
  limit: Limit,
): RecordsToHandOff[] {
  const tasks = books.map(({ summary }) => new Uint32Array(summary.records));
  for (const { dataSet, row, task } of places) {
    const own = tasks[dataSet];
    if (own) own[row] = task;
  }
  return books.map((book, dataSet) => ({
    lengths: Uint32Array.from({ length: book.summary.records }, (_, row) =>
      book.teaches(row, limit) ? Math.min(book.lengthOf(row) ?? 0, limit.maxLength) : 0,
    ),
    tasks: tasks[dataSet] ?? new Uint32Array(),
    read: (rows) => Promise.all(rows.map((row) => book.cut(row, limit))),
  }));
}
