/** The scores of a run's states, as stored here and as an archive must hold them. */
import { DATA_KINDS } from '../../formats/records/record-types.ts';
import { z } from 'zod';
import { metrics } from '../../engine/evaluation/answers/reading.ts';
import { nameInResults } from '../../engine/evaluation/settings.ts';
import type { Evaluations } from '../../storage/evaluations.ts';
import type { ArchivedScore } from '../../contract/run-origin.ts';
import type { RunSummary } from '../../contract/runs.ts';

const text = z.string().max(400);
const value = z.number().min(0);

const score: z.ZodType<ArchivedScore> = z.strictObject({
  snapshot: z.string().min(1).max(200),
  label: text,
  task: text,
  kind: z.enum(DATA_KINDS),
  metric: z.enum(metrics),
  score: value,
  interval: z.strictObject({ low: value, high: value }).nullable(),
  items: z.int().min(0),
  measuredAt: z.number().min(0).max(1e16),
});

export const scoresSchema = z.array(score).max(10_000);

/**
 * The scores of a run: the newest evaluation here of each state and task, then scores from an archive that
 * were not measured again here.
 */
export async function scoresOfRun(
  evaluations: Evaluations,
  { id, modelId, origin }: RunSummary,
): Promise<ArchivedScore[]> {
  const found = new Map<string, ArchivedScore>();
  const put = (scored: ArchivedScore): void => {
    found.set(JSON.stringify([scored.snapshot, scored.task, scored.metric]), scored);
  };
  for (const scored of origin?.scores ?? []) put(scored);
  // Oldest first: a later evaluation replaces an earlier one.
  for (const { variant, label: own, settings, figures, updatedAt } of await evaluations.list()) {
    const base = variant.modelId === modelId && variant.runId === null;
    const label = nameInResults(own, settings.products);
    if (!figures || (variant.runId !== id && !base)) continue;
    for (const { task, kind, metric, value: scored, interval, items } of figures.tasks) {
      if (!Number.isFinite(scored)) continue;
      const snapshot = base ? 'base' : variant.snapshot;
      const about = { snapshot, label, task, kind, metric, items, measuredAt: updatedAt };
      put({
        ...about,
        score: scored,
        interval: interval && { low: interval.low, high: interval.high },
      });
    }
  }
  return [...found.values()];
}
