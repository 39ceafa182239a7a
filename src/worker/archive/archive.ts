/** Calls about archives: opening a run from one, and finding its base model and data sets here. */
import { fault, isFault, asStudioError, type StudioError } from '../../faults/fault.ts';
import { blobSource } from '../../formats/files/byte-source.ts';
import { runLock } from '../../storage/lock-names.ts';
import { alone, runElsewhere } from '../../storage/locks.ts';
import type { archiveCalls } from '../../contract/archive.ts';
import type { ArchivedBase, ArchivedDataSet, RunOrigin } from '../../contract/run-origin.ts';
import { checkBranchFiles, checkCheckpoint } from './archive-check.ts';
import { checkArchive, openArchive, storeArchive, type Linked } from './archive-reader.ts';
import { baseFingerprint } from '../models/base-fingerprint.ts';
import type { WorkerContext } from '../context.ts';
import type { HandlersOf } from '../dispatcher.ts';
import type { DataSetSummary } from '../../contract/data.ts';
import type { ModelSummary } from '../../contract/models.ts';
import type { RunSummary } from '../../contract/runs.ts';
import { STUDIO_VERSION } from '../studio-version.ts';
import type { StateShelf } from '../models/state-shelf.ts';

/** What an archive says of the machine that writes it. */
export function environmentNow(): {
  readonly studio: string;
  readonly browser: string;
  readonly archivedAt: number;
} {
  // Node has a navigator since version 21, other surroundings of tests have none.
  const { navigator } = globalThis as { readonly navigator?: { readonly userAgent?: string } };
  return {
    studio: STUDIO_VERSION,
    browser: navigator?.userAgent ?? '',
    archivedAt: Date.now(),
  };
}

/** The base of a run: as it is here, else as the archive that the run came from names it. */
export async function baseOf(
  { library, storage }: WorkerContext,
  run: RunSummary,
): Promise<ArchivedBase> {
  const here = (await library.list()).find(({ id }) => id === run.modelId);
  if (!here) {
    return (
      run.origin?.base ?? {
        name: run.modelName,
        architecture: '',
        parameters: 0,
        licence: '',
        hub: '',
        fingerprint: null,
        precision: run.precision ?? null,
      }
    );
  }
  return {
    name: here.name,
    architecture: here.architecture,
    parameters: here.parameters,
    licence: here.licence,
    hub: here.origin ? `${here.origin.name}@${here.origin.commit}` : '',
    fingerprint: await baseFingerprint(storage.models, library, here.id),
    precision: run.precision ?? null,
  };
}

/** The data sets of a run, with what is known of those that were removed or never here. */
export async function dataSetsOf(
  { storage }: WorkerContext,
  { dataSetIds, origin }: RunSummary,
): Promise<ArchivedDataSet[]> {
  const known = new Map((await storage.dataSets.list()).map((set) => [set.id, set]));
  return dataSetIds.map((id, index) => {
    const set = known.get(id);
    if (set) {
      const { name, kind, records, fingerprint } = set;
      return { name, kind, records, fingerprint };
    }
    const gone = { name: 'a data set that was removed since', kind: 'knowledge' } as const;
    return origin?.dataSets[index] ?? { ...gone, records: 0, fingerprint: null };
  });
}

export function archiveHandlers(
  context: WorkerContext,
  shelf: StateShelf,
): HandlersOf<typeof archiveCalls> {
  const { storage, library, tasks } = context;
  const { runs } = storage;

  /** The model here that is the base of an archived run, told by its files and not by its name. */
  async function findBase(
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

  async function link(
    run: Pick<RunSummary, 'modelId' | 'dataSetIds'>,
    origin: Omit<RunOrigin, 'baseHere'>,
    models: readonly ModelSummary[],
    sets: readonly DataSetSummary[],
  ): Promise<Required<Linked>> {
    const modelId = await findBase(origin.base, models);
    const dataSetIds = run.dataSetIds.map((id, index) => {
      const fingerprint = origin.dataSets[index]?.fingerprint ?? null;
      return sets.find((set) => fingerprint !== null && set.fingerprint === fingerprint)?.id ?? id;
    });
    return {
      // Another model may have the same id here: without the same files it is not this run's base.
      modelId: modelId ?? `elsewhere:${origin.base.fingerprint ?? 'unknown'}`,
      dataSetIds,
      origin: { ...origin, baseHere: modelId !== null },
    };
  }

  /** Why what a run brought along does not fit its base, which has come since; null where it does. */
  async function misfit({ id }: RunSummary, { modelId }: Linked): Promise<StudioError | null> {
    const { config } = await library.open(modelId);
    const { summary, stages, best = [], checkpoint } = await runs.get(id);
    const branches = [
      ...stages.map(({ path }, stage) => ({ path, stage })),
      ...best.map(({ file: { path }, stage }) => ({ path, stage })),
    ];
    try {
      const sources = await Promise.all(
        branches.map(async ({ path, stage }) => ({
          source: await storage.files.open(path),
          stage,
        })),
      );
      await checkBranchFiles(sources, summary.recipe, config);
      if (checkpoint) {
        const source = await storage.files.open(checkpoint.file.path);
        await checkCheckpoint(source, checkpoint, summary.recipe, config);
      }
      return null;
    } catch (thrown) {
      return baseMismatch(asStudioError(thrown));
    }
  }

  return {
    'archive.open': ({ file, task }) =>
      tasks.run(task, async (running) => {
        running.progress(0, { code: 'named', name: file.name });
        const archive = await openArchive(blobSource(file.name, file));
        const { run, base, dataSets, environment, scores } = archive.manifest;
        const known = (await runs.list()).find(({ id }) => id === run.id);
        if (known) throw alreadyHere(known.name);
        const linked = await link(
          run,
          { ...environment, base, dataSets, scores, branches: archive.stages.length > 0 },
          await library.list(),
          await storage.dataSets.list(),
        );
        const baseHere = linked.origin.baseHere ? await library.open(linked.modelId) : null;
        await checkArchive(archive, baseHere?.config ?? null);
        const elsewhere = () => runElsewhere(run.id);
        return alone(storage.locks, runLock(run.id), elsewhere, async () => {
          // Another tab may have opened it since it was looked for.
          const since = (await runs.list()).find(({ id }) => id === run.id);
          if (since) throw alreadyHere(since.name);
          const opened = await storeArchive(storage, archive, linked, running);
          context.emit({ type: 'runs.changed', run: opened });
          return opened;
        });
      }),
    'archive.link': async () => {
      const models = await library.list();
      const sets = await storage.dataSets.list();
      const changed: RunSummary[] = [];
      for (const run of await runs.list()) {
        const { origin } = run;
        if (!origin) continue;
        const linked = await link(run, origin, models, sets);
        const same =
          linked.modelId === run.modelId &&
          linked.origin.baseHere === origin.baseHere &&
          linked.dataSetIds.every((id, index) => id === run.dataSetIds[index]);
        const fault = linked.origin.baseHere && !origin.baseHere ? await misfit(run, linked) : null;
        if (fault) {
          if (run.error?.code === fault.code) continue;
          const told = await runs.update(run.id, { error: fault.describe() });
          context.emit({ type: 'runs.changed', run: told });
          changed.push(told);
          continue;
        }
        const misfitted = run.error?.code === 'run-base-mismatch';
        if (same && !misfitted) continue;
        await shelf.clear({ runId: run.id });
        const now = await runs.update(run.id, { ...linked, ...(misfitted ? { error: null } : {}) });
        context.emit({ type: 'runs.changed', run: now });
        changed.push(now);
      }
      return changed;
    },
  };
}

function baseMismatch(cause: StudioError): StudioError {
  const why = isFault(cause, 'run-archive-invalid')
    ? cause.data
    : ({ where: '', reason: 'fault', said: cause.message } as const);
  return fault('run-base-mismatch', why, { kept: 'stored-before', cause });
}

function alreadyHere(name: string): StudioError {
  return fault('run-archive-here', { name: name.slice(0, 120) }, { kept: 'run-here' });
}
