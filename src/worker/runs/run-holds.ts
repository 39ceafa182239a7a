/**
 * The locks that a run holds against other tabs while it is worked on, and the removal of a run that nobody
 * holds.
 */
import {
  dataLock,
  keepInUse,
  modelLock,
  runInUse,
  runLock,
  runUseLock,
} from '../../storage/lock-names.ts';
import { alone, hold, runElsewhere, type Locks, type Release } from '../../storage/locks.ts';
import type { Storage } from '../../storage/storage.ts';
import { removeExports } from '../exports/export-store.ts';
import type { RunSummary } from '../../contract/runs.ts';

/**
 * Holds a run alone, and keeps its model and data sets from being removed.
 * @throws StudioError `run-elsewhere`, `storage-changing`
 */
export async function holdRun(
  locks: Locks,
  { id, modelId, dataSetIds }: Pick<RunSummary, 'id' | 'modelId' | 'dataSetIds'>,
): Promise<Release> {
  const own = await hold(locks, runLock(id), 'exclusive', () => runElsewhere(id));
  try {
    const others = await keepInUse(locks, [modelLock(modelId), ...dataSetIds.map(dataLock)]);
    return () => {
      others();
      own();
    };
  } catch (error) {
    own();
    throw error;
  }
}

/**
 * Removes a run that nobody reads or works on, with the files that were made of it.
 * @param letGo makes this tab release the run, once nobody reads it
 * @throws StudioError `run-in-use`, `run-elsewhere`
 */
export function removeRun(storage: Storage, id: string, letGo: () => Promise<void>): Promise<void> {
  const { locks, runs } = storage;
  const inUse = () => runInUse(id);
  return alone(locks, runUseLock(id), inUse, async () => {
    await letGo();
    const elsewhere = () => runElsewhere(id);
    await alone(locks, runLock(id), elsewhere, async () => {
      await runs.remove(id);
      await removeExports(storage, id);
    });
  });
}
