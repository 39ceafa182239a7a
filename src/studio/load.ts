import { useDataSets } from './data-sets.ts';
import { useAblation } from './ablation.ts';
import { useDevice } from './device.ts';
import { useEvaluation } from './evaluation.ts';
import { useHub } from './hub.ts';
import { useModels } from './models.ts';
import { useRuns } from './runs.ts';

/** Asks the worker for everything that the shell shows; what the first page waits for goes first. */
export function loadStudio(): void {
  void useDataSets.getState().load();
  void useModels.getState().load();
  void useRuns.getState().load();
  void useHub.getState().load();
  void useDevice.getState().open();
  void useEvaluation.getState().load();
  void useAblation.getState().load();
}
