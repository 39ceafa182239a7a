import { openDatabase } from './database.ts';
import { DataSets } from './data-sets.ts';
import { Documents } from './documents.ts';
import { Downloads } from './downloads.ts';
import { ExpertResults } from './expert-results.ts';
import { Evaluations } from './evaluations.ts';
import type { FileStore } from './file-store.ts';
import type { Patience } from './hub-download.ts';
import type { Locks } from './locks.ts';
import { localLocks, webLocks } from './locks.ts';
import { memoryStore } from './memory-store.ts';
import { Models } from './models.ts';
import { openOpfs } from './opfs-store.ts';
import { RunResults } from './run-results.ts';
import { Runs } from './runs.ts';
import { TokenCache } from './token-cache.ts';
import { Tunings } from './tunings.ts';
import type { RunSummary } from '../worker/protocol.ts';

/** Everything that outlives a reload. */
export interface Storage {
  readonly files: FileStore;
  readonly dataSets: DataSets;
  readonly models: Models;
  readonly downloads: Downloads;
  readonly runs: Runs;
  readonly runResults: RunResults;
  readonly tokens: TokenCache;
  readonly tunings: Tunings;
  readonly evaluations: Evaluations;
  readonly documents: Documents;
  readonly experts: ExpertResults;
  readonly locks: Locks;
  close(): void;
}

const NAME = 'medcare-studio';

export const runLock = (id: string): string => `${NAME}:run:${id}`;
export const dataLock = (id: string): string => `${NAME}:data:${id}`;
export const downloadLock = (id: string): string => `${NAME}:download:${id}`;

/**
 * Puts the parts together and marks runs as interrupted that nobody works on any more.
 * @param patient how long downloads wait for what
 */
export async function openStorage(
  files: FileStore,
  locks: Locks,
  name = NAME,
  patient?: Patience,
): Promise<Storage> {
  const database = await openDatabase(name);
  const runs = new Runs(database, files);
  await runs.recover((id) => locks.held(runLock(id)));
  return {
    files,
    locks,
    runs,
    dataSets: new DataSets(database, files),
    models: new Models(database, files),
    downloads: new Downloads(database, files, patient),
    tokens: new TokenCache(files),
    tunings: new Tunings(database),
    evaluations: new Evaluations(database),
    documents: new Documents(database),
    experts: new ExpertResults(database),
    runResults: new RunResults(database),
    close: () => {
      database.close();
    },
  };
}

/**
 * Runs that another tab has in its hands, or the page before a reload while it is still ending: once they
 * are let go, `tell` hears what became of them. Without this such a run would look alive for ever.
 */
export async function followOthers(
  { runs, locks }: Storage,
  tell: (run: RunSummary) => void,
): Promise<void> {
  const held = (id: string) => locks.held(runLock(id));
  const follow = async (id: string): Promise<void> => {
    await locks.free(runLock(id));
    await runs.recover(held);
    // It may have been removed there.
    const run = (await runs.list()).find((candidate) => candidate.id === id);
    if (run) tell(run);
  };
  for (const { id } of await runs.list()) if (await held(id)) void follow(id);
}

/** Storage of a browser's worker. */
export async function openBrowserStorage(): Promise<Storage> {
  return openStorage(await openOpfs(NAME), webLocks(navigator.locks));
}

/** Storage that lives as long as the process; IndexedDB has to be there (fake-indexeddb in Node). */
export async function openMemoryStorage(name?: string): Promise<Storage> {
  return openStorage(memoryStore(), localLocks(), name);
}
