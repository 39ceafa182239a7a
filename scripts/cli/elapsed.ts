/** Time since a program began. */

const started = performance.now();

/** Minutes and seconds, such as 3:07. */
export function elapsed(): string {
  const seconds = Math.round((performance.now() - started) / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
