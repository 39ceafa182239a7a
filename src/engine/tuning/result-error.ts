/** How far the results of a kernel are from its reference. */

/**
 * The largest relative L2 distance of the results of two runs from those that are expected; null where the runs
 * disagree.
 */
export function resultError(
  first: readonly Float64Array[],
  second: readonly Float64Array[],
  expected: readonly Float64Array[],
): number | null {
  const same = first.every((values, i) => sameValues(values, second[i]));
  return same ? Math.max(...first.map((values, i) => relativeL2(values, expected[i]))) : null;
}

function sameValues(a: Float64Array, b: Float64Array | undefined): boolean {
  return a.length === b?.length && a.every((value, i) => Object.is(value, b[i]));
}

/** ‖actual − expected‖ / ‖expected‖; NaN where anything is NaN or missing. */
function relativeL2(actual: Float64Array, expected: Float64Array | undefined): number {
  if (actual.length !== expected?.length) return Number.NaN;
  let error = 0;
  let size = 0;
  for (const [i, value] of expected.entries()) {
    error += ((actual[i] ?? Number.NaN) - value) ** 2;
    size += value ** 2;
  }
  return Math.sqrt(error / Math.max(size, Number.MIN_VALUE));
}
