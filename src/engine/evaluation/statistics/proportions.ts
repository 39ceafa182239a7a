/** What so many right answers allow to say: intervals of proportions, paired differences, and the questions needed to see one. */
import type { Interval } from './bootstrap.ts';

/** Standard normal quantiles of a two-sided 95 % interval and of 80 % power. */
const Z = 1.959963984540054;
const Z_POWER = 0.8416212335729143;

/**
 * Wilson's 95 % score interval of a proportion, without continuity correction; null of no trial. With no success at
 * all it still reaches above 0. Source: Wilson 1927; Newcombe, Statistics in Medicine 17 (1998) 857–872, method 3.
 * @param successes of `trials`; need not be whole
 */
export function wilsonInterval(successes: number, trials: number): Interval | null {
  if (!(trials > 0)) return null;
  const share = successes / trials;
  const middle = successes + (Z * Z) / 2;
  const half = Z * Math.sqrt(trials * share * (1 - share) + (Z * Z) / 4);
  const whole = trials + Z * Z;
  return {
    low: successes <= 0 ? 0 : Math.max(0, (middle - half) / whole),
    high: successes >= trials ? 1 : Math.min(1, (middle + half) / whole),
  };
}

/** Pairs of answers to the same questions: how many, and on how many only one of the two was right. */
export interface Pairs {
  readonly items: number;
  readonly onlyFirst: number;
  readonly onlySecond: number;
}

/**
 * Tango's 95 % score interval of the difference of two paired proportions, second − first; null of no pair. It
 * holds the differences that a score test does not reject, and leaves out 0 where McNemar's test, without
 * continuity correction, rejects. Source: Tango, Statistics in Medicine 17 (1998) 891–908.
 */
export function pairedInterval(pairs: Pairs): Interval | null {
  const { items, onlyFirst, onlySecond } = pairs;
  if (!(items > 0)) return null;
  const observed = (onlySecond - onlyFirst) / items;
  return {
    low: onlyFirst === items ? -1 : crossing(pairs, -1, observed, Z),
    high: onlySecond === items ? 1 : crossing(pairs, observed, 1, -Z),
  };
}

/** The difference between `low` and `high` at which the score statistic falls to `level`. */
function crossing(pairs: Pairs, low: number, high: number, level: number): number {
  let [above, below] = [low, high];
  for (let round = 0; round < 60; round += 1) {
    const middle = (above + below) / 2;
    if (pairedScore(pairs, middle) > level) above = middle;
    else below = middle;
  }
  return (above + below) / 2;
}

/** Tango's score statistic: how far the observed difference lies from a supposed one, in standard errors. */
function pairedScore({ items, onlyFirst, onlySecond }: Pairs, difference: number): number {
  const a = 2 * items;
  const b = -onlyFirst - onlySecond + (a - onlySecond + onlyFirst) * difference;
  const c = -onlyFirst * difference * (1 - difference);
  // The likeliest share of pairs that only the first has right, if the difference were the supposed one.
  const share = (Math.sqrt(Math.max(0, b * b - 4 * a * c)) - b) / (2 * a);
  const distance = onlySecond - onlyFirst - items * difference;
  const variance = items * (2 * share + difference * (1 - difference));
  return variance > 0 ? distance / Math.sqrt(variance) : distance * Number.MAX_VALUE;
}

/**
 * The 95 % interval of the mean of independent estimates, from their own intervals: distances to the ends add up as
 * squares. Null without estimates, or where one has no interval. Source: square-and-add, Newcombe, Statistics in
 * Medicine 17 (1998) 873–890; Zou and Donner, Statistics in Medicine 27 (2008) 1693–1702.
 */
export function meanInterval(
  estimates: readonly { readonly value: number; readonly interval: Interval | null }[],
): Interval | null {
  const count = estimates.length;
  const [below, above] = [{ squares: 0 }, { squares: 0 }];
  for (const { value, interval } of estimates) {
    if (!interval) return null;
    below.squares += (value - interval.low) ** 2;
    above.squares += (interval.high - value) ** 2;
  }
  if (count === 0) return null;
  const mean = estimates.reduce((sum, { value }) => sum + value, 0) / count;
  return {
    low: mean - Math.sqrt(below.squares) / count,
    high: mean + Math.sqrt(above.squares) / count,
  };
}

/**
 * Pairs of answers that McNemar's test needs to show a difference, two-sided at 5 %, with 80 % power. Source:
 * Connor, Biometrics 43 (1987) 207–211.
 * @param difference of the two proportions, above 0
 * @param discordant share of questions that only one of the two has right; at least the difference
 */
export function questionsToShow(difference: number, discordant: number): number {
  const share = Math.max(discordant, difference);
  const spread = Math.sqrt(Math.max(0, share - difference * difference));
  return Math.ceil(((Z * Math.sqrt(share) + Z_POWER * spread) / difference) ** 2);
}

/** The least difference that McNemar's test shows on so many pairs, as `questionsToShow`; null where even 1 is too little. */
export function leastVisible(items: number, discordant: number): number | null {
  if (!(items >= questionsToShow(1, discordant))) return null;
  let [hidden, seen] = [0, 1];
  for (let round = 0; round < 40; round += 1) {
    const middle = (hidden + seen) / 2;
    if (questionsToShow(middle, discordant) <= items) seen = middle;
    else hidden = middle;
  }
  return seen;
}

/**
 * The share of questions that only one of two has right, as the middle of Wilson's interval: with few questions and no
 * such one, a share of 0 would promise that a handful is enough.
 */
export function discordantShare({ items, onlyFirst, onlySecond }: Pairs): number {
  return (onlyFirst + onlySecond + (Z * Z) / 2) / (items + Z * Z);
}

/** What a comparison can show, in the unit of its scores (0.05 is 5 points). */
export interface Reach {
  /** The least difference that as many questions show with 80 % power; null where they show none. */
  readonly visible: number | null;
  /** Questions that would show `WANTED` with 80 % power. */
  readonly questions: number;
}

/** The difference that a comparison is asked to show: 5 points. */
const WANTED = 0.05;

/** What paired right and wrong answers can show. */
export function reachOfPairs(pairs: Pairs): Reach {
  const discordant = discordantShare(pairs);
  return {
    visible: leastVisible(pairs.items, discordant),
    questions: questionsToShow(WANTED, discordant),
  };
}

/**
 * What scores of any other kind can show, from the interval of their difference: its half width is 1.96 standard
 * errors, which shrink with the root of the number of questions. Null where the interval has no width.
 */
export function reachOfInterval(interval: Interval | null, items: number): Reach | null {
  if (!interval || !(interval.high > interval.low)) return null;
  const visible = (((interval.high - interval.low) / 2) * (Z + Z_POWER)) / Z;
  return {
    visible: visible <= 1 ? visible : null,
    questions: Math.ceil(items * (visible / WANTED) ** 2),
  };
}
