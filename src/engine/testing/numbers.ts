/** Reproducible values for tests: a small PCG-like generator, normal by the sum of uniforms. */
export { relativeL2 } from '../checks/relative-l2.ts';

export function randomSource(seed: number): () => number {
  let state = (seed >>> 0) * 747796405 + 2891336453;
  return () => {
    state = (Math.imul(state | 0, 747796405) + 2891336453) | 0;
    let word = Math.imul((state >>> ((state >>> 28) + 4)) ^ state, 277803737);
    word = (word >>> 22) ^ word;
    return (word >>> 0) / 2 ** 32;
  };
}

/** `count` float32-representable values, about normal with standard deviation `scale`. */
export function randomValues(count: number, seed: number, scale = 1): Float64Array {
  const next = randomSource(seed);
  return Float64Array.from({ length: count }, () => {
    let sum = -6;
    for (let i = 0; i < 12; i += 1) sum += next();
    return Math.fround(sum * scale);
  });
}

/** Largest |actual − expected| in units of `unit[i]` (or of one number). NaN where anything is NaN. */
export function largestError(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  unit: ArrayLike<number> | number = 1,
): number {
  if (actual.length !== expected.length) return Number.NaN;
  let largest = 0;
  for (let i = 0; i < expected.length; i += 1) {
    const scale = typeof unit === 'number' ? unit : (unit[i] ?? Number.NaN);
    const error = Math.abs((actual[i] ?? Number.NaN) - (expected[i] ?? Number.NaN)) / scale;
    if (Number.isNaN(error)) return Number.NaN;
    largest = Math.max(largest, error);
  }
  return largest;
}

/** One unit in the last place of float32 at magnitude 1. */
export const floatEpsilon = 2 ** -23;
