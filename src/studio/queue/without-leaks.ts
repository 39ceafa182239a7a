/** A run once more, without the records that it writes word for word. */
import type { RunSummary } from '../../contract/runs.ts';
import { worker } from '../../worker/client.ts';
import { useDataSets } from '../data/data-sets.ts';
import { useMemorisation } from '../evaluation/memorisation.ts';
import { orShowError } from '../or-show-error.ts';
import { nextRunName } from '../runs/run-facts.ts';
import { useRuns } from '../runs/runs.ts';
import { useQueue } from './page-queue.ts';

/** Queues a run again without the records that leak. Gives the name that it will have; null with `error` set. */
export async function queueWithoutLeaks(run: RunSummary): Promise<string | null> {
  const before = new Set(useDataSets.getState().sets.map(({ id }) => id));
  const sets = await orShowError(useMemorisation.setState, () =>
    worker.call('memorisation.leaveOut', { runId: run.id }),
  );
  if (!sets) return null;
  const data = useDataSets.getState();
  await data.load();
  // They are for this run: the next one is set up as it was.
  for (const { id } of sets) if (!before.has(id)) useDataSets.getState().setUsed(id, false);
  const { waiting, add } = useQueue.getState();
  const others = waiting.filter((work) => work.kind === 'run');
  const name = nextRunName(run.name, [...useRuns.getState().runs, ...others]);
  const { modelId, recipe } = run;
  add({ kind: 'run', name, modelId, recipe, dataSetIds: sets.map(({ id }) => id) });
  return name;
}
