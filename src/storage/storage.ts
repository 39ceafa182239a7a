import { openDatabase } from './database.ts';
import { DataSets } from './data-sets.ts';
import type { FileStore } from './file-store.ts';
import type { Locks } from './locks.ts';
import { localLocks, webLocks } from './locks.ts';
import { memoryStore } from './memory-store.ts';
import { Models } from './models.ts';
import { openOpfs } from './opfs-store.ts';
import { Runs } from './runs.ts';
import { TokenCache } from './token-cache.ts';

/** Everything that outlives a reload. */
export interface Storage {
  readonly files: FileStore;
  readonly dataSets: DataSets;
  readonly models: Models;
  readonly runs: Runs;
  readonly tokens: TokenCache;
  readonly locks: Locks;
  close(): void;
}

const NAME = 'medcare-studio';

export const runLock = (id: string): string => `${NAME}:run:${id}`;

/** Puts the parts together and marks runs as interrupted that nobody works on any more. */
export async function openStorage(files: FileStore, locks: Locks, name = NAME): Promise<Storage> {
  const database = await openDatabase(name);
  const runs = new Runs(database, files);
  await runs.recover((id) => locks.held(runLock(id)));
  return {
    files,
    locks,
    runs,
    dataSets: new DataSets(database, files),
    models: new Models(database, files),
    tokens: new TokenCache(files),
    close: () => {
      database.close();
    },
  };
}

/** Storage of a browser's worker. */
export async function openBrowserStorage(): Promise<Storage> {
  return openStorage(await openOpfs(NAME), webLocks(navigator.locks));
}

/** Storage that lives as long as the process; IndexedDB has to be there (fake-indexeddb in Node). */
export async function openMemoryStorage(name?: string): Promise<Storage> {
  return openStorage(memoryStore(), localLocks(), name);
}
