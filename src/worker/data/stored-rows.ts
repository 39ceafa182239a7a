/** Reads all records of a stored set for a search that shows how far it is and can be ended. */
import type { NormalRecord } from '../../formats/records/normal-record.ts';
import type { DataSets } from '../../storage/data-sets.ts';
import { breathing, type Task } from '../tasks/tasks.ts';

/** What takes records one by one and writes what it finds. */
export interface RowTaker<Found> {
  /** What to wait for, if anything. */
  add(row: NormalRecord): Promise<void> | null;
  finish(): Promise<Found>;
  abort(): Promise<void>;
}

/** @param advance is told how far it is @throws StudioError `cancelled`, and as reading rows does */
export async function takeRows<Found>(
  dataSets: DataSets,
  id: string,
  taker: RowTaker<Found>,
  { task, advance }: { readonly task: Task; readonly advance: (fraction: number) => void },
): Promise<Found> {
  const check = breathing(task);
  try {
    const { records } = await dataSets.get(id);
    let seen = 0;
    for await (const rows of dataSets.allRows(id)) {
      for (const row of rows) {
        const taken = taker.add(row);
        if (taken) await taken;
        await check();
      }
      seen += rows.length;
      advance(seen / records);
    }
    return await taker.finish();
  } catch (error) {
    await taker.abort().catch(() => undefined);
    throw error;
  }
}
