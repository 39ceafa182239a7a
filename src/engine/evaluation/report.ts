/** From answers to figures: scores by task with intervals, and averages by kind. */
import { baselineOf, type Baseline } from './statistics/baseline.ts';
import { percentileInterval, resampledScores, type Interval } from './statistics/bootstrap.ts';
import { normedLetter } from './harness/questions.ts';
import {
  groupByTask,
  hasAnswer,
  isMultipleChoice,
  type EvaluationItem,
  type ItemAnswer,
  type TaskItems,
} from './items.ts';
import { mean } from './metrics.ts';
import { meanInterval, wilsonInterval } from './statistics/proportions.ts';
import { adherenceOf, readAnswers } from './answers/read-answers.ts';
import type { Metric, Reading } from './answers/reading.ts';
import { perplexitySample, sampleOf, sampleSize, scoreSample, type Sample } from './sample.ts';
import type { ChoiceMethod } from './settings.ts';
import { methodOf, type AnswerMethod } from './tasks.ts';
import { calibrationOf, type TaskCalibration } from './trust/calibration-report.ts';

/** A value with the interval that would hold it 95 times of 100 on other items. */
export interface Figure {
  readonly value: number;
  readonly interval: Interval | null;
}

export interface TaskReport extends Figure {
  readonly task: string;
  readonly kind: TaskItems['kind'];
  readonly metric: Metric;
  readonly method: AnswerMethod;
  /** Of micro, macro and weighted F1. */
  readonly precision: number | null;
  readonly recall: number | null;
  /** Share of answers that parse at all; null where none was written. */
  readonly formatAdherence: number | null;
  /** Items that were answered. */
  readonly items: number;
  /** The labels in words, where an answer is one of them; figures of earlier versions do not have them. */
  readonly labels?: readonly string[];
  /**
   * What the score is worth; null where answers are not chosen from a few. Figures of earlier versions do not have
   * it, nor score intervals: they are counted again when they are listed.
   */
  readonly baseline?: Baseline | null;
  /**
   * Whether the model is as often right as it is sure; null where likelihood did not decide, or no likelihoods were
   * kept. Figures of earlier versions do not have it: they are counted again when they are listed.
   */
  readonly calibration?: TaskCalibration | null;
  /** Only where “I do not know” was offered. */
  readonly declined?: DeclinedAnswers;
  /** Examples above each question, where lm-eval's task of this name was asked and decided by likelihood. */
  readonly shots?: number;
  /** Share right where the likelihood a character decides: lm-eval's acc_norm, of its tasks that report it. */
  readonly norm?: Figure;
  /** exp of the mean −log p per token of the references after their prompts, where it was measured. */
  readonly perplexity: Figure | null;
}

/** How often a model took the option “I do not know”. */
export interface DeclinedAnswers {
  /** Questions that offered it. */
  readonly offered: number;
  readonly declined: number;
  /** Share right of the questions that it answered; null where it answered none. */
  readonly accuracy: Figure | null;
}

/** The mean of several tasks' scores. */
export interface Average extends Figure {
  /** Questions behind it; averages of earlier versions do not have it. */
  readonly items?: number;
  /** The same mean of what guessing reaches; null where a task has none. */
  readonly chance?: number | null;
}

export interface EvaluationFigures {
  readonly tasks: readonly TaskReport[];
  /** Means over the tasks of a kind, as in Table 3; perplexities are not among them. */
  readonly knowledge: Average | null;
  readonly alignment: Average | null;
}

export interface ReportOptions {
  readonly choices: ChoiceMethod;
  /** Of the bootstrap. */
  readonly seed: number;
}

/** Answers by the place of their item; undefined where there is none yet. */
export type KnownAnswers = readonly (ItemAnswer | undefined)[];

export interface ReadTask extends TaskItems {
  readonly method: AnswerMethod;
  readonly answers: readonly ItemAnswer[];
  readonly readings: readonly Reading[];
}

/** The answered items by task, parsed; items without a reference are left out. */
export function readTasks(
  items: readonly EvaluationItem[],
  answers: KnownAnswers,
  choices: ChoiceMethod,
): ReadTask[] {
  return groupByTask(items).flatMap((task) => {
    const isRead = (place: number): boolean => {
      const item = items[place];
      return answers[place] !== undefined && item !== undefined && hasAnswer(item);
    };
    const places = task.places.filter(isRead);
    if (places.length === 0) return [];
    const own = places.flatMap((place) => items[place] ?? []);
    const given = places.flatMap((place) => answers[place] ?? []);
    // Labels come from the whole task, even while only a part of it is answered.
    const read = readAnswers(
      task,
      task.places.map((place) => answers[place] ?? { text: '', written: null, reference: null }),
    );
    const readings = read.filter((_reading, i) => isRead(task.places[i] ?? -1));
    const method = methodOf(task, choices);
    return [{ ...task, items: own, places, method, answers: given, readings }];
  });
}

/** A task's figures with the bootstrap draws behind them. */
export interface DrawnTask {
  readonly report: TaskReport;
  readonly sample: Sample;
  readonly draws: Float64Array;
}

export function drawTask(task: ReadTask, seed: number): DrawnTask {
  const { metric, readings, items } = task;
  const sample = sampleOf(metric, readings);
  const draws = resampledScores(sample, task.task, seed);
  const score = scoreSample(sample);
  const parts = metric === 'micro-f1' || metric === 'macro-f1' || metric === 'weighted-f1';
  const references = perplexitySample(readings);
  const report: TaskReport = {
    task: task.task,
    kind: task.kind,
    metric,
    method: task.method,
    value: score.f1,
    interval: intervalOf(sample, draws),
    precision: parts ? score.precision : null,
    recall: parts ? score.recall : null,
    formatAdherence: adherenceOf(readings),
    items: readings.length,
    ...labelsOf(task),
    ...declinedOf(task),
    ...shotsOf(task),
    ...normOf(task),
    baseline: baselineOf(metric, items, readings),
    calibration: calibrationOf(task, seed),
    perplexity: sampleSize(references) === 0 ? null : figureOf(references, task.task, seed),
  };
  return { report, sample, draws };
}

/** Whether every item is right or wrong and nothing between. */
export function isBinary(sample: Sample): boolean {
  return sample.kind === 'mean' && sample.values.every((value) => value === 0 || value === 1);
}

/**
 * A share of right answers has Wilson's interval, any other score the bootstrap's. Where every draw gives the same
 * score, as with nothing right, the draws know nothing: then Wilson's interval of as large a share stands in.
 */
function intervalOf(sample: Sample, draws: Float64Array): Interval | null {
  const size = sampleSize(sample);
  const drawn = percentileInterval(draws);
  if (sample.kind === 'perplexity') return drawn;
  const same = drawn !== null && drawn.low === drawn.high;
  return isBinary(sample) || same ? wilsonInterval(scoreSample(sample).f1 * size, size) : drawn;
}

function declinedOf({ items, readings }: ReadTask): Pick<TaskReport, 'declined'> {
  const offered = items.filter(({ unsure }) => unsure !== undefined).length;
  if (offered === 0) return {};
  const answered = readings.filter(({ given }, i) => given.join('') !== items[i]?.unsure);
  const right = answered.filter(({ value }) => value === 1).length;
  const accuracy =
    answered.length === 0
      ? null
      : { value: right / answered.length, interval: wilsonInterval(right, answered.length) };
  return { declined: { offered, declined: readings.length - answered.length, accuracy } };
}

function shotsOf({ method, items }: ReadTask): Pick<TaskReport, 'shots'> {
  const [first] = items;
  const asHarness = method === 'likelihood' && items.every(({ harness }) => harness);
  return asHarness && first?.harness ? { shots: first.harness.shots } : {};
}

function normOf({ items, answers }: ReadTask): Pick<TaskReport, 'norm'> {
  const known = items.every(({ harness }, i) => harness?.norm && answers[i]?.options);
  if (!known) return {};
  const right = items.filter(
    (item, i) => normedLetter(item, answers[i]?.options ?? []) === item.answer,
  ).length;
  const interval = wilsonInterval(right, items.length);
  return { norm: { value: right / items.length, interval } };
}

/** Labels of a task in which all items have the same few in words. */
function labelsOf({ metric, items }: ReadTask): Pick<TaskReport, 'labels'> {
  const [first] = items;
  const labels = first?.choices ?? [];
  if (metric !== 'accuracy' || !first || labels.length === 0 || isMultipleChoice(first)) return {};
  const key = labels.join('\n');
  return items.every(({ choices = [] }) => choices.join('\n') === key) ? { labels } : {};
}

function figureOf(sample: Sample, name: string, seed: number): Figure {
  return {
    value: scoreSample(sample).f1,
    interval: percentileInterval(resampledScores(sample, name, seed)),
  };
}

const inAverages = ({ report }: DrawnTask): boolean => report.metric !== 'perplexity';

function averageOf(tasks: readonly DrawnTask[], kind: TaskItems['kind']): Average | null {
  const own = tasks.filter((task) => task.report.kind === kind && inAverages(task));
  if (own.length === 0) return null;
  const reports = own.map(({ report }) => report);
  const chances = reports.flatMap(({ baseline }) => baseline?.chance ?? []);
  return {
    value: mean(reports.map(({ value }) => value)),
    interval: meanInterval(reports),
    items: reports.reduce((sum, { items }) => sum + items, 0),
    chance: chances.length === reports.length ? mean(chances) : null,
  };
}

/** Scores the items answered so far. */
export function reportAnswers(
  items: readonly EvaluationItem[],
  answers: KnownAnswers,
  { choices, seed }: ReportOptions,
): EvaluationFigures {
  const drawn = readTasks(items, answers, choices).map((task) => drawTask(task, seed));
  return {
    tasks: drawn.map(({ report }) => report),
    knowledge: averageOf(drawn, 'knowledge'),
    alignment: averageOf(drawn, 'alignment'),
  };
}
