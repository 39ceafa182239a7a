/** Tries the fullest step of a run that has not begun. */
import { dryRunOfRecipe, type DryRunResult } from '../../engine/training/stage/dry-run.ts';
import type { TrainingRecord } from '../../engine/training/run/data-order.ts';
import type { Recipe } from '../../engine/training/recipe/recipe.ts';
import { dataLock, modelLock, whileInUse } from '../../storage/lock-names.ts';
import type { WorkerContext } from '../context.ts';
import { prepareRecords } from '../data/prepare.ts';
import { openInputs } from '../data/run-inputs.ts';
import type { DryRunReport } from '../../contract/runs.ts';
import type { StateShelf } from '../models/state-shelf.ts';

/** The result of a dry run, with the place of the record that it used. */
export function reportOf(result: DryRunResult, longest: TrainingRecord | null): DryRunReport {
  const record = longest && { dataSet: longest.dataSet, row: longest.row };
  return { ...result, record };
}

/**
 * Tokenises all records to find the longest, loads the model, takes the step and releases everything.
 * @throws StudioError what preparing, loading and the step throw; `cancelled`
 */
export async function dryRunOf(
  context: WorkerContext,
  shelf: StateShelf,
  input: {
    readonly modelId: string;
    readonly dataSetIds: readonly string[];
    readonly recipe: Recipe;
    readonly task: string;
  },
): Promise<DryRunReport | null> {
  const { storage, tasks, device } = context;
  const { recipe, modelId, dataSetIds } = input;
  const used = [modelLock(modelId), ...dataSetIds.map(dataLock)];
  return tasks.run(input.task, (task) =>
    whileInUse(storage.locks, used, async () => {
      const inputs = await openInputs(context, input, new Date());
      const hooks = {
        signal: task.signal,
        onProgress: (done: number, total: number) =>
          task.progress(done / total, { code: 'tokenising' }),
      };
      const prepared = await prepareRecords(context, inputs, hooks);
      await prepared.complete(hooks);
      task.check();
      task.progress(null, { code: 'loading-model' });
      const longest = await prepared.longest();
      return device.use(async (gpu) => {
        // As at the start of a run, the memory is needed.
        await shelf.clear();
        const { model } = inputs;
        const result = await dryRunOfRecipe({
          ...{ gpu, config: model.config, folder: model.weights, recipe, longest },
          precision: model.summary.precision,
          tasks: prepared.tasks.length,
        });
        return result && reportOf(result, longest);
      });
    }),
  );
}
