/** Paired comparisons of two models on the questions that both answered, and what their differences allow to say. */
import {
  differenceOfDraws,
  percentileInterval,
  signTest,
  splitProbability,
  type Interval,
  type SignTest,
} from './statistics/bootstrap.ts';
import type { EvaluationItem, TaskItems } from './items.ts';
import { mean } from './metrics.ts';
import {
  meanInterval,
  pairedInterval,
  reachOfInterval,
  reachOfPairs,
  type Pairs,
  type Reach,
} from './statistics/proportions.ts';
import {
  drawTask,
  isBinary,
  readTasks,
  type DrawnTask,
  type Figure,
  type KnownAnswers,
  type ReadTask,
  type ReportOptions,
} from './report.ts';
import type { Metric, Reading } from './answers/reading.ts';

/** A difference of two scores, second − first, and what it allows to say. */
export interface Difference extends Figure {
  readonly items: number;
  /** Whether the difference shows: the interval leaves out 0, and so does the exact test where there is one. */
  readonly shows: boolean;
  /** What as many questions can show; null where that cannot be told. */
  readonly reach: Reach | null;
}

/** One task of a paired comparison, over the items that both answered. */
export interface TaskComparison {
  readonly task: string;
  readonly kind: TaskItems['kind'];
  readonly metric: Metric;
  readonly items: number;
  readonly first: number;
  readonly second: number;
  readonly difference: Difference;
  /** Item by item; null for perplexity. */
  readonly signs: SignTest | null;
}

export interface Comparison {
  readonly tasks: readonly TaskComparison[];
  readonly knowledge: Difference | null;
  readonly alignment: Difference | null;
}

/**
 * Compares two models on the items that both answered. Shares of right answers have Tango's interval for pairs, all
 * other scores a bootstrap with paired draws, so that shared chance cancels.
 */
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
  const tasks = read(both(first, second)).flatMap((task, i): TaskComparison[] => {
    const other = seconds[i];
    return other ? [compareTask(task, other, seed)] : [];
  });
  return {
    tasks,
    knowledge: averageDifference(tasks, 'knowledge'),
    alignment: averageDifference(tasks, 'alignment'),
  };
}

/** A question that two models answered differently well. */
export interface ChangedAnswer {
  readonly task: string;
  readonly prompt: string;
  readonly reference: string;
  /** The answers of both, as written. */
  readonly first: string;
  readonly second: string;
  /** Score of the second answer minus that of the first: above 0 it was gained, below 0 lost. */
  readonly change: number;
}

/**
 * Every question that one of both answered fully right and the other did not, the largest changes first, else in the
 * order of the items. A text that only comes a little nearer to its reference is no answer gained.
 */
export function changedAnswers(
  items: readonly EvaluationItem[],
  first: KnownAnswers,
  second: KnownAnswers,
  { choices }: Pick<ReportOptions, 'choices'>,
): ChangedAnswer[] {
  const both = (own: KnownAnswers, other: KnownAnswers): KnownAnswers =>
    items.map((_item, place) => (other[place] === undefined ? undefined : own[place]));
  const seconds = readTasks(items, both(second, first), choices);
  const changed = readTasks(items, both(first, second), choices).flatMap((task, t) =>
    task.readings.flatMap((reading, i): ChangedAnswer[] => {
      const [item, other] = [task.items[i], seconds[t]];
      const [before, after] = [reading.value, other?.readings[i]?.value ?? null];
      if (!item || before === null || after === null) return [];
      if ((before === 1) === (after === 1)) return [];
      const said = (answers: ReadTask['answers'] | undefined): string => {
        const { written, text } = answers?.[i] ?? { written: null, text: '' };
        return written ?? text;
      };
      return [
        {
          ...{ task: task.task, prompt: item.prompt, reference: item.answer },
          ...{ first: said(task.answers), second: said(other?.answers), change: after - before },
        },
      ];
    }),
  );
  return changed.sort((one, other) => Math.abs(other.change) - Math.abs(one.change));
}

function compareTask(task: ReadTask, other: ReadTask, seed: number): TaskComparison {
  const [a, b] = [drawTask(task, seed), drawTask(other, seed)];
  const signs = signsOf(task.readings, other.readings);
  const items = task.items.length;
  const pairs = signs && isBinary(a.sample) && isBinary(b.sample) ? { items, ...signs } : null;
  return {
    ...{ task: task.task, kind: task.kind, metric: task.metric, items },
    ...{ first: a.report.value, second: b.report.value },
    difference: (pairs && differenceOfPairs(pairs)) ?? differenceOfDrawn(a, b),
    signs,
  };
}

/** The difference of two shares of right answers to the same questions; null without any. */
export function differenceOfPairs(pairs: Pairs): Difference | null {
  const { items, onlyFirst, onlySecond } = pairs;
  const interval = pairedInterval(pairs);
  if (!interval) return null;
  return {
    ...{ items, interval, value: (onlySecond - onlyFirst) / items },
    shows: leavesOutZero(interval) && splitProbability(onlyFirst, onlySecond) < 0.05,
    reach: reachOfPairs(pairs),
  };
}

function differenceOfDrawn(a: DrawnTask, b: DrawnTask): Difference {
  const { items, metric } = a.report;
  const interval = widened(percentileInterval(differenceOfDraws(a.draws, b.draws)), a, b);
  return {
    ...{ items, interval, value: b.report.value - a.report.value },
    shows: leavesOutZero(interval),
    reach: metric === 'perplexity' ? null : reachOfInterval(interval, items),
  };
}

/** Where all paired draws agree, they know nothing: the intervals of both scores, as if apart, stand in. */
function widened(drawn: Interval | null, a: DrawnTask, b: DrawnTask): Interval | null {
  if (drawn === null || drawn.low !== drawn.high || a.sample.kind === 'perplexity') return drawn;
  const [one, other] = [a.report, b.report];
  if (!one.interval || !other.interval) return null;
  const value = other.value - one.value;
  return {
    low: value - Math.hypot(one.interval.high - one.value, other.value - other.interval.low),
    high: value + Math.hypot(one.value - one.interval.low, other.interval.high - other.value),
  };
}

function averageDifference(
  tasks: readonly TaskComparison[],
  kind: TaskItems['kind'],
): Difference | null {
  const own = tasks.filter((task) => task.kind === kind && task.metric !== 'perplexity');
  const [only, ...more] = own;
  if (!only) return null;
  if (more.length === 0) return only.difference;
  const differences = own.map(({ difference }) => difference);
  const interval = meanInterval(differences);
  const items = differences.reduce((sum, difference) => sum + difference.items, 0);
  return {
    value: mean(differences.map(({ value }) => value)),
    ...{ interval, items },
    shows: leavesOutZero(interval),
    reach: reachOfInterval(interval, items),
  };
}

function leavesOutZero(interval: Interval | null): boolean {
  return interval !== null && (interval.low > 0 || interval.high < 0);
}

function signsOf(first: readonly Reading[], second: readonly Reading[]): SignTest | null {
  const values = (readings: readonly Reading[]): number[] =>
    readings.flatMap(({ value }) => (value === null ? [] : [value]));
  const [a, b] = [values(first), values(second)];
  return a.length === 0 ? null : signTest(a, b);
}
