/** Calibration of a task as pages and archives hold it: figures with intervals, both curves, and what so few questions allow to say. */
import { randomWord } from '../../kernels/random-words.ts';
import { rightLetters, type EvaluationItem, type ItemAnswer } from '../items.ts';
import {
  bootstrapDraws,
  drawer,
  hash,
  percentileInterval,
  type Interval,
} from '../statistics/bootstrap.ts';
import type { AnswerMethod } from '../tasks.ts';
import {
  accuracyAtCoverage,
  areaUnderRiskCoverage,
  binOf,
  brierScore,
  bySureness,
  CALIBRATION_BINS,
  expectedCalibrationError,
  judgeChoice,
  reliability,
  riskCoverage,
  type JudgedChoice,
  type ReliabilityBin,
} from './calibration.ts';

/**
 * What the calibration error allows to say. `few`: too few questions for any of it. `none-seen`: a model that is exactly
 * as often right as it is sure would show as large an error. `uneven`: wrong here, right there, with no one direction.
 */
export const CALIBRATION_SAYS = ['few', 'none-seen', 'too-sure', 'too-unsure', 'uneven'] as const;
export type CalibrationSays = (typeof CALIBRATION_SAYS)[number];

/** Whether the least sure answers are more often wrong, so that refusing them helps. */
export const REFUSING_SAYS = ['few', 'none-seen', 'helps', 'harms'] as const;
export type RefusingSays = (typeof REFUSING_SAYS)[number];

export interface Estimate {
  readonly value: number;
  readonly interval: Interval | null;
}

/** Answers with a confidence of at least p, by p in whole per cent from 0 to 100. */
export interface AnswersBySureness {
  readonly answered: readonly number[];
  readonly right: readonly number[];
}

export interface CalibrationFigures {
  readonly items: number;
  readonly right: number;
  /** Mean confidence. */
  readonly confidence: number;
  readonly ece: Estimate;
  readonly brier: Estimate;
  readonly aurc: Estimate;
  /** The error that a perfectly calibrated model stays below on as many questions, 95 times of 100. */
  readonly eceByChance: number;
  readonly accuracyAt: readonly { readonly coverage: number; readonly accuracy: number }[];
  readonly atLeast: AnswersBySureness;
  readonly says: CalibrationSays;
  readonly refusing: RefusingSays;
}

export interface TaskCalibration extends CalibrationFigures {
  /** Bins of confidence that hold questions. */
  readonly bins: readonly ReliabilityBin[];
  /** Share wrong among the surest answers, by their share of all. */
  readonly curve: readonly { readonly coverage: number; readonly risk: number }[];
  /** The same by subject, where the questions name more than one. */
  readonly subjects: readonly (CalibrationFigures & { readonly subject: string })[];
}

/** Two questions a bin: below, a figure of bins says nothing. */
const FEWEST = 2 * CALIBRATION_BINS;
const COVERAGES = [0.25, 0.5, 0.75, 1] as const;
const PERCENTS = 101;
/** Points of the risk–coverage curve that are kept. */
const CURVE_POINTS = 100;
const CHANCE_STREAM = 0x5eed_ca11;

interface AskedTask {
  readonly task: string;
  readonly method: AnswerMethod;
  readonly items: readonly EvaluationItem[];
  readonly answers: readonly ItemAnswer[];
}

/** Null where likelihood did not decide, or the likelihoods were not kept. */
export function calibrationOf(
  { task, method, items, answers }: AskedTask,
  seed: number,
): TaskCalibration | null {
  if (method !== 'likelihood') return null;
  const judged = items.flatMap((item, i) => {
    const choice = judgedAnswer(item, answers[i]);
    return choice ? [{ choice, subject: item.subject }] : [];
  });
  if (judged.length === 0) return null;
  const choices = judged.map(({ choice }) => choice);
  const names = [...new Set(judged.flatMap(({ subject }) => subject ?? []))].sort();
  const risks = riskCoverage(choices);
  const points = Math.min(CURVE_POINTS, risks.length);
  return {
    ...figuresOf(choices, task, seed),
    bins: reliability(choices).filter(({ items: count }) => count > 0),
    curve: Array.from({ length: points }, (_, i) => {
      const size = Math.ceil(((i + 1) / points) * risks.length);
      return { coverage: size / risks.length, risk: risks[size - 1] ?? 0 };
    }),
    subjects:
      names.length < 2
        ? []
        : names.map((subject) => {
            const own = judged.filter((one) => one.subject === subject);
            const ownChoices = own.map(({ choice }) => choice);
            return { subject, ...figuresOf(ownChoices, `${task}\n${subject}`, seed) };
          }),
  };
}

function judgedAnswer(item: EvaluationItem, answer: ItemAnswer | undefined): JudgedChoice | null {
  const { choices = [] } = item;
  const [letter = ''] = rightLetters(item);
  const options = answer?.options ?? [];
  if (options.length === 0) return null;
  // “I do not know” is neither right nor wrong: sureness is among the others.
  const counts = (place: number): boolean => choices[place] !== item.unsure;
  const judged = judgeChoice({
    optionLogLikelihoods: options.filter((_, place) => counts(place)),
    gold: choices.filter((_, place) => counts(place)).indexOf(letter),
  });
  return judged.ok ? judged.value : null;
}

function figuresOf(
  choices: readonly JudgedChoice[],
  name: string,
  seed: number,
): CalibrationFigures {
  const items = choices.length;
  const right = choices.filter((choice) => choice.right).length;
  const confidence = choices.reduce((sum, choice) => sum + choice.confidence, 0) / items;
  const draws = drawFigures(choices, name, seed);
  const ece = valueOf(expectedCalibrationError(choices));
  const eceByChance = errorByChance(choices, name, seed);
  return {
    ...{ items, right, confidence, eceByChance },
    ece: { value: ece, interval: percentileInterval(draws.ece) },
    brier: { value: valueOf(brierScore(choices)), interval: percentileInterval(draws.brier) },
    aurc: {
      value: valueOf(areaUnderRiskCoverage(choices)),
      interval: percentileInterval(draws.aurc),
    },
    accuracyAt: COVERAGES.map((coverage) => {
      return { coverage, accuracy: valueOf(accuracyAtCoverage(choices, coverage)) };
    }),
    atLeast: countBySureness(choices),
    says: saidOf({ items, ece, eceByChance, gap: confidence - right / items }),
    refusing: refusingOf(items, percentileInterval(draws.gain)),
  };
}

/** The value of a figure of at least one choice, which always has one. */
function valueOf(outcome: ReturnType<typeof brierScore>): number {
  return outcome.ok ? outcome.value : Number.NaN;
}

function saidOf({
  items,
  ece,
  eceByChance,
  gap,
}: Pick<CalibrationFigures, 'items' | 'eceByChance'> & {
  readonly ece: number;
  /** Mean confidence − accuracy. */
  readonly gap: number;
}): CalibrationSays {
  if (items < FEWEST) return 'few';
  if (!(ece > eceByChance)) return 'none-seen';
  if (Math.abs(gap) < ece / 2) return 'uneven';
  return gap > 0 ? 'too-sure' : 'too-unsure';
}

/** @param gain of the area under the risk–coverage curve, against the risk of answering everything */
function refusingOf(items: number, gain: Interval | null): RefusingSays {
  if (items < FEWEST || !gain) return 'few';
  if (gain.low > 0) return 'helps';
  return gain.high < 0 ? 'harms' : 'none-seen';
}

/** How many answers have a confidence of at least p, and how many of these are right, for p in whole per cent. */
function countBySureness(choices: readonly JudgedChoice[]): AnswersBySureness {
  const at = (test: (choice: JudgedChoice) => boolean): number[] =>
    Array.from(
      { length: PERCENTS },
      (_, percent) =>
        choices.filter((choice) => choice.confidence >= percent / 100 && test(choice)).length,
    );
  return { answered: at(() => true), right: at((choice) => choice.right) };
}

/** Every figure over draws of the choices with replacement; the draws follow from seed and name. */
function drawFigures(choices: readonly JudgedChoice[], name: string, seed: number) {
  const sorted = bySureness(choices);
  const bins = sorted.map(({ confidence }) => binOf(confidence));
  const draw = drawer(sorted.length, `calibration ${name}`, seed);
  const figures = {
    ece: new Float64Array(bootstrapDraws),
    brier: new Float64Array(bootstrapDraws),
    aurc: new Float64Array(bootstrapDraws),
    /** Risk of answering everything − area under the risk–coverage curve. */
    gain: new Float64Array(bootstrapDraws),
  };
  const times = new Uint32Array(sorted.length);
  for (let round = 0; round < bootstrapDraws; round += 1) {
    times.fill(0);
    for (const place of draw(round)) times[place] = (times[place] ?? 0) + 1;
    const gaps = new Float64Array(CALIBRATION_BINS);
    let [squares, wrong, answered, risks] = [0, 0, 0, 0];
    sorted.forEach(({ confidence, right, squaredError }, place) => {
      const count = times[place] ?? 0;
      const bin = bins[place] ?? 0;
      gaps[bin] = (gaps[bin] ?? 0) + count * ((right ? 1 : 0) - confidence);
      squares += count * squaredError;
      for (let i = 0; i < count; i += 1) {
        answered += 1;
        wrong += right ? 0 : 1;
        risks += wrong / answered;
      }
    });
    figures.ece[round] = sumOfSizes(gaps) / answered;
    figures.brier[round] = squares / answered;
    figures.aurc[round] = risks / answered;
    figures.gain[round] = (wrong - risks) / answered;
  }
  return figures;
}

const sumOfSizes = (values: Float64Array): number =>
  values.reduce((sum, value) => sum + Math.abs(value), 0);

/**
 * The 95th percentile of the calibration error if every answer were right with the probability that is its confidence.
 * Even then it is not 0, and with few questions it is large. Source: consistency resampling, Bröcker and Smith, Weather
 * and Forecasting 22 (2007) 651–661.
 */
function errorByChance(choices: readonly JudgedChoice[], name: string, seed: number): number {
  const key = (seed ^ hash(`chance ${name}`)) >>> 0;
  const bins = choices.map(({ confidence }) => binOf(confidence));
  const errors = Float64Array.from({ length: bootstrapDraws }, (_, round) => {
    const gaps = new Float64Array(CALIBRATION_BINS);
    choices.forEach(({ confidence }, i) => {
      const right = randomWord(key, round, CHANCE_STREAM, i) / 2 ** 32 < confidence ? 1 : 0;
      const bin = bins[i] ?? 0;
      gaps[bin] = (gaps[bin] ?? 0) + right - confidence;
    });
    return sumOfSizes(gaps) / choices.length;
  }).sort();
  return errors[Math.ceil(0.95 * errors.length) - 1] ?? 0;
}
