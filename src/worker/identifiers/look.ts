/** Looks for identifiers in the records of a set, as they come in or later, and keeps where each stands. */
import type { DataSetSummary, IdentifiersLooked } from '../../contract/data.ts';
import { dataLock, searchLock, whileInUse } from '../../storage/lock-names.ts';
import { inTurn } from '../../storage/locks.ts';
import type { FindingWriter } from '../../storage/identifiers/finding-table.ts';
import type { WorkerContext } from '../context.ts';
import { takeRows, type RowTaker } from '../data/stored-rows.ts';
import { OrderedWrites } from '../tasks/ordered-writes.ts';
import type { Task } from '../tasks/tasks.ts';
import type { FinderPool } from './finder-pool.ts';

/** The parts of a record in which identifiers are looked for. */
interface Texts {
  readonly messages: readonly { readonly content: string }[];
  readonly choices?: readonly string[];
}

/** Messages, then the answers that a record allows: what is replaced in an answer is replaced there, too. */
export function textsOf({ messages, choices = [] }: Texts): string[] {
  return [...messages.map(({ content }) => content), ...choices];
}

/** Characters of a batch, at least. */
const BATCH = 2 ** 17;

/** Takes record after record of one set, has batches of them searched, and writes what is found. */
export class Looker implements RowTaker<IdentifiersLooked> {
  readonly #writer: FindingWriter;
  readonly #finders: FinderPool;
  #batch: string[][] = [];
  #characters = 0;
  /** Row of the batch's first record. */
  #first = 0;
  readonly #writes: OrderedWrites;

  private constructor(writer: FindingWriter, finders: FinderPool) {
    this.#writer = writer;
    this.#finders = finders;
    this.#writes = new OrderedWrites(finders.capacity);
  }

  static async begin(
    { storage, finders }: Pick<WorkerContext, 'storage' | 'finders'>,
    id: string,
  ): Promise<Looker> {
    return new Looker(await storage.identifiers.writer(id), finders);
  }

  /** @returns what to wait for, if anything @throws StudioError `storage-full`, `storage-failed` */
  add(record: Texts): Promise<void> | null {
    const texts = textsOf(record);
    this.#batch.push(texts);
    this.#characters += texts.reduce((sum, { length }) => sum + length, 0);
    return this.#characters >= BATCH ? this.#send() : null;
  }

  async #send(): Promise<void> {
    const [batch, first] = [this.#batch, this.#first];
    this.#batch = [];
    this.#characters = 0;
    this.#first += batch.length;
    await this.#writes.add(this.#finders.find(batch), (found) => this.#writer.add(found, first));
  }

  async finish(): Promise<IdentifiersLooked> {
    await this.#send();
    await this.#writes.all();
    await this.#writer.close();
    return { at: Date.now(), findings: this.#writer.count, withAny: this.#writer.withAny };
  }

  async abort(): Promise<void> {
    await this.#writes.settled();
    await this.#writer.abort();
  }
}

/**
 * Searches a set that is stored. What another tab found in the meantime is not looked for again.
 * @throws StudioError `data-set-missing`, `storage-changing`, `cancelled`
 */
export function look(
  context: Pick<WorkerContext, 'storage' | 'finders'>,
  id: string,
  task: Task,
): Promise<DataSetSummary> {
  const { dataSets, identifiers, locks } = context.storage;
  const asked = Date.now();
  return whileInUse(locks, [dataLock(id)], () =>
    inTurn(locks, searchLock(id), task, async () => {
      const set = await dataSets.get(id);
      if (set.identifiers && set.identifiers.at > asked) return set;
      await identifiers.drop(id);
      const advance = (fraction: number): void => task.progress(fraction, null);
      const looker = await Looker.begin(context, id);
      return dataSets.setIdentifiers(id, await takeRows(dataSets, id, looker, { task, advance }));
    }),
  );
}
