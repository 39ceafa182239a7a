/** Which of several scores stands out: the best one whose interval overlaps with no other. */

interface Scored {
  readonly value: number;
  readonly interval: { readonly low: number; readonly high: number } | null;
}

/**
 * The place of the score that is better than all others beyond the overlap of their intervals; null where there is none,
 * where only one is measured, or where an interval is missing.
 * @param lowest whether lower is better
 */
export function clearBest(scores: readonly (Scored | null)[], lowest = false): number | null {
  const measured = scores.flatMap((score, place) => (score ? [{ ...score, place }] : []));
  const sign = lowest ? -1 : 1;
  const [best, ...others] = measured.sort((a, b) => sign * (b.value - a.value));
  if (!best?.interval || others.length === 0) return null;
  const { low, high } = best.interval;
  const apart = others.every(({ interval }) =>
    interval ? (lowest ? high < interval.low : low > interval.high) : false,
  );
  return apart ? best.place : null;
}
