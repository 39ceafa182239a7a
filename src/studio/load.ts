/** Asks the worker for everything that the shell shows. */
import { useDataSets } from './data/data-sets.ts';
import { useAblation } from './evaluation/ablation.ts';
import { useDevice } from './device.ts';
import { useEvaluation } from './evaluation/evaluation.ts';
import { useHub } from './models/hub.ts';
import { useModels } from './models/models.ts';
import { useRuns } from './runs/runs.ts';

/** Asks the worker for everything that the shell shows, first for what the first page waits for. */
export function loadStudio(): void {
  void useDataSets.getState().load();
  void useModels.getState().load();
  void useRuns.getState().load();
  void useHub.getState().load();
  void useDevice.getState().open();
  void useEvaluation.getState().load();
  void useAblation.getState().load();
}
