/** Ticks what shows a run's outcome: the base model and what the run ended with. */
import type { RunSummary } from '../../contract/runs.ts';
import { modelStateKey } from '../models/model-state-key.ts';
import { usePicks } from './picks.ts';

/** Adds the ticks to those that are there. */
export function pickOutcome({
  id,
  modelId,
  snapshots,
}: Pick<RunSummary, 'id' | 'modelId' | 'snapshots'>): void {
  const last = snapshots.findLast(
    (snapshot) => snapshot.id !== 'base' && !snapshot.id.endsWith('.best'),
  );
  const states = [
    { modelId, runId: null, snapshot: 'base' },
    ...(last ? [{ modelId, runId: id, snapshot: last.id }] : []),
  ];
  usePicks.getState().tick(states.map(modelStateKey), true, []);
}
