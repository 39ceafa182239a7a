/** How the score of a forced pair is named and written: as accuracy or as log-likelihood. */
import type { PairMeasure } from '../../studio/experts/expert-figures.ts';
import { formatFixed, formatPercent } from '../shared/format.ts';
import { pairsText } from './text-pairs.ts';

export interface ScoreScale {
  readonly name: string;
  readonly format: (value: number) => string;
  /** Inside a cell of the map. */
  readonly short: (value: number) => string;
}

export function scoreScale(measure: PairMeasure): ScoreScale {
  const t = pairsText();
  return measure === 'accuracy'
    ? {
        name: t.accuracy,
        format: (value) => formatPercent(value, 1),
        short: (value) => formatFixed(value * 100, 1),
      }
    : {
        name: t.logLikelihood,
        format: (value) => formatFixed(value, 3),
        short: (value) => formatFixed(value, 2),
      };
}
