/** Reads the facts of a run's records and model that its preset was fitted to. */
import { useDataSets } from '../../../studio/data/data-sets.ts';
import { useModels } from '../../../studio/models/models.ts';
import { readFitFacts } from '../../../studio/runs/recipe-fit.ts';
import type { RunSummary } from '../../../contract/runs.ts';
import type { FitFacts } from '../../../studio/runs/recipe.ts';
import { useAsync } from '../../shared/use-async.ts';

/** Null where a set or the model is gone, or cannot be read; undefined while they are read. */
export function useRunFit({
  id,
  modelId,
  dataSetIds,
  recipe,
}: Pick<RunSummary, 'id' | 'modelId' | 'dataSetIds' | 'recipe'>): FitFacts | null | undefined {
  const { phase: dataPhase, sets: known } = useDataSets();
  const { phase: modelPhase, models } = useModels();
  const model = models.find((one) => one.id === modelId);
  const sets = dataSetIds.flatMap((wanted) => known.find((one) => one.id === wanted) ?? []);
  const inputs = model && sets.length === dataSetIds.length ? { sets, model } : null;
  const key = inputs && JSON.stringify([id, sets.map(({ kind, records }) => [kind, records])]);
  const read = useAsync(key, async () => inputs && readFitFacts(inputs, recipe));
  if (dataPhase === 'loading' || modelPhase === 'loading') return undefined;
  if (key === null || read.status === 'failed') return null;
  return read.status === 'ready' ? read.value : undefined;
}
