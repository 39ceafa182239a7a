/** A mean with the interval in which it would lie with other records. */

export interface MeanInterval {
  readonly mean: number;
  /** 95 %: 1.96 standard errors to each side, for the many values that it is used for. */
  readonly low: number;
  readonly high: number;
}

const NINETY_FIVE = 1.96;

/** Null of fewer than two values: nothing then says how far they spread. */
export function meanInterval(values: readonly number[]): MeanInterval | null {
  const count = values.length;
  if (count < 2) return null;
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const reach = NINETY_FIVE * Math.sqrt(squares / (count - 1) / count);
  return { mean, low: mean - reach, high: mean + reach };
}
