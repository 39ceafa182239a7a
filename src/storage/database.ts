/** The database: each change is one transaction, faults have words, and a closed database is opened again. */
import { openDB } from 'idb';
import type { IDBPTransaction, StoreKey, StoreNames, StoreValue } from 'idb';
import { detailOf, fault, type StudioError } from '../faults/fault.ts';
import { migrations } from './database-schema.ts';
import type { Connection, Migration, StudioSchema, Upgrade } from './database-schema.ts';
import { storageFault } from './files/file-store.ts';

type Name = StoreNames<StudioSchema>;
type Value<S extends Name> = StoreValue<StudioSchema, S>;
type Key<S extends Name> = StoreKey<StudioSchema, S>;
/** A transaction that reads and writes in one go; nothing but its own requests may be awaited inside. */
export type WriteTransaction<S extends Name> = IDBPTransaction<StudioSchema, S[], 'readwrite'>;

/**
 * The database. A connection that the browser closed (site data cleared, a newer studio in another tab) is
 * opened again by the next call. An existing record is only ever changed in one transaction (`change`,
 * `write`): no other tab can write between the reading and the writing.
 * Every method throws StudioError `storage-full`, `storage-failed` or `storage-newer`.
 */
export class StudioDatabase {
  readonly #open: (closed: (connection: Connection) => void) => Promise<Connection>;
  #connection: Promise<Connection> | null = null;
  #ended = false;

  constructor(open: (closed: (connection: Connection) => void) => Promise<Connection>) {
    this.#open = open;
  }

  /** Opens the connection, if there is none. */
  async connect(): Promise<Connection> {
    if (this.#ended) throw databaseEnded();
    this.#connection ??= this.#open((closed) => {
      // A later connection may be in use by now.
      void this.#connection?.then((current) => {
        if (current === closed) this.#connection = null;
      });
    }).catch((thrown: unknown) => {
      this.#connection = null;
      throw thrown;
    });
    return this.#connection;
  }

  async #with<T>(store: string, work: (connection: Connection) => Promise<T>): Promise<T> {
    const connection = await this.connect();
    try {
      return await work(connection);
    } catch (thrown) {
      if (!isClosed(thrown)) throw storageFault(`database/${store}`, thrown);
      // The browser closed the connection, and may report that only later.
      this.#connection = null;
      const again = await this.connect();
      return work(again).catch((fault: unknown) => {
        throw storageFault(`database/${store}`, fault);
      });
    }
  }

  get<S extends Name>(store: S, key: Key<S>): Promise<Value<S> | undefined> {
    return this.#with(store, (connection) => connection.get(store, key));
  }

  getAll<S extends Name>(
    store: S,
    query?: Key<S> | IDBKeyRange | null,
    count?: number,
  ): Promise<Value<S>[]> {
    return this.#with(store, (connection) => connection.getAll(store, query, count));
  }

  getAllKeys<S extends Name>(store: S, query?: Key<S> | IDBKeyRange | null): Promise<Key<S>[]> {
    return this.#with(store, (connection) => connection.getAllKeys(store, query));
  }

  /** Keys and values of a range, all read at the same moment. */
  entries<S extends Name>(store: S, range: IDBKeyRange): Promise<[Key<S>, Value<S>][]> {
    return this.#with(store, async (connection) => {
      const transaction = connection.transaction(store, 'readonly');
      const [keys, values] = await Promise.all([
        transaction.store.getAllKeys(range),
        transaction.store.getAll(range),
      ]);
      return keys.flatMap((key, i): [Key<S>, Value<S>][] => {
        const value = values[i];
        return value === undefined ? [] : [[key, value]];
      });
    });
  }

  /** The first parts of the keys of a store whose keys are lists, each once. */
  owners(store: Name): Promise<string[]> {
    return this.#with(store, async (connection) => {
      const found: string[] = [];
      const { store: rows } = connection.transaction(store, 'readonly');
      let cursor = await rows.openKeyCursor();
      while (cursor) {
        const key: unknown = cursor.key;
        const [owner] = (Array.isArray(key) ? key : [key]) as unknown[];
        if (typeof owner === 'string') found.push(owner);
        // Beyond every key of this owner: lists sort after everything else.
        cursor = await cursor.continue((Array.isArray(key) ? [owner, []] : undefined) as never);
      }
      return found;
    });
  }

  /** Overwrites the record under the key: for records that only one place ever writes. */
  async put<S extends Name>(store: S, value: Value<S>, key: Key<S>): Promise<void> {
    await this.write([store], (transaction) =>
      transaction.objectStore(store).put(value as never, key as never),
    );
  }

  async delete<S extends Name>(store: S, key: Key<S> | IDBKeyRange): Promise<void> {
    await this.write([store], (transaction) => transaction.objectStore(store).delete(key as never));
  }

  /**
   * Changes one record, given its value at that moment: the only way to change an existing record.
   * @param change gives the new record, or undefined to change nothing
   * @returns the record afterwards; undefined where there is none
   */
  change<S extends Name>(
    store: S,
    key: Key<S>,
    change: (before: Value<S> | undefined) => Value<S> | undefined,
  ): Promise<Value<S> | undefined> {
    return this.write([store], async (transaction) => {
      const rows = transaction.objectStore(store);
      const before = await rows.get(key);
      const after = change(before);
      if (after !== undefined) await rows.put(after, key);
      return after ?? before;
    });
  }

  /**
   * Runs one transaction: when this resolves, all of it is stored; when it rejects, none of it is.
   * @param work awaits nothing but requests of the transaction
   */
  write<S extends Name, T>(
    stores: readonly S[],
    work: (transaction: WriteTransaction<S>) => Promise<T>,
  ): Promise<T> {
    return this.#with(stores.join('+'), async (connection) => {
      const transaction = connection.transaction([...stores], 'readwrite');
      const done = transaction.done.then(
        () => null,
        (thrown: unknown) => ({ thrown }),
      );
      let result: T;
      try {
        result = await work(transaction);
      } catch (thrown) {
        try {
          transaction.abort();
        } catch {
          // The transaction has already ended: that is why the work failed.
        }
        await done;
        // A request of a transaction that ran out of space only says that it was aborted.
        throw transaction.error ?? thrown;
      }
      const failure = await done;
      if (failure) throw transaction.error ?? failure.thrown;
      return result;
    });
  }

  /** Ends the use of the database for good. */
  close(): void {
    this.#ended = true;
    void this.#connection?.then((connection) => connection.close()).catch(() => undefined);
  }
}

/**
 * Makes several requests of one transaction. When a request throws instead of failing, the requests before it
 * are aborted too, and somebody must still handle their rejections.
 */
export async function together(requests: readonly (() => Promise<unknown>)[]): Promise<void> {
  await Promise.all(requests.map(async (request) => request()));
}

function isClosed(thrown: unknown): boolean {
  return thrown instanceof DOMException && thrown.name === 'InvalidStateError';
}

function databaseEnded(): StudioError {
  return fault('storage-failed', { path: 'database', ended: true }, { kept: 'stored-before' });
}

/**
 * Opens the database and brings it to the newest version; rows of older versions are carried over.
 * @throws StudioError `storage-newer` when a newer studio wrote it, `storage-failed`
 */
export async function openDatabase(
  name: string,
  steps: readonly Migration[] = migrations,
): Promise<StudioDatabase> {
  const database = new StudioDatabase(async (closed) => {
    let opened: Connection | null = null;
    try {
      opened = await openDB<StudioSchema>(name, steps.length, {
        upgrade: (upgraded, from, _to, transaction) => {
          void migrate(upgraded, transaction, steps.slice(from));
        },
        // A newer studio in another tab wants to migrate, or the data are being cleared: let it.
        blocking: () => {
          opened?.close();
          if (opened) closed(opened);
        },
        terminated: () => {
          if (opened) closed(opened);
        },
      });
      return opened;
    } catch (thrown) {
      throw databaseFault(thrown);
    }
  });
  await database.connect();
  return database;
}

async function migrate(
  database: Connection,
  transaction: Upgrade,
  steps: readonly Migration[],
): Promise<void> {
  try {
    for (const step of steps) await step(database, transaction);
  } catch {
    // All or nothing: the old version stays as it was, and openDB reports the failure.
    transaction.done.catch(() => undefined);
    transaction.abort();
  }
}

function databaseFault(thrown: unknown): StudioError {
  const name = thrown instanceof DOMException ? thrown.name : '';
  if (name === 'VersionError') {
    return fault('storage-newer', {}, { kept: 'stored-unchanged', cause: thrown });
  }
  return fault('storage-failed', { detail: detailOf(thrown) }, { cause: thrown });
}
