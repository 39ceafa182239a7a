/** How many columns of a terminal a text takes: Chinese characters and their marks take two. */

const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/u;

const widthOf = (character: string): number => (WIDE.test(character) ? 2 : 1);

export function columnsOf(text: string): number {
  return [...text].reduce((sum, character) => sum + widthOf(character), 0);
}

/** The beginning of a line that takes at most so many columns. */
export function cutTo(line: string, columns: number): string {
  let width = 0;
  let end = 0;
  for (const character of line) {
    width += widthOf(character);
    if (width > columns) break;
    end += character.length;
  }
  return line.slice(0, end);
}
