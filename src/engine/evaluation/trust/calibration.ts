/** Whether a model is as often right as it is sure: calibration of choices, and what refusing the least sure ones brings. */
import { known, unknown, type Outcome } from './outcome.ts';

/** One question whose answer was chosen by likelihood. */
export interface ScoredOptions {
  /** Log-likelihood of each option after the question; −∞ for one that cannot follow. */
  readonly optionLogLikelihoods: readonly number[];
  /** Place of the right option. */
  readonly gold: number;
}

/** A choice as calibration counts it. */
export interface JudgedChoice {
  /** The largest of the options' probabilities. */
  readonly confidence: number;
  readonly right: boolean;
  /** Σ over options of (p − [option is right])². */
  readonly squaredError: number;
}

/** Bins of [0, 1] for ECE and the reliability curve. */
export const CALIBRATION_BINS = 15;

/** p_i = exp(x_i) / Σ exp(x_j), with the largest taken out first. */
export function softmax(logits: readonly number[]): number[] {
  const most = Math.max(...logits);
  const weights = logits.map((value) => Math.exp(value - most));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}

/**
 * The probabilities of an item's options are the softmax of their log-likelihoods; the prediction is the most probable
 * one, the first of equal ones.
 */
export function judgeChoice({ optionLogLikelihoods, gold }: ScoredOptions): Outcome<JudgedChoice> {
  if (optionLogLikelihoods.length === 0) return unknown('empty');
  const probabilities = softmax(optionLogLikelihoods);
  if (!probabilities.every(Number.isFinite) || !(gold in probabilities))
    return unknown('not-finite');
  const confidence = Math.max(...probabilities);
  return known({
    confidence,
    right: probabilities.indexOf(confidence) === gold,
    squaredError: probabilities.reduce((sum, p, i) => sum + (p - (i === gold ? 1 : 0)) ** 2, 0),
  });
}

/** Choices by falling confidence, ties in their order: the order in which the least sure ones would be refused last to first. */
export function bySureness(choices: readonly JudgedChoice[]): JudgedChoice[] {
  return [...choices].sort((a, b) => b.confidence - a.confidence);
}

/** The choices of one bin of confidence. */
export interface ReliabilityBin {
  readonly low: number;
  readonly high: number;
  readonly items: number;
  readonly right: number;
  /** Mean confidence and share right; both 0 in an empty bin. */
  readonly confidence: number;
  readonly accuracy: number;
}

/** The bin of a confidence among equal bins of [0, 1]; 1 belongs to the last. */
export function binOf(confidence: number, bins = CALIBRATION_BINS): number {
  return Math.min(bins - 1, Math.floor(confidence * bins));
}

/**
 * The reliability curve: mean confidence and accuracy by equal bins of confidence. Source: DeGroot and Fienberg, The
 * Statistician 32 (1983) 12–22.
 */
export function reliability(
  choices: readonly JudgedChoice[],
  bins = CALIBRATION_BINS,
): ReliabilityBin[] {
  const sums = Array.from({ length: bins }, () => ({ items: 0, right: 0, confidence: 0 }));
  for (const { confidence, right } of choices) {
    const sum = sums[binOf(confidence, bins)];
    if (!sum) continue;
    sum.items += 1;
    sum.right += right ? 1 : 0;
    sum.confidence += confidence;
  }
  return sums.map(({ items, right, confidence }, i) => ({
    ...{ low: i / bins, high: (i + 1) / bins, items, right },
    confidence: items === 0 ? 0 : confidence / items,
    accuracy: items === 0 ? 0 : right / items,
  }));
}

/**
 * Expected calibration error: Σ over bins of (items in the bin ÷ all items) · |accuracy − mean confidence|. Source:
 * Naeini, Cooper and Hauskrecht, AAAI 2015; Guo et al., ICML 2017 (15 bins).
 */
export function expectedCalibrationError(
  choices: readonly JudgedChoice[],
  bins = CALIBRATION_BINS,
): Outcome<number> {
  if (choices.length === 0) return unknown('empty');
  const gaps = reliability(choices, bins).map(
    ({ items, accuracy, confidence }) => (items / choices.length) * Math.abs(accuracy - confidence),
  );
  return known(gaps.reduce((sum, gap) => sum + gap, 0));
}

/** Brier score: the mean over items of Σ over options of (p − [option is right])². Source: Brier, Monthly Weather Review 78 (1950) 1–3. */
export function brierScore(choices: readonly JudgedChoice[]): Outcome<number> {
  if (choices.length === 0) return unknown('empty');
  return known(choices.reduce((sum, { squaredError }) => sum + squaredError, 0) / choices.length);
}

/**
 * The risk–coverage curve: at place n − 1 the share of wrong answers among the n surest. Source: El-Yaniv and Wiener,
 * JMLR 11 (2010) 1605–1641.
 */
export function riskCoverage(choices: readonly JudgedChoice[]): Float64Array {
  let wrong = 0;
  return Float64Array.from(bySureness(choices), ({ right }, place) => {
    wrong += right ? 0 : 1;
    return wrong / (place + 1);
  });
}

/** Area under the risk–coverage curve: its mean over all coverages n ÷ N. Source: Geifman, Uziel and El-Yaniv, ICLR 2019. */
export function areaUnderRiskCoverage(choices: readonly JudgedChoice[]): Outcome<number> {
  if (choices.length === 0) return unknown('empty');
  const risks = riskCoverage(choices);
  return known(risks.reduce((sum, risk) => sum + risk, 0) / risks.length);
}

/** Accuracy of the ⌈coverage · N⌉ surest answers. @param coverage above 0, at most 1 */
export function accuracyAtCoverage(
  choices: readonly JudgedChoice[],
  coverage: number,
): Outcome<number> {
  if (choices.length === 0) return unknown('empty');
  const risk = riskCoverage(choices)[Math.ceil(coverage * choices.length) - 1];
  return risk === undefined ? unknown('not-finite') : known(1 - risk);
}
