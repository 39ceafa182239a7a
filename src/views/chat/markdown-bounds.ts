/**
 * Decides which texts the Markdown library can be given. Nested quotes and lists cost it a stack frame a level,
 * unfinished emphasis and links take time by the square of their number; a text beyond these bounds, which no
 * answer to a person needs, hangs or ends the page. One pass checks the text first.
 */
const bounds = {
  characters: 40_000,
  lines: 1000,
  /** Quote and list markers in front of one line, and the columns that they and blanks take. */
  nesting: 12,
  indent: 64,
  /** Markers, and characters that may begin or end something: in the whole text, between two empty lines. */
  marks: 2000,
  blockMarks: 700,
  /** Cells of a table: every row is filled up to the longest one. */
  cells: 2000,
};

/** The part in front of a line: blanks, quote signs, list signs. */
const prefix = /^(?:[ \t]+|>|[-*+](?=[ \t]|$)|\d{1,9}[.)](?=[ \t]|$))*/;
const containers = /[^ \t]+?(?=[ \t>]|$)|>/g;
const marks = /[[\]()!*_~`<&|\\>#@^]/g;

function count(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0;
}

/** Whether a text is within the bounds for Markdown. */
export function isModestMarkdown(text: string): boolean {
  if (text.length > bounds.characters) return false;
  const lines = text.split(/\r\n?|\n/);
  if (lines.length > bounds.lines) return false;
  let all = 0;
  let block = { marks: 0, rows: 0, columns: 0 };
  for (const line of lines) {
    const [front = ''] = prefix.exec(line) ?? [];
    const nesting = count(front, containers);
    if (nesting > bounds.nesting) return false;
    if (front.replaceAll('\t', '    ').length > bounds.indent) return false;
    const here = nesting + count(line, marks);
    all += here;
    if (line.trim() === '') block = { marks: 0, rows: 0, columns: 0 };
    block = {
      marks: block.marks + here,
      rows: block.rows + 1,
      columns: Math.max(block.columns, count(line, /\|/g)),
    };
    if (block.marks > bounds.blockMarks || all > bounds.marks) return false;
    if (block.rows * block.columns > bounds.cells) return false;
  }
  return true;
}
