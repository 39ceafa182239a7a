/** Finds the line of a question by which a person knows it among others. */

/** The first line that not all of the questions have; the first of all where they have the same lines. */
export function tellingLine(prompt: string, all: readonly string[]): string {
  const lines = linesOf(prompt);
  const others = all.filter((other) => other !== prompt).map((other) => new Set(linesOf(other)));
  const own = lines.find((line) => !others.every((other) => other.has(line)));
  return (others.length > 0 ? own : undefined) ?? lines[0] ?? '';
}

function linesOf(prompt: string): string[] {
  return prompt
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}
