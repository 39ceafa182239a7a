/** Signs every record of some data sets and finds those that are nearly the same. */
import { reportNearDuplicates } from '../../engine/evaluation/trust/near-duplicate-report.ts';
import { SIGNATURE_BYTES, SignatureStream } from '../../engine/evaluation/trust/signatures.ts';
import type { NearDuplicates } from '../../contract/data.ts';
import { dataLock, whileInUse } from '../../storage/lock-names.ts';
import type { Storage } from '../../storage/storage.ts';
import { breathing, type Task } from '../tasks/tasks.ts';

const MOST_EXAMPLES = 20;

/** @throws StudioError `data-set-missing`, `cancelled`, and as reading rows does */
export async function nearDuplicatesOf(
  { dataSets, locks }: Pick<Storage, 'dataSets' | 'locks'>,
  ids: readonly string[],
  task: Task,
): Promise<NearDuplicates> {
  const sets = await Promise.all(ids.map((id) => dataSets.get(id)));
  const counts = sets.map(({ records }) => records);
  const total = counts.reduce((sum, records) => sum + records, 0);
  const signatures = new Uint8Array(total * SIGNATURE_BYTES);
  const check = breathing(task);
  let [written, seen] = [0, 0];
  for (const { id } of sets) {
    const stream = new SignatureStream((bytes) => {
      signatures.set(bytes, written);
      written += bytes.length;
      return Promise.resolve();
    });
    await whileInUse(locks, [dataLock(id)], async () => {
      for await (const rows of dataSets.allRows(id)) {
        for (const { messages } of rows) {
          // What every record is told says nothing of a record.
          const said = messages.filter(({ role }) => role !== 'system');
          await stream.add(said.map(({ content }) => content));
        }
        seen += rows.length;
        task.progress(seen / total, null);
        await check();
      }
    });
    await stream.end();
  }
  return { records: total, ...reportNearDuplicates(signatures, counts, MOST_EXAMPLES) };
}
