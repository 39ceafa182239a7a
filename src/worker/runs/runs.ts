/** Answers calls about runs. */
import type { CallInput } from '../../contract/contract.ts';
import type { runCalls, RunOutlook, RunSummary } from '../../contract/runs.ts';
import { parseRecipe } from '../../engine/training/recipe/recipe.ts';
import { dataLock, whileInUse } from '../../storage/lock-names.ts';
import type { WorkerContext } from '../context.ts';
import type { HandlersOf } from '../dispatcher.ts';
import type { DataRow } from '../../contract/data.ts';
import { dryRunOf } from './run-dry.ts';
import { outlookOf } from '../data/prepare.ts';
import { openInputs } from '../data/run-inputs.ts';
import type { RunKeeper } from './run-keeper.ts';
import type { StateShelf } from '../models/state-shelf.ts';
import type { Storage } from '../../storage/storage.ts';
import type { Task } from '../tasks/tasks.ts';

export function runHandlers(
  context: WorkerContext,
  keeper: RunKeeper,
  shelf: StateShelf,
): HandlersOf<typeof runCalls> {
  const { runs, runResults } = context.storage;
  const change = async (id: string, said: Partial<RunSummary>): Promise<RunSummary> => {
    const run = await runs.update(id, said);
    context.emit({ type: 'runs.changed', run });
    return run;
  };
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
    'runs.rename': ({ id, name }) => change(id, { name }),
    'runs.annotate': ({ id, tags, notes }) => change(id, { tags: [...new Set(tags)], notes }),
    'runs.samples': ({ id }) => runResults.samples(id),
    'runs.dry': ({ recipe, ...input }) =>
      keeper.aside(() => dryRunOf(context, shelf, { ...input, recipe: parseRecipe(recipe) })),
    'runs.outlook': (asked) =>
      context.tasks.run(asked.task, (running) => outlook(context, asked, running)),
    'runs.pace': ({ modelId, adapter }) => paceOf(context.storage, modelId, adapter),
    'runs.remove': async ({ id }) => {
      await keeper.remove(id);
      return null;
    },
    'runs.records': async ({ id, stage, step }) => {
      await keeper.flush(id);
      return recordsOfStep(context.storage, { id, stage, step });
    },
  };
}

/** Predicts the outcomes of the records of a planned run. */
function outlook(
  context: WorkerContext,
  { recipe, modelId, dataSetIds }: CallInput<'runs.outlook'>,
  running: Task,
): Promise<RunOutlook> {
  return whileInUse(context.storage.locks, dataSetIds.map(dataLock), async () => {
    const input = { modelId, dataSetIds, recipe: parseRecipe(recipe) };
    return outlookOf(context, await openInputs(context, input), {
      signal: running.signal,
      onProgress: (done, total) => running.progress(done / total, null),
    });
  });
}

/** Steps that are read to know a run's pace. */
const PACE_STEPS = 32;

/** The pace of the latest run that took steps: the median over its first ones, without the one that compiles. */
async function paceOf({ runs }: Storage, modelId: string, adapter: string): Promise<number | null> {
  const own = (await runs.list()).filter(
    (run) => run.modelId === modelId && run.adapter === adapter,
  );
  for (const { id } of own.toSorted((one, other) => other.createdAt - one.createdAt)) {
    const steps = await runs.stepsFrom(id, 0, 1, PACE_STEPS);
    const paces = steps
      .map(({ metrics: { milliseconds, tokens } }) => milliseconds / tokens)
      .filter((pace) => Number.isFinite(pace))
      .sort((a, b) => a - b);
    const median = paces[Math.floor(paces.length / 2)];
    if (median !== undefined) return median;
  }
  return null;
}

/** The records of a step, without records of data sets that no longer exist. */
async function recordsOfStep(
  { runs, dataSets }: Storage,
  { id, stage, step }: CallInput<'runs.records'>,
): Promise<DataRow[]> {
  const { summary } = await runs.get(id);
  const places = failedRows(summary, stage, step) ?? (await runs.stepRows(id, stage, step));
  const found: DataRow[] = [];
  for (let i = 0; i < places.length; i += 2) {
    const dataSetId = summary.dataSetIds[places[i] ?? 0];
    if (dataSetId === undefined) continue;
    found.push(...(await dataSets.rows(dataSetId, places[i + 1] ?? 0, 1)));
  }
  return found;
}

/** The records of a step whose loss was not a number: it stores no figures, but its error names the records. */
function failedRows({ error }: RunSummary, stage: number, step: number): Uint32Array | null {
  if (error?.data['stage'] !== stage || error.data['step'] !== step) return null;
  const { records } = error.data;
  if (!Array.isArray(records)) return null;
  return Uint32Array.from(records.flatMap((place: string) => place.split(':').map(Number)));
}
