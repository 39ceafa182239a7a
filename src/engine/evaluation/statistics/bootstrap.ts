/** How far a score would move with other items: percentile bootstrap, paired differences, sign test. */
import { randomWord } from '../../kernels/random-words.ts';
import { sampleSize, scoreSample, type Sample } from '../sample.ts';

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** Draws of a bootstrap; more draws move the ends of an interval by less than the pages show. */
export const bootstrapDraws = 1000;
/** Seed of every bootstrap, so that results of different days use the same draws. */
export const BOOTSTRAP_SEED = 42;
const stream = 0x5eed7000;

/**
 * Scores of `draws` samples drawn from the items with replacement. The draws depend on seed, name and
 * number of items alone: two models that answered the same items get the same draws, so that the difference
 * of their results is the paired one.
 * @param name of the task: tasks of an average are drawn independently of each other
 */
export function resampledScores(
  sample: Sample,
  name: string,
  seed: number,
  draws = bootstrapDraws,
): Float64Array {
  const draw = drawer(sampleSize(sample), name, seed);
  return Float64Array.from({ length: draws }, (_, round) => scoreSample(sample, draw(round)).f1);
}

/** Gives the places of each draw with replacement; every draw overwrites the one before. */
export function drawer(size: number, name: string, seed: number): (round: number) => Uint32Array {
  const key = (seed ^ hash(name)) >>> 0;
  const draw = new Uint32Array(size);
  return (round) => {
    for (let i = 0; i < size; i += 1) {
      draw[i] = Math.floor((randomWord(key, round, stream, i) / 2 ** 32) * size);
    }
    return draw;
  };
}

/** FNV-1a over UTF-16 units. */
export function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) {
    value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  }
  return value >>> 0;
}

/** The middle 95 % of resampled values (percentiles by linear interpolation); null of none. */
export function percentileInterval(values: Float64Array): Interval | null {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort();
  if (sorted.length === 0) return null;
  const at = (share: number): number => {
    const place = share * (sorted.length - 1);
    const below = sorted[Math.floor(place)] ?? 0;
    const above = sorted[Math.ceil(place)] ?? 0;
    return below === above ? below : below + (place - Math.floor(place)) * (above - below);
  };
  return { low: at(0.025), high: at(0.975) };
}

/** b − a for each draw. */
export function differenceOfDraws(a: Float64Array, b: Float64Array): Float64Array {
  return b.map((score, round) => score - (a[round] ?? 0));
}

/** Items on which one of two models did better, and the probability of so uneven a split by chance. */
export interface SignTest {
  readonly onlyFirst: number;
  readonly onlySecond: number;
  readonly equal: number;
  /** Two-sided exact probability when both are equally likely: McNemar's test where items are right or wrong. */
  readonly p: number;
}

/** Compares two models item by item. */
export function signTest(first: readonly number[], second: readonly number[]): SignTest {
  let onlyFirst = 0;
  let onlySecond = 0;
  first.forEach((value, i) => {
    const other = second[i] ?? value;
    if (value > other) onlyFirst += 1;
    else if (value < other) onlySecond += 1;
  });
  const equal = first.length - onlyFirst - onlySecond;
  return { onlyFirst, onlySecond, equal, p: splitProbability(onlyFirst, onlySecond) };
}

/** The two-sided exact probability of a split at least as uneven, where each side is as likely: 2 · P(X ≤ min(a, b)). */
export function splitProbability(a: number, b: number): number {
  const trials = a + b;
  const least = Math.min(a, b);
  // Logarithms: 2⁻ⁿ underflows to zero beyond a thousand trials.
  let logTerm = -trials * Math.LN2;
  let tail = Math.exp(logTerm);
  for (let k = 1; k <= least; k += 1) {
    logTerm += Math.log((trials - k + 1) / k);
    tail += Math.exp(logTerm);
  }
  return Math.min(1, 2 * tail);
}
