/** Measures how certain a difference between two judged candidates is. Pure functions, for the page. */
import {
  percentileInterval,
  signTest,
  type Interval,
} from '../../engine/evaluation/statistics/bootstrap.ts';
import { randomWord } from '../../engine/kernels/random-words.ts';

export interface PairedDifference {
  /** Mean of second minus first. */
  readonly difference: number;
  /** Middle 95 % of the means of questions resampled with replacement. */
  readonly interval: Interval | null;
  readonly firstBetter: number;
  readonly secondBetter: number;
  readonly equal: number;
  /** P-value of the two-sided sign test. */
  readonly p: number;
}

const draws = 1000;
const stream = 0x3d9e0000;

/** @param differences second minus first, by question; at least one */
export function pairedDifference(differences: readonly number[]): PairedDifference {
  const { length } = differences;
  const resampled = Float64Array.from({ length: draws }, (_, round) => {
    let sum = 0;
    for (let i = 0; i < length; i += 1) {
      sum += differences[Math.floor((randomWord(1, round, stream, i) / 2 ** 32) * length)] ?? 0;
    }
    return sum / length;
  });
  const { onlyFirst, onlySecond, equal, p } = signTest(
    differences.map((difference) => Math.max(0, -difference)),
    differences.map((difference) => Math.max(0, difference)),
  );
  return {
    difference: differences.reduce((sum, difference) => sum + difference, 0) / length,
    interval: percentileInterval(resampled),
    ...{ firstBetter: onlyFirst, secondBetter: onlySecond, equal, p },
  };
}
