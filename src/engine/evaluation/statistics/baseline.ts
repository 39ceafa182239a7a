/** What a score is worth: what guessing and one constant answer would reach, and whether a model gives one answer to nearly all. */
import { isMultipleChoice, optionCount, rightLetters, type EvaluationItem } from '../items.ts';
import { wilsonInterval } from './proportions.ts';
import { sampleOf, scoreSample } from '../sample.ts';
import type { Metric, Reading } from '../answers/reading.ts';

/** One answer, by how often a model gave it and how often it is right. */
export interface AnswerCount {
  readonly answer: string;
  readonly given: number;
  readonly right: number;
}

export interface Baseline {
  /** Expected score of guessing evenly among the options; null where a score is no share of right answers. */
  readonly chance: number | null;
  /** Score of giving the answer that is right most often to every question. */
  readonly constant: number;
  /** The answer that is right most often. */
  readonly usual: AnswerCount;
  /** The answer that the model gave most often. */
  readonly favourite: AnswerCount;
  /** Whether the model gave its favourite to nearly all questions, far more often than it is right. */
  readonly repeats: boolean;
}

/** Nearly all: from this share on, answers are said to be always the same. */
const NEARLY_ALL = 0.8;
const FEWEST = 5;

/** Null where answers are not chosen from a few. */
export function baselineOf(
  metric: Metric,
  items: readonly EvaluationItem[],
  readings: readonly Reading[],
): Baseline | null {
  const chosen = metric === 'accuracy' || metric === 'macro-f1' || metric === 'weighted-f1';
  const closed = items.every(({ choices = [] }) => choices.length > 1);
  if (!chosen || !closed || readings.length === 0) return null;
  const given = readings.map((reading) => named(reading.given));
  const wanted = readings.map((reading) => named(reading.wanted));
  const words = wordsOfOptions(items);
  const count = (answer: string): AnswerCount => ({
    answer: words(answer),
    given: given.filter((other) => other === answer).length,
    right: wanted.filter((other) => other === answer).length,
  });
  const usual = count(mostFrequent(wanted));
  const favourite = count(mostFrequent(given));
  const all = readings.length;
  const low = wilsonInterval(favourite.given, all)?.low ?? 0;
  return {
    chance: metric === 'accuracy' ? chanceOf(items) : null,
    constant: constantScore(metric, readings, mostFrequent(wanted)),
    usual,
    favourite,
    repeats: all >= FEWEST && favourite.given >= NEARLY_ALL * all && low > favourite.right / all,
  };
}

/** Where all items offer the same options in words, a letter's option: "yes" tells what "A" does not. */
function wordsOfOptions(items: readonly EvaluationItem[]): (answer: string) => string {
  const [first] = items;
  const { choices = [], harness } = first ?? {};
  const options = harness?.options ?? [];
  const key = options.join('\n');
  // One question alone has its options to itself.
  const same = items.length > 1 && items.every((item) => item.harness?.options.join('\n') === key);
  const byLetter = new Map(same ? options.map((option, place) => [choices[place], option]) : []);
  return (answer) => byLetter.get(answer) ?? answer;
}

/** Several labels of one answer as one text. */
const named = (labels: readonly string[]): string => [...labels].sort().join(', ');

/** The value that occurs most often; of equally frequent ones, the one that comes first. */
function mostFrequent(values: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  let [best = ''] = values;
  for (const [value, times] of counts) if (times > (counts.get(best) ?? 0)) best = value;
  return best;
}

/** One option of n is right by chance once in n times; a set of several is one of 2ⁿ − 1. */
function chanceOf(items: readonly EvaluationItem[]): number {
  const shares = items.map((item): number => {
    const options = optionCount(item);
    const several = isMultipleChoice(item) && rightLetters(item).length > 1;
    return several ? 1 / (2 ** options - 1) : 1 / options;
  });
  return shares.reduce((sum, share) => sum + share, 0) / shares.length;
}

/** The score of one answer to every question, by the task's own metric. */
function constantScore(metric: Metric, readings: readonly Reading[], answer: string): number {
  const labels = readings.find(({ wanted }) => named(wanted) === answer)?.wanted ?? [];
  const constant = readings.map((reading) => ({
    ...reading,
    given: labels,
    value: named(reading.wanted) === answer ? 1 : 0,
  }));
  return scoreSample(sampleOf(metric, constant)).f1;
}
