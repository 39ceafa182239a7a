/** Stores a data set whole or not at all, and only once. */
import type { DataSetAbout, DataSetWriter } from '../../storage/data-sets.ts';
import { dataLock, dataSetInUse } from '../../storage/lock-names.ts';
import { alone } from '../../storage/locks.ts';
import type { DataSetSummary } from '../../contract/data.ts';
import type { WorkerContext } from '../context.ts';

/**
 * A new set with the records that `fill` gives its writer under its id; the set that is there already, where it was made of the same.
 * @throws StudioError what `fill` throws; nothing is then stored
 */
export async function newSet(
  { storage: { dataSets, locks } }: Pick<WorkerContext, 'storage'>,
  fill: (writer: DataSetWriter, id: string) => Promise<DataSetAbout>,
): Promise<DataSetSummary> {
  const id = crypto.randomUUID();
  // While the lock is held, no other tab takes the files for leftovers of a closed tab, or uses the set.
  return alone(
    locks,
    dataLock(id),
    () => dataSetInUse(id),
    async () => {
      const writer = await dataSets.create(id);
      try {
        const about = await fill(writer, id);
        const known = await dataSets.list();
        const summary = await writer.finish({ ...about, ...unusedName(about.name, known) });
        const same = known.find(
          ({ fingerprint, name, importedAs = name }) =>
            fingerprint === summary.fingerprint && importedAs === about.name,
        );
        if (!same || summary.records === 0) return summary;
        // The same file is already imported.
        await dataSets.remove(summary.id);
        return same;
      } catch (error) {
        await writer.abort();
        throw error;
      }
    },
  );
}

/** A name that no other set with records has: "letters", then "letters (2)". */
function unusedName(
  name: string,
  known: readonly DataSetSummary[],
): Pick<DataSetSummary, 'name' | 'importedAs'> {
  const taken = new Set(known.filter(({ records }) => records > 0).map((other) => other.name));
  if (!taken.has(name)) return { name };
  let number = 2;
  while (taken.has(`${name} (${number})`)) number += 1;
  return { name: `${name} (${number})`, importedAs: name };
}
