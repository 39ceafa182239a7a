/**
 * Keeps a copy of what a program prints, so that a report can be filed exactly as it was shown.
 *
 * @returns gives the lines so far
 */
export function keepOutput(): () => string[] {
  const lines: string[] = [];
  const print = console.log.bind(console);
  console.log = (...values: unknown[]): void => {
    lines.push(values.map(String).join(' '));
    print(...values);
  };
  return () => lines.flatMap((line) => line.split('\n'));
}
