/** Tells the page what a run does between its steps, and how far it is with it at most ten times a second. */
import type { WorkerEvent } from '../../contract/contract.ts';
import type { RunActivity } from '../../contract/runs.ts';

const EVENT_INTERVAL_MS = 100;

export function activityTeller(
  runId: string,
  emit: (event: WorkerEvent) => void,
): (activity: RunActivity | null) => void {
  let told: RunActivity | null = null;
  let last = Number.NEGATIVE_INFINITY;
  return (activity) => {
    const begun = activity?.what !== told?.what || activity?.stage !== told?.stage;
    const now = performance.now();
    if (!begun && (activity === null || now - last < EVENT_INTERVAL_MS)) return;
    told = activity;
    last = now;
    emit({ type: 'runs.activity', runId, activity });
  };
}
