/** What a model remembers of its records: exposure of planted canaries, and how well membership can be told. */
import { known, unknown, type Outcome } from './outcome.ts';

/**
 * Exposure of a canary in bits: log2(references + 1) − log2(rank), where rank is 1 + the number of references whose nll
 * is at most the canary's, so that ties count as less exposed. Source: Carlini et al., USENIX Security 2019.
 */
export function exposure(canaryNll: number, referenceNlls: readonly number[]): Outcome<number> {
  if (referenceNlls.length === 0) return unknown('empty');
  if (![canaryNll, ...referenceNlls].every(Number.isFinite)) return unknown('not-finite');
  const rank = 1 + referenceNlls.filter((nll) => nll <= canaryNll).length;
  return known(Math.log2(referenceNlls.length + 1) - Math.log2(rank));
}

/** Scores that are higher for records a model was trained on: nll under the reference − nll under the model. */
export interface MembershipScores {
  readonly members: readonly number[];
  readonly nonMembers: readonly number[];
}

function checked({ members, nonMembers }: MembershipScores): Outcome<null> {
  if (members.length === 0 && nonMembers.length === 0) return unknown('empty');
  if (members.length === 0 || nonMembers.length === 0) return unknown('one-class');
  return [...members, ...nonMembers].every(Number.isFinite) ? known(null) : unknown('not-finite');
}

/**
 * Area under the ROC curve: the share of pairs in which the member has the higher score, ties half (the Mann–Whitney
 * statistic). Source: Hanley and McNeil, Radiology 143 (1982) 29–36.
 */
export function membershipAuc(scores: MembershipScores): Outcome<number> {
  const problem = checked(scores);
  if (!problem.ok) return problem;
  const others = Float64Array.from(scores.nonMembers).sort();
  const pairs = scores.members.reduce((sum, score) => {
    const below = placeOf(others, score, false);
    return sum + below + (placeOf(others, score, true) - below) / 2;
  }, 0);
  return known(pairs / (scores.members.length * others.length));
}

/** How many of sorted values are below a value, or at most it. */
function placeOf(sorted: Float64Array, value: number, orEqual: boolean): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const at = sorted[middle] ?? 0;
    if (at < value || (orEqual && at === value)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * True positives at a rate of false ones: the share of members above the score that at most ⌊rate · non-members⌋ of the
 * non-members exceed. Source: Carlini et al., IEEE S&P 2022.
 */
export function truePositiveRateAt(scores: MembershipScores, rate: number): Outcome<number> {
  const problem = checked(scores);
  if (!problem.ok) return problem;
  const falling = Float64Array.from(scores.nonMembers).sort().reverse();
  const threshold = falling[Math.floor(rate * falling.length)] ?? Number.NEGATIVE_INFINITY;
  const above = scores.members.filter((score) => score > threshold).length;
  return known(above / scores.members.length);
}
