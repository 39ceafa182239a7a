/** Ties runs that came in archives to their base models and data sets here. */
import type { DataSetSummary } from '../../contract/data.ts';
import type { ModelSummary } from '../../contract/models.ts';
import type { ArchivedBase, RunOrigin } from '../../contract/run-origin.ts';
import type { RunSummary } from '../../contract/runs.ts';
import { asStudioError, fault, isFault, type StudioError } from '../../faults/fault.ts';
import type { WorkerContext } from '../context.ts';
import { baseFingerprint } from '../models/base-fingerprint.ts';
import type { StateShelf } from '../models/state-shelf.ts';
import { checkBranchFiles, checkCheckpoint } from '../../archive/archive-check.ts';
import type { Linked } from './archive-store.ts';

/** Looks again for the base and data sets of every run that came in an archive. Gives the changed runs. */
export async function linkRuns(context: WorkerContext, shelf: StateShelf): Promise<RunSummary[]> {
  const here = await foundHere(context);
  const changed: RunSummary[] = [];
  for (const run of await context.storage.runs.list()) {
    const change = run.origin ? await linkAgain(context, here, { run, origin: run.origin }) : null;
    if (!change) continue;
    // Loaded states of the run still have its earlier base.
    if (change.modelId !== undefined) await shelf.clear({ runId: run.id });
    const now = await context.storage.runs.update(run.id, change);
    context.emit({ type: 'runs.changed', run: now });
    changed.push(now);
  }
  return changed;
}

/** The change to the record of a run: a fault where its base came and does not fit, else the links found. */
async function linkAgain(
  context: WorkerContext,
  here: FoundHere,
  { run, origin }: { readonly run: RunSummary; readonly origin: RunOrigin },
): Promise<Partial<RunSummary> | null> {
  const linked = await link(context, here, { run, origin });
  const { baseHere } = linked.origin;
  const unfit = baseHere && !origin.baseHere ? await misfit(context, run, linked.modelId) : null;
  if (unfit) return run.error?.code === unfit.code ? null : { error: unfit.describe() };
  if (run.error?.code === 'run-base-mismatch') return { ...linked, error: null };
  const same =
    linked.modelId === run.modelId &&
    baseHere === origin.baseHere &&
    linked.dataSetIds.every((id, index) => id === run.dataSetIds[index]);
  return same ? null : linked;
}

/** Models and data sets that an archived run may have used. */
interface FoundHere {
  readonly models: readonly ModelSummary[];
  readonly sets: readonly DataSetSummary[];
}

export async function foundHere({ library, storage }: WorkerContext): Promise<FoundHere> {
  return { models: await library.list(), sets: await storage.dataSets.list() };
}

/** Links an archived run to its base and its data sets, recognised by their contents. */
export async function link(
  context: WorkerContext,
  { models, sets }: FoundHere,
  {
    run,
    origin,
  }: {
    readonly run: Pick<RunSummary, 'modelId' | 'dataSetIds'>;
    readonly origin: Omit<RunOrigin, 'baseHere'>;
  },
): Promise<Required<Linked>> {
  const modelId = await findBase(context, origin.base, models);
  const dataSetIds = run.dataSetIds.map((id, index) => {
    const fingerprint = origin.dataSets[index]?.fingerprint ?? null;
    return sets.find((set) => fingerprint !== null && set.fingerprint === fingerprint)?.id ?? id;
  });
  return {
    // Another model may have the same id here, but without the same files it is not the base of this run.
    modelId: modelId ?? `elsewhere:${origin.base.fingerprint ?? 'unknown'}`,
    dataSetIds,
    origin: { ...origin, baseHere: modelId !== null },
  };
}

/** Finds the base of an archived run among the models here, by its files and not by its name. */
async function findBase(
  { library, storage }: WorkerContext,
  { fingerprint, architecture, parameters }: ArchivedBase,
  models: readonly ModelSummary[],
): Promise<string | null> {
  if (fingerprint === null) return null;
  for (const model of models) {
    if (model.architecture !== architecture || model.parameters !== parameters) continue;
    const own = await baseFingerprint(storage.models, library, model.id).catch(() => null);
    if (own === fingerprint) return model.id;
  }
  return null;
}

/** Why the files of an archived run do not fit its base, which came later; null where they fit. */
async function misfit(
  { library, storage: { files, runs } }: WorkerContext,
  { id }: RunSummary,
  modelId: string,
): Promise<StudioError | null> {
  const { config } = await library.open(modelId);
  const { summary, stages, best = [], checkpoint } = await runs.get(id);
  const branches = [
    ...stages.map(({ path }, stage) => ({ path, stage })),
    ...best.map(({ file: { path }, stage }) => ({ path, stage })),
  ];
  try {
    const sources = await Promise.all(
      branches.map(async ({ path, stage }) => ({ source: await files.open(path), stage })),
    );
    await checkBranchFiles(sources, summary.recipe, config);
    if (checkpoint) {
      const source = await files.open(checkpoint.file.path);
      await checkCheckpoint(source, checkpoint, summary.recipe, config);
    }
    return null;
  } catch (thrown) {
    return baseMismatch(asStudioError(thrown));
  }
}

function baseMismatch(cause: StudioError): StudioError {
  const why = isFault(cause, 'run-archive-invalid')
    ? cause.data
    : ({ where: '', reason: 'fault', said: cause.message } as const);
  return fault('run-base-mismatch', why, { kept: 'stored-before', cause });
}
