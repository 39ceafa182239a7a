/** Scores with and without the questions that training records hold. Pure. */
import type { EvaluationItem } from '../items.ts';
import {
  readTasks,
  reportAnswers,
  type Figure,
  type KnownAnswers,
  type ReportOptions,
} from '../report.ts';
import type { QuestionOverlap } from './question-overlap.ts';

/** One task's questions among the training records. */
export interface TaskOverlap {
  readonly task: string;
  /** Questions that were answered, and how many of these a record holds: by a run of words, and nearly whole. */
  readonly items: number;
  readonly overlapping: number;
  readonly ngram: number;
  readonly near: number;
  /** The score of the others; null where none is left. */
  readonly without: Figure | null;
}

export function reportOverlap(
  { items, answers }: { readonly items: readonly EvaluationItem[]; readonly answers: KnownAnswers },
  { ngram, near }: QuestionOverlap,
  options: ReportOptions,
): TaskOverlap[] {
  const overlaps = (place: number): boolean => ngram.has(place) || near.has(place);
  const others = items.map((_, place) => (overlaps(place) ? undefined : answers[place]));
  const rest = reportAnswers(items, others, options).tasks;
  return readTasks(items, answers, options.choices).map(({ task, places }) => {
    const left = rest.find((report) => report.task === task);
    const count = (test: (place: number) => boolean): number => places.filter(test).length;
    return {
      ...{ task, items: places.length, overlapping: count(overlaps) },
      ngram: count((place) => ngram.has(place)),
      near: count((place) => near.has(place)),
      without: left ? { value: left.value, interval: left.interval } : null,
    };
  });
}
