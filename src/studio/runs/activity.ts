/** What runs do between their steps, since when, and how long the same took before. */
import { create } from 'zustand';
import type { RunActivity } from '../../contract/runs.ts';
import { worker } from '../../worker/client.ts';

type What = RunActivity['what'];

/** What a run does besides its steps, as far as it was heard of since the page was opened. */
export interface Doing {
  /** Null while it takes steps. */
  readonly activity: RunActivity | null;
  /** What it did before that without a step in between. */
  readonly before: What | null;
  /** When the activity began, and when it was last heard of, in milliseconds of `performance.now()`. */
  readonly since: number;
  readonly at: number;
  /** How long each activity took the last time, in milliseconds. */
  readonly took: Readonly<Partial<Record<What, number>>>;
}

const nothing: Doing = { activity: null, before: null, since: 0, at: 0, took: {} };

/** The next state of a run that tells what it does. */
export function heard(doing: Doing = nothing, activity: RunActivity | null, now: number): Doing {
  const { activity: last, took } = doing;
  if (last && last.what === activity?.what && last.stage === activity.stage) {
    return { ...doing, activity, at: now };
  }
  return {
    ...{ activity, before: last?.what ?? null, since: now, at: now },
    took: last ? { ...took, [last.what]: now - doing.since } : took,
  };
}

/** Milliseconds that the activity will still take: by its own pace, else by that of the last time; null where neither is known. */
export function activityLeft({ activity, since, at, took }: Doing, now: number): number | null {
  if (!activity) return null;
  const passed = Math.max(0, now - at);
  const { done = 0, total = 0 } = activity.count ?? {};
  if (done > 0) return Math.max(0, ((at - since) / done) * (total - done) - passed);
  const last = took[activity.what];
  return last === undefined ? null : Math.max(0, last - (at - since) - passed);
}

interface ActivityState {
  readonly doing: Readonly<Record<string, Doing>>;
}

/** By the id of the run. */
export const useActivity = create<ActivityState>()(() => ({ doing: {} }));

worker.subscribe((event) => {
  if (event.type !== 'runs.activity') return;
  const { runId, activity } = event;
  useActivity.setState(({ doing }) => ({
    doing: { ...doing, [runId]: heard(doing[runId], activity, performance.now()) },
  }));
});
