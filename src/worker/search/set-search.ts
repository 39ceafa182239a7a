/** Has the records of a set searched as they come, and keeps what is found: signatures beside them, and questions. */
import type { Message, QuestionsLooked } from '../../contract/data.ts';
import { signaturesPath } from '../../storage/data-sets.ts';
import type { FileWriter } from '../../storage/files/file-store.ts';
import type { Storage } from '../../storage/storage.ts';
import type { RowTaker } from '../data/stored-rows.ts';
import { OrderedWrites } from '../tasks/ordered-writes.ts';
import type { KnownQuestions } from './known-questions.ts';
import { BatchMaker } from './record-batch.ts';
import type { Searched, Sought } from './record-search.ts';
import { SearchLost, type Searcher } from './searcher.ts';

/** Tokens of a batch, at least: of every message that a browser passes on, something stays until a full collection. */
const BATCH = 2 ** 15;
/** Batches under way: one at work, and some ready. */
const BATCHES = 3;

/** Its end gives the questions, or null where none were sought. */
export class SetSearch implements RowTaker<QuestionsLooked | null> {
  readonly #searcher: Searcher;
  readonly #known: KnownQuestions;
  readonly #writer: FileWriter | null;
  readonly #batch = new BatchMaker();
  readonly #writes = new OrderedWrites(BATCHES);
  #lost = false;

  private constructor(known: KnownQuestions, sought: Sought, writer: FileWriter | null) {
    this.#known = known;
    this.#searcher = known.searcher();
    this.#writer = writer;
    this.#searcher.begin(sought);
  }

  static async begin(
    { files }: Pick<Storage, 'files'>,
    id: string,
    known: KnownQuestions,
    sought: Sought,
  ): Promise<SetSearch> {
    const writer = sought.signatures ? await files.create(signaturesPath(id)) : null;
    return new SetSearch(known, sought, writer);
  }

  /** @returns what to wait for, if anything @throws StudioError `storage-full`, `storage-failed` */
  add({ messages }: { readonly messages: readonly Message[] }): Promise<void> | null {
    this.#batch.add(messages);
    return this.#batch.tokens >= BATCH ? this.#send() : null;
  }

  /** Once the search is lost, further records are passed over: whoever reads them may go on. */
  async #send(): Promise<void> {
    const batch = this.#batch.take();
    if (this.#lost) return;
    try {
      await this.#write(this.#searcher.add(batch));
    } catch (error) {
      if (!(error instanceof SearchLost)) throw error;
      this.#lost = true;
    }
  }

  #write(answer: Promise<Searched>): Promise<void> {
    return this.#writes.add(answer, async ({ signatures, batch }) => {
      if (batch) this.#batch.giveBack(batch);
      if (signatures.length > 0) await this.#writer?.write(signatures);
    });
  }

  /** @throws SearchLost, wherever it was lost */
  async finish(): Promise<QuestionsLooked | null> {
    await this.#send();
    if (this.#lost) throw new SearchLost();
    const ended = this.#searcher.end();
    await this.#write(ended);
    await this.#writes.all();
    await this.#writer?.close();
    const { questions } = await ended;
    return questions && this.#known.looked(questions);
  }

  async abort(): Promise<void> {
    await this.#writes.settled();
    await this.#writer?.abort();
  }
}
