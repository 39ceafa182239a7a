/** Calls about archives: opening a run from one, and finding its base model and data sets here. */
import { StudioError } from '../errors.ts';
import { blobSource } from '../formats/byte-source.ts';
import { runLock } from '../storage/lock-names.ts';
import { alone, runElsewhere } from '../storage/locks.ts';
import type { ArchiveCalls, ArchivedBase, ArchivedDataSet, RunOrigin } from './archive-protocol.ts';
import { checkArchive, openArchive, storeArchive } from './archive-reader.ts';
import type { Linked } from './archive-reader.ts';
import { baseFingerprint } from './base-fingerprint.ts';
import type { WorkerContext } from './context.ts';
import type { Handlers } from './dispatcher.ts';
import type { DataSetSummary, ModelSummary, RunSummary } from './protocol.ts';
import { STUDIO_VERSION } from './studio-version.ts';
import type { VariantShelf } from './variants.ts';

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
  shelf: VariantShelf,
): Pick<Handlers, keyof ArchiveCalls> {
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

  return {
    'archive.open': ({ file, task }) =>
      tasks.run(task, async (running) => {
        running.progress(0, file.name);
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
          context.emit({ type: 'run.changed', run: opened });
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
        if (same) continue;
        await shelf.clear({ runId: run.id });
        const now = await runs.update(run.id, linked);
        context.emit({ type: 'run.changed', run: now });
        changed.push(now);
      }
      return changed;
    },
  };
}

function alreadyHere(name: string): StudioError {
  return new StudioError({
    code: 'run-archive-here',
    message: `This run is in the studio already, as "${name.slice(0, 120)}".`,
    kept: 'The run that is here, unchanged.',
    remedy: 'Look at it on the Train page; to open the archive anew, delete it there first.',
    data: { name: name.slice(0, 120) },
  });
}
