/** How far numbers are from those that they should be. */

/**
 * Relative L2 distance ‖actual − expected‖ / ‖expected‖, not divided where all that is expected is zero; NaN anywhere makes
 * it NaN, which no bound passes.
 */
export function relativeL2(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) return Number.NaN;
  let error = 0;
  let norm = 0;
  for (let i = 0; i < expected.length; i += 1) {
    const e = expected[i] ?? Number.NaN;
    const d = (actual[i] ?? Number.NaN) - e;
    error += d * d;
    norm += e * e;
  }
  return norm === 0 ? Math.sqrt(error) : Math.sqrt(error / norm);
}
