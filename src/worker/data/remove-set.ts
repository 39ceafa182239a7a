/** Removes a data set with everything that was derived from its records. */
import type { StudioError } from '../../faults/fault.ts';
import { dataLock, dataSetInUse } from '../../storage/lock-names.ts';
import { alone } from '../../storage/locks.ts';
import type { WorkerContext } from '../context.ts';
import { removeUnusedExports } from '../exports/export-store.ts';

/** @throws StudioError `data-set-in-use` */
export async function removeSet({ storage, tokeniser }: WorkerContext, id: string): Promise<void> {
  const elsewhere = (): StudioError => dataSetInUse(id);
  tokeniser.forget(id);
  await alone(storage.locks, dataLock(id), elsewhere, async () => {
    const runs = await storage.dataSets.remove(id);
    await storage.tokens.remove(id);
    // The exports of those runs name the set.
    for (const run of runs) await removeUnusedExports(storage, run);
  });
}
