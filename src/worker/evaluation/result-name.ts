/** The names under which results are shown and saved. */
import type { EvaluationSettings } from '../../contract/evaluation.ts';

/** A model state's name beside its results: with what it multiplied, unless that was float32. */
export function nameInResults(
  label: string,
  { products = 'float32' }: Pick<EvaluationSettings, 'products'>,
): string {
  return products === 'float32' ? label : `${label} (${products})`;
}
