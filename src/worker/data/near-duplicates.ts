/** Signs every record of some data sets and finds those that are nearly the same. */
import { reportNearDuplicates } from '../../engine/evaluation/trust/near-duplicate-report.ts';
import { SIGNATURE_BYTES, SignatureStream } from '../../engine/evaluation/trust/signatures.ts';
import type { Message, NearDuplicates } from '../../contract/data.ts';
import { dataLock, whileInUse } from '../../storage/lock-names.ts';
import type { Storage } from '../../storage/storage.ts';
import { breathing, type Task } from '../tasks/tasks.ts';

const MOST_EXAMPLES = 20;

/** Signs records one after the other; what all records of a set share says nothing of one of them. */
export class RecordSigner {
  /** Of all records so far, in their order, where their set is at its end. */
  readonly signatures: Uint8Array;
  #written = 0;
  #set = this.#begin();

  constructor(records: number) {
    this.signatures = new Uint8Array(records * SIGNATURE_BYTES);
  }

  #begin(): SignatureStream {
    return new SignatureStream((bytes) => {
      this.signatures.set(bytes, this.#written);
      this.#written += bytes.length;
      return Promise.resolve();
    });
  }

  async add(messages: readonly Message[]): Promise<void> {
    // What every record is told says nothing of a record.
    const said = messages.filter(({ role }) => role !== 'system');
    await this.#set.add(said.map(({ content }) => content));
  }

  /** Ends a set; further records are another's. */
  async end(): Promise<void> {
    await this.#set.end();
    this.#set = this.#begin();
  }
}

/** @throws StudioError `data-set-missing`, `cancelled`, and as reading rows does */
export async function nearDuplicatesOf(
  { dataSets, locks }: Pick<Storage, 'dataSets' | 'locks'>,
  ids: readonly string[],
  task: Task,
): Promise<NearDuplicates> {
  const sets = await Promise.all(ids.map((id) => dataSets.get(id)));
  const counts = sets.map(({ records }) => records);
  const total = counts.reduce((sum, records) => sum + records, 0);
  const signer = new RecordSigner(total);
  const check = breathing(task);
  let seen = 0;
  for (const { id } of sets) {
    await whileInUse(locks, [dataLock(id)], async () => {
      for await (const rows of dataSets.allRows(id)) {
        for (const { messages } of rows) await signer.add(messages);
        seen += rows.length;
        task.progress(seen / total, null);
        await check();
      }
    });
    await signer.end();
  }
  return { records: total, ...reportNearDuplicates(signer.signatures, counts, MOST_EXAMPLES) };
}
