/**
 * Keeps what a program prints while it still prints it, so that a report can be filed as it was read.
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
