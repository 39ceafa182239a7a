/** The formulas of the scores, from counts. All are in 0 … 1; where nothing can be right, 0. */

export interface Score {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
}

function ratio(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}

function harmonic(precision: number, recall: number): number {
  return ratio(2 * precision * recall, precision + recall);
}

/**
 * Micro-F1 from sums over all records: the number of items both given and wanted, given, and wanted.
 * P = right/given, R = right/wanted, F1 = 2PR/(P+R).
 */
export function microF1(right: number, given: number, wanted: number): Score {
  const precision = ratio(right, given);
  const recall = ratio(right, wanted);
  return { precision, recall, f1: harmonic(precision, recall) };
}

/** How often one label was right, given and wanted. */
export interface LabelCount {
  readonly right: number;
  readonly given: number;
  readonly wanted: number;
}

/** How the F1 of labels become one figure: each label alike, or by how often the references have it. */
export type LabelAverage = 'macro' | 'weighted';

/**
 * F1 of each label that occurs in references or predictions, averaged: `macro` with equal weight,
 * `weighted` by how often the label occurs in the references (classification_report of scikit-learn
 * with zero_division=0). Labels that were neither given nor wanted do not count.
 */
export function labelF1(labels: readonly LabelCount[], average: LabelAverage): Score {
  const seen = labels.filter(({ given, wanted }) => given + wanted > 0);
  const total = seen.reduce((sum, { wanted }) => sum + wanted, 0);
  let precision = 0;
  let recall = 0;
  let f1 = 0;
  for (const { right, given, wanted } of seen) {
    const own = microF1(right, given, wanted);
    const weight = average === 'macro' ? 1 / seen.length : ratio(wanted, total);
    precision += weight * own.precision;
    recall += weight * own.recall;
    f1 += weight * own.f1;
  }
  return { precision, recall, f1 };
}

/** Ideographs, each a separate token. */
const IDEOGRAPH = /[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u{20000}-\u{2fa1f}]/u;
/** ASCII that is neither letter, digit nor white space counts as punctuation too, as `$` and `+`. */
const PUNCTUATION = /[\p{P}!-/:-@[-`{-~]/u;

/**
 * Tokens for ROUGE as BERT's basic tokenizer cuts them: lower case without accents, words at white space,
 * every punctuation mark and every ideograph on its own.
 */
export function rougeTokens(text: string): string[] {
  const tokens: string[] = [];
  let word = '';
  const endWord = (): void => {
    if (word !== '') tokens.push(word);
    word = '';
  };
  for (const character of text.toLowerCase().normalize('NFD')) {
    if (/\s/u.test(character)) endWord();
    else if (/[\p{Mn}\p{Cc}\p{Cf}]/u.test(character)) continue;
    else if (IDEOGRAPH.test(character) || PUNCTUATION.test(character)) {
      endWord();
      tokens.push(character);
    } else word += character;
  }
  endWord();
  return tokens;
}

/** Length of the longest common subsequence. Time a·b, memory b. */
export function longestCommonSubsequence(a: readonly string[], b: readonly string[]): number {
  let before = new Uint32Array(b.length + 1);
  let current = new Uint32Array(b.length + 1);
  for (const token of a) {
    for (let j = 0; j < b.length; j += 1) {
      current[j + 1] =
        token === b[j] ? (before[j] ?? 0) + 1 : Math.max(before[j + 1] ?? 0, current[j] ?? 0);
    }
    [before, current] = [current, before];
  }
  return before[b.length] ?? 0;
}

/** ROUGE-L: F1 of the longest common subsequence over tokens. */
export function rougeL(reference: string, prediction: string): number {
  const wanted = rougeTokens(reference);
  const given = rougeTokens(prediction);
  if (wanted.length === 0 && given.length === 0) return 1;
  const common = longestCommonSubsequence(wanted, given);
  return harmonic(ratio(common, given.length), ratio(common, wanted.length));
}

/** Mean of the values; 0 of none. */
export function mean(values: readonly number[]): number {
  return ratio(
    values.reduce((sum, value) => sum + value, 0),
    values.length,
  );
}
