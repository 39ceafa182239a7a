/** The names under which results are shown and saved. */
import type { EvaluationSettings } from '../../contract/evaluation.ts';

interface ResultWords {
  /** A length of answers in tokens. */
  readonly upTo: (tokens: number) => string;
  /** "words (more)" */
  readonly bracketed: (words: string, more: string) => string;
}

const english: ResultWords = {
  upTo: (tokens) => `≤ ${tokens} tokens`,
  bracketed: (words, more) => `${words} (${more})`,
};

/**
 * A model state's name beside its results: with what it multiplied, unless that was float32, and with the length of its
 * answers, where somebody chose it.
 * @param words of the page's language; English where a file is written
 */
export function nameInResults(
  label: string,
  { products = 'float32', answerTokens = 0 }: Pick<EvaluationSettings, 'products' | 'answerTokens'>,
  { upTo, bracketed }: ResultWords = english,
): string {
  const about = [
    ...(products === 'float32' ? [] : [products]),
    ...(answerTokens === 0 ? [] : [upTo(answerTokens)]),
  ];
  return about.length === 0 ? label : bracketed(label, about.join(', '));
}
