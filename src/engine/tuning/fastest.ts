/** Chooses among the timed variants of a kernel class. */

/** A variant replaces the default only if it is faster by more than noise. */
const worthwhile = 0.95;
export interface Timed {
  readonly variant: string;
  readonly times: readonly number[];
}

/**
 * The fastest timed variant if it beats the default by more than noise, and in every round; the default where
 * nothing was timed. A default that gave wrong results gives way to a correct variant.
 */
export function chooseFastest(
  timed: readonly Timed[],
  standard: string,
  right: readonly string[],
): string {
  const [fastest] = [...timed].sort((a, b) => median(a.times) - median(b.times));
  const isRight = right.includes(standard);
  if (!fastest) return isRight ? standard : (right[0] ?? standard);
  const usual = timed.find(({ variant }) => variant === standard);
  if (!usual) return isRight ? standard : fastest.variant;
  const faster =
    median(fastest.times) < worthwhile * median(usual.times) &&
    Math.max(...fastest.times) < Math.min(...usual.times);
  return faster ? fastest.variant : standard;
}

/** The middle value, or the mean of both middle values; NaN of none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const high = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? high : (high + (sorted[middle - 1] ?? Number.NaN)) / 2;
}
