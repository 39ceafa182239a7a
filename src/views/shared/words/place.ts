/** Names the place of a record in its file: its line, and its row in a table where that is another number. */
import { inLanguages } from '../../../studio/language.ts';
import type { FilePlace } from '../../../contract/data.ts';
import { formatInteger } from '../format.ts';

const words = inLanguages({
  en: {
    line: (line: string) => `line ${line}`,
    both: (row: string, line: string) => `row ${row}, line ${line}`,
  },
  zh: {
    line: (line) => `第 ${line} 行`,
    both: (row, line) => `表格第 ${row} 行（文件第 ${line} 行）`,
  },
});

/** "line 42", or "row 11, line 42". */
export function placeWords({ line, row }: FilePlace): string {
  const at = formatInteger(line);
  return row === undefined ? words().line(at) : words().both(formatInteger(row), at);
}
