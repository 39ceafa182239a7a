/** The fullest step of a run that was not begun, tried on its own. */
import { dryRunOfRecipe, type DryRunResult } from '../../engine/training/stage/dry-run.ts';
import type { TrainingRecord } from '../../engine/training/run/data-order.ts';
import type { Recipe } from '../../engine/training/recipe/recipe.ts';
import { dataLock, modelLock, whileInUse } from '../../storage/lock-names.ts';
import type { WorkerContext } from '../context.ts';
import { prepareRecords } from '../data/prepare.ts';
import type { DryRunReport } from '../../contract/runs.ts';
import type { StateShelf } from '../models/state-shelf.ts';

/** A result with the place of the record that it was tried on. */
export function reportOf(result: DryRunResult, longest: TrainingRecord | null): DryRunReport {
  const record = longest && { dataSet: longest.dataSet, row: longest.row };
  return { ...result, record };
}

/**
 * Tokenises all records for the longest, loads the model, takes the step and gives everything back.
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
  const { storage, library, tokeniser, tasks, device } = context;
  const { recipe, modelId, dataSetIds } = input;
  const { locks } = storage;
  const used = [modelLock(modelId), ...dataSetIds.map(dataLock)];
  return tasks.run(input.task, (task) =>
    whileInUse(locks, used, async () => {
      const model = await library.open(modelId);
      const dataSets = await Promise.all(dataSetIds.map((id) => storage.dataSets.get(id)));
      const hooks = {
        signal: task.signal,
        onProgress: (done: number, total: number) =>
          task.progress(done / total, { code: 'tokenising' }),
      };
      const template = model.template(new Date());
      const prepared = await prepareRecords(
        storage.dataSets,
        tokeniser,
        model,
        template,
        dataSets,
        recipe,
        hooks,
      );
      await prepared.complete(hooks);
      task.check();
      task.progress(null, { code: 'loading-model' });
      const longest = await prepared.longest();
      return device.use(async (gpu) => {
        // As at the start of a run, which needs the room.
        await shelf.clear();
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
