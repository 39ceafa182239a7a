/** Copies a data set without some of its records. */
import type { DataSetSummary } from '../../contract/data.ts';
import { dataLock, whileInUse } from '../../storage/lock-names.ts';
import type { WorkerContext } from '../context.ts';
import { breathing, type Task } from '../tasks/tasks.ts';
import { newSet } from './new-set.ts';

/**
 * The set itself stays as it is; the copy is named after it and the number of records that it lacks. Lines that the
 * import left out are not listed again.
 * @param task where a person waits for it
 * @throws StudioError `data-set-missing`, `data-set-in-use`, `storage-changing`, `cancelled`, and as reading rows does
 */
export async function setWithout(
  context: Pick<WorkerContext, 'storage'>,
  id: string,
  rows: ReadonlySet<number>,
  task: Task | null,
): Promise<DataSetSummary> {
  const { dataSets, locks } = context.storage;
  const check = breathing(task);
  return whileInUse(locks, [dataLock(id)], async () => {
    const { name, kind, shape, shapes, columns, replaced, records: total } = await dataSets.get(id);
    return newSet(context, async (writer) => {
      for await (const batch of dataSets.allRows(id)) {
        for (const { index, ...record } of batch) if (!rows.has(index)) await writer.add(record);
        const done = (batch.at(-1)?.index ?? 0) + 1;
        task?.progress(done / total, { code: 'copying-records', done, total });
        await check();
      }
      const about = { kind, shape, ...(shapes && { shapes }), ...(columns && { columns }) };
      const marks = replaced && { replaced };
      return { name: `${name} (−${rows.size})`, ...about, ...marks };
    });
  });
}
