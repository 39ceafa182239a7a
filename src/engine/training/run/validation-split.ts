/** Which records a run keeps apart for validation: a function of counts and seed alone. */
import { shuffledIndices } from './data-order.ts';
import type { Recipe } from '../recipe/recipe.ts';

/** Stream of the counter-based generator that the split draws from. */
const SPLIT_STREAM = 0x5eed2000;

export interface SplitSettings {
  readonly seed: number;
  readonly validation: Pick<Recipe['validation'], 'fraction' | 'maxRecords' | 'minRecords'>;
}

/** The records of a set among which validation may choose: none of planted canaries, which are there to be trained on. */
export function splittable({
  records,
  canaries,
}: {
  readonly records: number;
  readonly canaries?: unknown;
}): number {
  return canaries === undefined ? records : 0;
}

/**
 * Rows of each data set kept apart, in order: at most `validation.maxRecords` in all, spread over the data sets by
 * their size, and never a data set's last record. A set whose share is smaller gives `validation.minRecords`, but no
 * more than a quarter of itself, nor more than `maxRecords` divided equally: a loss over one record says nothing.
 * @param records number of records of each data set, in the order of the run (see `splittable`)
 */
export function validationRows(
  records: readonly number[],
  { seed, validation: { fraction, maxRecords, minRecords = 0 } }: SplitSettings,
): Uint32Array[] {
  const least = fraction > 0 ? Math.min(minRecords, Math.floor(maxRecords / records.length)) : 0;
  const total = records.reduce((sum, count) => sum + count, 0);
  return records.map((own, dataSet) => {
    const share = Math.floor((maxRecords * own) / Math.max(1, total));
    const usual = Math.min(Math.round(own * fraction), share, own - 1);
    const count = Math.max(usual, Math.min(least, Math.floor(own / 4)));
    if (count <= 0) return new Uint32Array();
    return shuffledIndices(own, seed, dataSet, SPLIT_STREAM).slice(0, count).sort();
  });
}
