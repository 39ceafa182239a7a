/** Answers calls about handing runs off: makes the bundle of a run, and notes that it was handed off. */
import { baseOfBundle } from '../../archive/hand-off/base-files.ts';
import { bundleFiles } from '../../archive/hand-off/bundle-writer.ts';
import type { RunToHandOff } from '../../archive/hand-off/run-to-hand-off.ts';
import type { CallInput } from '../../contract/contract.ts';
import type { HandedOff, handOffCalls, HandOffSource } from '../../contract/handoff.ts';
import type { RunSummary } from '../../contract/runs.ts';
import { parseRecipe } from '../../engine/training/recipe/recipe.ts';
import { StageRecords } from '../../engine/training/run/record-source.ts';
import { snapshotsAfter } from '../../engine/training/run/snapshots.ts';
import { fileStem } from '../../formats/files/file-names.ts';
import { inFolder, writeZip } from '../../formats/files/zip-writer.ts';
import { dataLock, modelLock, runUseLock, whileInUse } from '../../storage/lock-names.ts';
import type { StoredRun } from '../../storage/stored.ts';
import { baseOf, dataSetsOf, environmentNow } from '../archive/run-provenance.ts';
import { sealedRun } from '../archive/run-files.ts';
import type { WorkerContext } from '../context.ts';
import { prepareRecords, sameInputs, type PreparedRun } from '../data/prepare.ts';
import { openInputs } from '../data/run-inputs.ts';
import type { HandlersOf } from '../dispatcher.ts';
import { changedInputs, notResumable, underWay } from '../runs/run-errors.ts';
import type { RunKeeper } from '../runs/run-keeper.ts';
import { newSummary } from '../runs/run-summary.ts';
import type { Task } from '../tasks/tasks.ts';
import { bundleSize } from './bundle-size.ts';
import { storeExport } from '../exports/export-store.ts';

export function handOffHandlers(
  context: WorkerContext,
  keeper: RunKeeper,
): HandlersOf<typeof handOffCalls> {
  return {
    'handoff.size': ({ source, task: name }) =>
      context.tasks.run(name, async (task) => {
        const runs = context.storage.runs;
        const stored = source.what === 'run' ? await runs.get(source.runId) : null;
        const { modelId, dataSetIds, recipe } = stored?.summary ?? planOf(source);
        const used = [modelLock(modelId), ...dataSetIds.map(dataLock)];
        return whileInUse(context.storage.locks, used, async () => {
          const inputs = await openInputs(context, { modelId, dataSetIds, recipe });
          return bundleSize(context, inputs, stored, { signal: task.signal });
        });
      }),
    'handoff.build': (request) =>
      context.tasks.run(request.task, async (task) => {
        const { source } = request;
        const stored = source.what === 'run' ? await underWayRun(context, keeper, source) : null;
        const { modelId, dataSetIds } = stored?.summary ?? planOf(source);
        const used = [modelLock(modelId), ...dataSetIds.map(dataLock)];
        if (stored) used.push(runUseLock(stored.summary.id));
        return whileInUse(context.storage.locks, used, () =>
          build(context, keeper, { request, stored, task }),
        );
      }),
  };
}

/** A run with steps left that nobody trains. */
async function underWayRun(
  { storage }: WorkerContext,
  keeper: RunKeeper,
  { runId }: Extract<HandOffSource, { readonly what: 'run' }>,
): Promise<StoredRun> {
  await keeper.letGo(runId);
  const { summary } = await storage.runs.get(runId);
  const { state, checkpoint } = summary;
  const ended = state === 'done' || state === 'stopped' || checkpoint === null;
  if (ended) throw notResumable(state);
  if (state !== 'interrupted' && state !== 'failed') throw underWay(state);
  return storage.runs.get(runId);
}

function planOf(source: HandOffSource) {
  if (source.what === 'run') throw new RangeError('A run is planned already');
  const { name, modelId, dataSetIds } = source;
  return { name, modelId, dataSetIds, recipe: parseRecipe(source.recipe) };
}

interface Asked {
  readonly request: CallInput<'handoff.build'>;
  /** Null for a run that has not begun. */
  readonly stored: StoredRun | null;
  readonly task: Task;
}

async function build(
  context: WorkerContext,
  keeper: RunKeeper,
  { request: { source, withRecords }, stored, task }: Asked,
): Promise<HandedOff> {
  const { runs } = context.storage;
  const at = Date.now();
  const plan = stored?.summary ?? planOf(source);
  const prepared = await prepare(context, plan, stored, task);
  const run = stored ?? planned({ ...planOf(source), createdAt: at }, prepared);
  const bundle = await bundleOf(context, keeper, { run, prepared, begun: stored !== null });
  const { id, name } = run.summary;
  const stem = fileStem(name, 'run');
  const files = bundleFiles({ ...bundle, withRecords }, task);
  const chunks = writeZip(inFolder(`${stem}-handoff`, files));
  const file = await storeExport(context.storage, id, `${stem}.handoff.zip`, chunks);
  if (!stored) await runs.create(run);
  const summary = await runs.update(id, { handedOff: at });
  context.emit({ type: 'runs.changed', run: summary });
  return { file, run: summary };
}

/** The records of a run, all as tokens. @throws StudioError `run-inputs-changed` where they are not those it began with */
async function prepare(
  context: WorkerContext,
  run: Pick<RunSummary, 'modelId' | 'dataSetIds' | 'recipe'> & { readonly createdAt?: number },
  stored: StoredRun | null,
  task: Task,
): Promise<PreparedRun> {
  const inputs = await openInputs(context, run, new Date(run.createdAt ?? Date.now()));
  const hooks = {
    signal: task.signal,
    onProgress: (done: number, total: number) =>
      task.progress(done / total, { code: 'tokenising' }),
  };
  const records = await prepareRecords(context, inputs, hooks, stored?.fingerprint);
  if (stored && !sameInputs(records, stored)) throw changedInputs();
  await records.complete(hooks);
  return { ...inputs, records };
}

/** A run as it is before its first step, which takes no device. */
function planned(
  input: ReturnType<typeof planOf> & { readonly createdAt: number },
  run: PreparedRun,
): StoredRun {
  const { model, recipe, records } = run;
  const summary = newSummary({ ...input, id: crypto.randomUUID() }, run, null);
  const stages = recipe.stages.map(({ name }, stage) => {
    const own = new StageRecords(model.config, recipe, stage, records);
    return { name, steps: own.steps, stepsDone: 0, records: own.records };
  });
  return {
    summary: { ...summary, state: 'interrupted', stages, snapshots: snapshotsAfter(recipe, 0) },
    ...{ tasks: records.tasks, fingerprint: records.fingerprint, checkpoint: null, stages: [] },
  };
}

interface ToBundle {
  readonly run: StoredRun;
  readonly prepared: PreparedRun;
  readonly begun: boolean;
}

async function bundleOf(
  context: WorkerContext,
  keeper: RunKeeper,
  { run, prepared, begun }: ToBundle,
): Promise<Omit<RunToHandOff, 'withRecords'>> {
  const { storage } = context;
  const { records, model, recipe } = prepared;
  const { id, modelName, precision = 'float32' } = run.summary;
  const summary = { ...run.summary, state: 'interrupted', error: null } as const;
  const stored = await storage.models.find(model.summary.id);
  const known = new Map(stored?.files.map(({ name, file }) => [name, file]));
  const { config, files, weights } = model;
  return {
    run: {
      ...sealedRun(storage, { ...run, summary }, { branches: true, checkpoint: true }),
      curves: begun ? await storage.runs.curves(id) : { steps: [], validation: [] },
      routing: begun ? await keeper.routing(id) : null,
      growth: begun ? await storage.experts.growth(id) : [],
      ...{ pairs: [], answers: [], card: '', wardCard: '' },
      about: {
        base: await baseOf(context, summary),
        dataSets: await dataSetsOf(context, summary),
        ...{ environment: environmentNow(), scores: [], shortcuts: [] },
      },
    },
    leavesGaps: records.leavesGaps === true,
    ...(await baseOfBundle(
      { name: modelName, config, tensors: weights.tensors, precision, files, known },
      recipe,
    )),
    records: records.bySet(),
  };
}
