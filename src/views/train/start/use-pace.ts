/** How fast a model trains on this device, as far as that was measured. */
import type { ModelSummary } from '../../../contract/models.ts';
import { adapterName, useDevice } from '../../../studio/device.ts';
import { readPace, usePace } from '../../../studio/runs/pace.ts';
import { useRuns } from '../../../studio/runs/runs.ts';
import { useAsync } from '../../shared/use-async.ts';

/** Milliseconds per token: of the latest dry run, else of the latest run of this model on this device. */
export function usePaceOf(model: ModelSummary | null): number | null {
  const tried = usePace((state) => (model ? state.tried[model.id] : undefined));
  const report = useDevice((state) => state.report);
  const ended = useRuns(({ runs }) => runs.filter(({ state }) => state === 'done').length);
  const adapter = report && adapterName(report);
  const key = model && adapter !== null ? JSON.stringify([model.id, adapter, ended]) : null;
  const earlier = useAsync(key, () => readPace(model?.id ?? '', adapter ?? ''));
  return tried ?? (earlier.status === 'ready' ? earlier.value : null);
}
