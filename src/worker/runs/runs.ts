/** Run calls. */
import type { runCalls, RunSummary } from '../../contract/runs.ts';
import { parseRecipe } from '../../engine/training/recipe/recipe.ts';
import { dataLock, whileInUse } from '../../storage/lock-names.ts';
import type { WorkerContext } from '../context.ts';
import type { HandlersOf } from '../dispatcher.ts';
import type { DataRow } from '../../contract/data.ts';
import { dryRunOf } from './run-dry.ts';
import { outlookOf } from '../data/prepare.ts';
import type { RunKeeper } from './run-keeper.ts';
import type { StateShelf } from '../models/state-shelf.ts';

export function runHandlers(
  context: WorkerContext,
  keeper: RunKeeper,
  shelf: StateShelf,
): HandlersOf<typeof runCalls> {
  const { runs, dataSets, runResults } = context.storage;
  return {
    'runs.start': ({ recipe, ...input }) => keeper.start({ ...input, recipe: parseRecipe(recipe) }),
    'runs.pause': async ({ id }) => {
      await keeper.pause(id);
      return null;
    },
    'runs.resume': ({ id }) => keeper.resume(id),
    'runs.single': async ({ id }) => {
      await keeper.single(id);
      return null;
    },
    'runs.stop': async ({ id }) => {
      await keeper.stop(id);
      return null;
    },
    'runs.list': () => keeper.list(),
    'runs.curves': async ({ id }) => {
      await keeper.flush(id);
      return runs.curves(id);
    },
    'runs.rename': async ({ id, name }) => {
      const run = await runs.update(id, { name });
      context.emit({ type: 'runs.changed', run });
      return run;
    },
    'runs.annotate': async ({ id, tags, notes }) => {
      const run = await runs.update(id, { tags: [...new Set(tags)], notes });
      context.emit({ type: 'runs.changed', run });
      return run;
    },
    'runs.samples': ({ id }) => runResults.samples(id),
    'runs.dry': ({ recipe, ...input }) =>
      keeper.aside(() => dryRunOf(context, shelf, { ...input, recipe: parseRecipe(recipe) })),
    'runs.outlook': ({ recipe, modelId, dataSetIds, task }) =>
      context.tasks.run(task, (running) =>
        whileInUse(context.storage.locks, dataSetIds.map(dataLock), async () => {
          const model = await context.library.open(modelId);
          const summaries = await Promise.all(dataSetIds.map((set) => dataSets.get(set)));
          const hooks = {
            signal: running.signal,
            onProgress: (done: number, total: number) => running.progress(done / total, null),
          };
          const { tokeniser } = context;
          const template = model.template();
          const parsed = parseRecipe(recipe);
          return outlookOf(dataSets, tokeniser, model, template, summaries, parsed, hooks);
        }),
      ),
    'runs.remove': async ({ id }) => {
      await keeper.remove(id);
      return null;
    },
    'runs.records': async ({ id, stage, step }) => {
      await keeper.flush(id);
      const { summary } = await runs.get(id);
      const places = failedRows(summary, stage, step) ?? (await runs.stepRows(id, stage, step));
      const found: DataRow[] = [];
      for (let i = 0; i < places.length; i += 2) {
        const dataSetId = summary.dataSetIds[places[i] ?? 0];
        if (dataSetId === undefined) continue;
        found.push(...(await dataSets.rows(dataSetId, places[i + 1] ?? 0, 1)));
      }
      return found;
    },
  };
}

/** A step whose loss was no number has no figures to store; its error names the records. */
function failedRows({ error }: RunSummary, stage: number, step: number): Uint32Array | null {
  if (error?.data['stage'] !== stage || error.data['step'] !== step) return null;
  const { records } = error.data;
  if (!Array.isArray(records)) return null;
  return Uint32Array.from(records.flatMap((place: string) => place.split(':').map(Number)));
}
