/** The names under which results are shown and saved. */
import type { EvaluationSettings } from '../../contract/evaluation.ts';

/**
 * A model state's name beside its results: with what it multiplied, unless that was float32, and with the length of its
 * answers, where somebody chose it.
 * @param upTo words for that length
 */
export function nameInResults(
  label: string,
  { products = 'float32', answerTokens = 0 }: Pick<EvaluationSettings, 'products' | 'answerTokens'>,
  upTo = (tokens: number): string => `≤ ${tokens} tokens`,
): string {
  const about = [
    ...(products === 'float32' ? [] : [products]),
    ...(answerTokens === 0 ? [] : [upTo(answerTokens)]),
  ];
  return about.length === 0 ? label : `${label} (${about.join(', ')})`;
}
