/** From answers to figures: scores by task with intervals, averages by kind, and paired comparisons. */
import {
  differenceOfDraws,
  meanOfDraws,
  percentileInterval,
  resampledScores,
  signTest,
  type Interval,
  type SignTest,
} from './bootstrap.ts';
import {
  groupByTask,
  hasAnswer,
  isMultipleChoice,
  type EvaluationItem,
  type ItemAnswer,
  type TaskItems,
} from './items.ts';
import { mean } from './metrics.ts';
import { adherenceOf, readAnswers } from './answers/read-answers.ts';
import type { Metric, Reading } from './answers/reading.ts';
import { perplexitySample, sampleOf, sampleSize, scoreSample, type Sample } from './sample.ts';
import type { ChoiceMethod } from './settings.ts';
import { methodOf, type AnswerMethod } from './tasks.ts';

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
  /** exp of the mean −log p per token of the references after their prompts, where it was measured. */
  readonly perplexity: Figure | null;
}

export interface EvaluationFigures {
  readonly tasks: readonly TaskReport[];
  /** Means over the tasks of a kind, as in Table 3; perplexities are not among them. */
  readonly knowledge: Figure | null;
  readonly alignment: Figure | null;
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

interface DrawnTask {
  readonly report: TaskReport;
  readonly draws: Float64Array;
}

function drawTask(task: ReadTask, seed: number): DrawnTask {
  const { metric, readings } = task;
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
    interval: percentileInterval(draws),
    precision: parts ? score.precision : null,
    recall: parts ? score.recall : null,
    formatAdherence: adherenceOf(readings),
    items: readings.length,
    ...labelsOf(task),
    perplexity: sampleSize(references) === 0 ? null : figureOf(references, task.task, seed),
  };
  return { report, draws };
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

function averageOf(tasks: readonly DrawnTask[], kind: TaskItems['kind']): Figure | null {
  const own = tasks.filter((task) => task.report.kind === kind && inAverages(task));
  if (own.length === 0) return null;
  return {
    value: mean(own.map(({ report }) => report.value)),
    interval: percentileInterval(meanOfDraws(own.map(({ draws }) => draws))),
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

/** One task of a paired comparison, over the items that both answered. */
export interface TaskComparison {
  readonly task: string;
  readonly kind: TaskItems['kind'];
  readonly metric: Metric;
  readonly items: number;
  readonly first: number;
  readonly second: number;
  /** second − first, with the paired interval. */
  readonly difference: Figure;
  /** Item by item; null for perplexity. */
  readonly signs: SignTest | null;
}

export interface Comparison {
  readonly tasks: readonly TaskComparison[];
  readonly knowledge: Figure | null;
  readonly alignment: Figure | null;
}

/** Compares two models on the items that both answered, with paired draws, so that shared chance cancels. */
export function compareAnswers(
  items: readonly EvaluationItem[],
  first: KnownAnswers,
  second: KnownAnswers,
  { choices, seed }: ReportOptions,
): Comparison {
  const both = (own: KnownAnswers, other: KnownAnswers): KnownAnswers =>
    items.map((_item, place) => (other[place] === undefined ? undefined : own[place]));
  const read = (own: KnownAnswers): ReadTask[] => readTasks(items, own, choices);
  const seconds = read(both(second, first));
  const pairs = read(both(first, second)).flatMap((task, i) => {
    const other = seconds[i];
    if (!other) return [];
    const [a, b] = [drawTask(task, seed), drawTask(other, seed)];
    const draws = differenceOfDraws(a.draws, b.draws);
    return [{ task, other, a, b, draws }];
  });
  const average = (kind: TaskItems['kind']): Figure | null => {
    const own = pairs.filter(({ task, a }) => task.kind === kind && inAverages(a));
    if (own.length === 0) return null;
    return {
      value: mean(own.map(({ a, b }) => b.report.value - a.report.value)),
      interval: percentileInterval(meanOfDraws(own.map(({ draws }) => draws))),
    };
  };
  return {
    tasks: pairs.map(({ task, other, a, b, draws }) => ({
      task: task.task,
      kind: task.kind,
      metric: task.metric,
      items: task.items.length,
      first: a.report.value,
      second: b.report.value,
      difference: {
        value: b.report.value - a.report.value,
        interval: percentileInterval(draws),
      },
      signs: signsOf(task.readings, other.readings),
    })),
    knowledge: average('knowledge'),
    alignment: average('alignment'),
  };
}

function signsOf(first: readonly Reading[], second: readonly Reading[]): SignTest | null {
  const values = (readings: readonly Reading[]): number[] =>
    readings.flatMap(({ value }) => (value === null ? [] : [value]));
  const [a, b] = [values(first), values(second)];
  return a.length === 0 ? null : signTest(a, b);
}
