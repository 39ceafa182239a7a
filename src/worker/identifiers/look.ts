/** Looks for identifiers in the records of a set, as they come in or later, and keeps where each stands. */
import type { DataSetSummary, IdentifiersLooked } from '../../contract/data.ts';
import { dataLock, whileInUse } from '../../storage/lock-names.ts';
import type { FindingWriter } from '../../storage/identifiers/finding-table.ts';
import type { Storage } from '../../storage/storage.ts';
import { findInRecord } from '../../text/identifiers/finder.ts';
import { loadLists, type Lists } from '../../text/identifiers/lists.ts';
import type { WorkerContext } from '../context.ts';
import { breathing, type Task } from '../tasks/tasks.ts';

/** The parts of a record in which identifiers are looked for. */
interface Texts {
  readonly messages: readonly { readonly content: string }[];
  readonly choices?: readonly string[];
}

/** Messages, then the answers that a record allows: what is replaced in an answer is replaced there, too. */
export function textsOf({ messages, choices = [] }: Texts): string[] {
  return [...messages.map(({ content }) => content), ...choices];
}

/** Takes record after record of one set and writes what it finds. */
export class Looker {
  readonly #writer: FindingWriter;
  readonly #lists: Lists;
  #row = 0;
  #withAny = 0;

  private constructor(writer: FindingWriter, lists: Lists) {
    this.#writer = writer;
    this.#lists = lists;
  }

  static async begin(identifiers: Storage['identifiers'], id: string): Promise<Looker> {
    const lists = await loadLists();
    return new Looker(await identifiers.writer(id), lists);
  }

  /** @throws StudioError `storage-full`, `storage-failed` */
  async add(record: Texts): Promise<void> {
    const texts = textsOf(record);
    const found = findInRecord(texts, this.#lists);
    let any = false;
    for (const [message, findings] of found.entries()) {
      for (const finding of findings) {
        any = true;
        const full = this.#writer.add(this.#row, message, texts[message] ?? '', finding);
        if (full) await full;
      }
    }
    this.#row += 1;
    if (any) this.#withAny += 1;
  }

  async finish(): Promise<IdentifiersLooked> {
    await this.#writer.close();
    return { at: Date.now(), findings: this.#writer.count, withAny: this.#withAny };
  }

  abort(): Promise<void> {
    return this.#writer.abort();
  }
}

/** Searches a set that is stored. @throws StudioError `data-set-missing`, `storage-changing`, `cancelled` */
export function look(
  { storage }: Pick<WorkerContext, 'storage'>,
  id: string,
  task: Task,
): Promise<DataSetSummary> {
  const { dataSets, identifiers, locks } = storage;
  return whileInUse(locks, [dataLock(id)], async () => {
    const { records } = await dataSets.get(id);
    await identifiers.drop(id);
    const looker = await Looker.begin(identifiers, id);
    const check = breathing(task);
    let seen = 0;
    try {
      for await (const rows of dataSets.allRows(id)) {
        for (const row of rows) {
          await looker.add(row);
          await check();
        }
        seen += rows.length;
        task.progress(seen / records, null);
      }
      return await dataSets.setIdentifiers(id, await looker.finish());
    } catch (error) {
      await looker.abort().catch(() => undefined);
      throw error;
    }
  });
}
