/** Stores what the page writes for itself, such as conversations and judgings. Who reads them checks them. */
import type { StoredDocument } from '../contract/documents.ts';
import { fault, type StudioError } from '../faults/fault.ts';
import type { StudioDatabase } from './database.ts';

/**
 * Documents of several kinds, each under its id. The page writes a document whole. If another tab changed or
 * removed it since it was read here, the write is refused.
 */
export class Documents {
  readonly #database: StudioDatabase;
  /** Each document as text, as this session last read or wrote it. */
  readonly #known = new Map<string, string>();
  /** The end of the last write: each write is compared with the result of the one before it. */
  #writing: Promise<void> = Promise.resolve();

  constructor(database: StudioDatabase) {
    this.#database = database;
  }

  /** All of a kind, by id. */
  async list(kind: string): Promise<StoredDocument[]> {
    await this.#writing.catch(() => undefined);
    const range = IDBKeyRange.bound([kind], [kind, []], false, true);
    const found = await this.#database.entries('documents', range);
    for (const [[, id], value] of found) this.#known.set(nameOf(kind, id), JSON.stringify(value));
    return found.map(([[, id], value]) => ({ id, value }));
  }

  /** @throws StudioError `document-elsewhere` when another tab changed or removed it */
  put(kind: string, id: string, value: object): Promise<void> {
    return this.#inTurn(async () => {
      const name = nameOf(kind, id);
      const known = this.#known.get(name);
      const after = await this.#database.change('documents', [kind, id], (before) => {
        const same = before !== undefined && JSON.stringify(before) === known;
        return known === undefined || same ? value : undefined;
      });
      if (after !== value) throw elsewhere(kind, id);
      this.#known.set(name, JSON.stringify(value));
    });
  }

  remove(kind: string, id: string): Promise<void> {
    return this.#inTurn(async () => {
      await this.#database.delete('documents', [kind, id]);
      this.#known.delete(nameOf(kind, id));
    });
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    this.#writing = this.#writing.catch(() => undefined).then(work);
    return this.#writing;
  }
}

function nameOf(kind: string, id: string): string {
  return `${kind} ${id}`;
}

function elsewhere(kind: string, id: string): StudioError {
  return fault('document-elsewhere', { kind, id }, { kept: 'other-tab-and-page' });
}
