/** How long a run will still take: its steps, and what it measures between and after them. */
import type { RunActivity, RunSummary } from '../../contract/runs.ts';
import { activityLeft, type Doing } from './activity.ts';
import type { CurveBook } from './curves.ts';

/** Number of recent steps from which the time left is estimated. */
const recentSteps = 20;

type Run = Pick<RunSummary, 'stages' | 'recipe'>;

/**
 * Milliseconds that the rest of a run will take at the pace of its last steps and of its last measurements; null where
 * neither is known. A stage that has not begun is assumed to go at the same pace.
 */
export function timeLeft(
  run: Run,
  book: CurveBook,
  doing: Doing | undefined,
  now: number,
): number | null {
  const times = book.curve('milliseconds').slice(-recentSteps);
  if (times.length === 0) return null;
  const pace = times.reduce((sum, time) => sum + time, 0) / times.length;
  const steps = stepsLeft(run, book).reduce((sum, { total, done }) => sum + total - done, 0);
  const current = doing ? activityLeft(doing, now) : null;
  const left = steps * pace + (current ?? 0) + (doing ? measuringLeft(run, book, doing) : 0);
  // What is still to do then is of unknown length: that is not "0 ms".
  return left === 0 ? null : left;
}

/** The steps of each stage, done as far as summary or curves know. */
function stepsLeft({ stages }: Run, book: CurveBook) {
  const spans = book.spans();
  return stages.map(({ steps, stepsDone }, stage) => {
    const seen = spans.find((span) => span.stage === stage);
    const done = Math.max(stepsDone, seen ? seen.end - seen.start : 0);
    return { total: steps, done: Math.min(steps, done) };
  });
}

/** What the measurements that have not begun will take, as long as those before them. */
function measuringLeft(run: Run, book: CurveBook, { activity, before, took }: Doing): number {
  const { validation, samples, stages } = run.recipe;
  const { validating = 0, answering = 0 } = took;
  return stepsLeft(run, book).reduce((sum, { total, done }, stage) => {
    const again = (stages[stage]?.after.length ?? 0) > 0 ? validating : 0;
    if (done < total) {
      const within =
        dueWithin(validation.everySteps, done, total) * validating +
        dueWithin(samples?.everySteps ?? 0, done, total) * answering;
      return sum + within + validating + answering + again;
    }
    // The end of a stage: validation, sample answers, merging, and validation of what is left.
    if (activity?.stage !== stage || before === 'merging') return sum;
    const follows: Partial<Record<RunActivity['what'], number>> = {
      growth: validating + answering + again,
      validating: answering + again,
    };
    return sum + (follows[activity.what] ?? again);
  }, 0);
}

/** How often something is due after these steps and before the last. */
function dueWithin(every: number, done: number, total: number): number {
  return every > 0 ? Math.max(0, Math.ceil(total / every) - 1 - Math.floor(done / every)) : 0;
}
