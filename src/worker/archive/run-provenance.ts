/** What a run was made of and where, as its archive and its model card name it. */
import {
  REMOVED_SET,
  type ArchivedBase,
  type ArchivedDataSet,
  type ArchivedEnvironment,
} from '../../contract/run-origin.ts';
import type { RunSummary } from '../../contract/runs.ts';
import type { WorkerContext } from '../context.ts';
import { baseFingerprint } from '../models/base-fingerprint.ts';
import { STUDIO_VERSION } from '../../archive/studio-version.ts';
import { baseByName } from '../../archive/archive-manifest.ts';

/** The environment that an archive states for the machine that writes it. */
export function environmentNow(): ArchivedEnvironment {
  // Node has a navigator since version 21; other test environments have none.
  const { navigator } = globalThis as { readonly navigator?: { readonly userAgent?: string } };
  return {
    studio: STUDIO_VERSION,
    browser: navigator?.userAgent ?? '',
    archivedAt: Date.now(),
  };
}

/** The base of a run: the model here, else the base that the run's archive names. */
export async function baseOf(
  { library, storage }: WorkerContext,
  run: RunSummary,
): Promise<ArchivedBase> {
  const here = (await library.list()).find(({ id }) => id === run.modelId);
  if (!here) return run.origin?.base ?? baseByName(run);
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

/** The data sets of a run, with the known facts about sets that were removed or never here. */
export async function dataSetsOf(
  { storage }: WorkerContext,
  { dataSetIds, origin }: RunSummary,
): Promise<ArchivedDataSet[]> {
  const known = new Map((await storage.dataSets.list()).map((set) => [set.id, set]));
  return dataSetIds.map((id, index) => {
    const set = known.get(id);
    if (set) {
      const { name, kind, records, fingerprint, canaries, replaced } = set;
      const marks = { ...(canaries && { canaries }), ...(replaced && { replaced }) };
      return { name, kind, records, fingerprint, ...marks };
    }
    const gone = { name: REMOVED_SET, kind: 'knowledge' } as const;
    return origin?.dataSets[index] ?? { ...gone, records: 0, fingerprint: null };
  });
}
