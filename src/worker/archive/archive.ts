/** Answers calls about archives: opens a run from one, and finds its base model and data sets here. */
import type { archiveCalls } from '../../contract/archive.ts';
import type { ArchivedDataSet } from '../../contract/run-origin.ts';
import type { RunSummary } from '../../contract/runs.ts';
import { fault, type StudioError } from '../../faults/fault.ts';
import { blobSource } from '../../formats/files/byte-source.ts';
import { runLock } from '../../storage/lock-names.ts';
import { alone, runElsewhere } from '../../storage/locks.ts';
import type { Runs } from '../../storage/runs.ts';
import type { WorkerContext } from '../context.ts';
import type { HandlersOf } from '../dispatcher.ts';
import type { StateShelf } from '../models/state-shelf.ts';
import { canarySet } from '../memorisation/plant.ts';
import type { Task } from '../tasks/tasks.ts';

import { foundHere, link, linkRuns } from './archive-link.ts';
import { checkArchive, openArchive } from '../../archive/archive-reader.ts';
import { storeArchive } from './archive-store.ts';

export function archiveHandlers(
  context: WorkerContext,
  shelf: StateShelf,
): HandlersOf<typeof archiveCalls> {
  return {
    'archive.open': ({ file, task }) =>
      context.tasks.run(task, (running) => openRun(context, file, running)),
    'archive.link': () => linkRuns(context, shelf),
  };
}

async function openRun(context: WorkerContext, file: File, running: Task): Promise<RunSummary> {
  const { library, storage } = context;
  running.progress(0, { code: 'named', name: file.name });
  const archive = await openArchive(blobSource(file.name, file));
  const { run, base, dataSets, environment, scores, shortcuts } = archive.manifest;
  await checkNotHere(storage.runs, run.id);
  const branches = archive.stages.length > 0;
  const origin = { ...environment, base, dataSets, scores, shortcuts, branches };
  const linked = await link(context, await foundHere(context), { run, origin });
  const baseHere = linked.origin.baseHere ? await library.open(linked.modelId) : null;
  await checkArchive(archive, baseHere?.config ?? null);
  const elsewhere = (): StudioError => runElsewhere(run.id);
  return alone(storage.locks, runLock(run.id), elsewhere, async () => {
    // Another tab may have opened the run since the first check.
    await checkNotHere(storage.runs, run.id);
    await plantAgain(context, dataSets);
    const { dataSetIds } = await link(context, await foundHere(context), { run, origin });
    const opened = await storeArchive(storage, archive, { ...linked, dataSetIds }, running);
    context.emit({ type: 'runs.changed', run: opened });
    return opened;
  });
}

/** Makes the canaries of a run again: it can then be measured here, or go on. */
async function plantAgain(
  context: WorkerContext,
  dataSets: readonly ArchivedDataSet[],
): Promise<void> {
  for (const { name, kind, canaries } of dataSets) {
    if (canaries) await canarySet(context, canaries, kind, name);
  }
}

/** @throws StudioError `run-archive-here` */
async function checkNotHere(runs: Runs, id: string): Promise<void> {
  const known = (await runs.list()).find((run) => run.id === id);
  if (known)
    throw fault('run-archive-here', { name: known.name.slice(0, 120) }, { kept: 'run-here' });
}
