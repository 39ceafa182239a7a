/** What the page itself writes and reads again: conversations, judgings. Who reads them checks them. */
import type { StudioDatabase } from './database.ts';

export interface StoredDocument {
  readonly id: string;
  readonly value: object;
}

/** Documents of several kinds, each under an id of its own. */
export class Documents {
  readonly #database: StudioDatabase;

  constructor(database: StudioDatabase) {
    this.#database = database;
  }

  /** All of a kind, by id. */
  async list(kind: string): Promise<StoredDocument[]> {
    const range = IDBKeyRange.bound([kind], [kind, []], false, true);
    const found = await this.#database.entries('documents', range);
    return found.map(([[, id], value]) => ({ id, value }));
  }

  async put(kind: string, id: string, value: object): Promise<void> {
    await this.#database.put('documents', value, [kind, id]);
  }

  async remove(kind: string, id: string): Promise<void> {
    await this.#database.delete('documents', [kind, id]);
  }
}
