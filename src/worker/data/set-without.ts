/** Copies a data set without some of its records. */
import type { DataSetSummary } from '../../contract/data.ts';
import { dataLock, dataSetInUse, whileInUse } from '../../storage/lock-names.ts';
import { alone } from '../../storage/locks.ts';
import type { Storage } from '../../storage/storage.ts';
import { breathing, type Task } from '../tasks/tasks.ts';

export interface LeftOut {
  /** Rows that the copy does not have. */
  readonly rows: ReadonlySet<number>;
  /** The copy's name. */
  readonly name: string;
}

/**
 * The set itself stays as it is. Records keep their lines, and lines that the import left out are not listed again.
 * @throws StudioError `data-set-missing`, `data-set-in-use`, `cancelled`, and as reading rows does
 */
export async function copyWithout(
  { dataSets, locks }: Pick<Storage, 'dataSets' | 'locks'>,
  id: string,
  { rows, name }: LeftOut,
  task: Task,
): Promise<DataSetSummary> {
  const copy = crypto.randomUUID();
  const check = breathing(task);
  const work = async (): Promise<DataSetSummary> => {
    const { records, kind, kindGuessed, shape, shapes, columns, tableRows } =
      await dataSets.get(id);
    const writer = await dataSets.create(copy);
    try {
      for await (const all of dataSets.allRows(id)) {
        for (const { index, ...record } of all) if (!rows.has(index)) await writer.add(record);
        const done = (all.at(-1)?.index ?? 0) + 1;
        task.progress(done / records, { code: 'copying-records', done, total: records });
        await check();
      }
      return await writer.finish({
        ...{ name, kind, shape },
        ...(kindGuessed && { kindGuessed }),
        ...(shapes && { shapes }),
        ...(columns && { columns }),
        ...(tableRows && { tableRows }),
      });
    } catch (thrown) {
      await writer.abort();
      throw thrown;
    }
  };
  // While the new name is held, no other tab takes the copy's files for leftovers.
  return alone(
    locks,
    dataLock(copy),
    () => dataSetInUse(copy),
    () => whileInUse(locks, [dataLock(id)], work),
  );
}
