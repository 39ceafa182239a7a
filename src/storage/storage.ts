import { fault } from '../faults/fault.ts';
import { openDatabase } from './database.ts';
import { DataSets } from './data-sets.ts';
import { Documents } from './documents.ts';
import { Downloads } from './downloads.ts';
import { ExpertResults } from './expert-results.ts';
import { Evaluations } from './evaluations.ts';
import type { FileStore } from './files/file-store.ts';
import type { Patience } from './hub/hub-download.ts';
import { runLock, sessionLock } from './lock-names.ts';
import { type Locks, localLocks, webLocks } from './locks.ts';
import { memoryStore } from './files/memory-store.ts';
import { Identifiers } from './identifiers/identifiers.ts';
import { Models } from './models.ts';
import { openOpfs } from './files/opfs-store.ts';
import { RunResults } from './run-results.ts';
import { Runs } from './runs.ts';
import { sweep } from './sweep.ts';
import { TokenCache } from './token-cache.ts';
import { Tunings } from './tunings.ts';
import type { RunSummary } from '../contract/runs.ts';

/** Everything that outlives a reload. */
export interface Storage {
  readonly files: FileStore;
  readonly dataSets: DataSets;
  readonly identifiers: Identifiers;
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
  /** The name of this session of the worker; files made for its page alone lie under it. */
  readonly session: string;
  /** Removes everything that no record names and nobody is making (sweep.ts). */
  sweep(): Promise<void>;
  close(): void;
}

const NAME = 'medcare-studio';

/**
 * Opens all parts and marks runs as interrupted that nobody works on any more.
 * @param patient how long downloads wait and how often they try
 */
export async function openStorage(
  files: FileStore,
  locks: Locks,
  name = NAME,
  patient?: Patience,
): Promise<Storage> {
  const database = await openDatabase(name);
  const session = crypto.randomUUID();
  const endSession = await locks.take(sessionLock(session), 'exclusive');
  const parts = {
    runs: new Runs(database, files),
    tokens: new TokenCache(
      files,
      locks,
      async (id) => (await database.get('dataSets', id)) !== undefined,
    ),
    evaluations: new Evaluations(database),
  };
  await parts.runs.recover(locks);
  const dataSets = new DataSets(database, files);
  return {
    ...parts,
    files,
    locks,
    session,
    dataSets,
    identifiers: new Identifiers(files, locks, dataSets),
    models: new Models(database, files, locks),
    downloads: new Downloads(database, files, patient),
    tunings: new Tunings(database),
    documents: new Documents(database),
    experts: new ExpertResults(database),
    runResults: new RunResults(database),
    sweep: () => sweep({ ...parts, database, files, locks }),
    close: () => {
      database.close();
      endSession?.();
    },
  };
}

/**
 * Follows runs that another tab holds, or the page before a reload while it is still ending: once a run is let
 * go, `tell` hears its state. Without this such a run would look alive forever.
 */
export async function followOthers(
  { runs, locks }: Storage,
  tell: (run: RunSummary) => void,
): Promise<void> {
  const follow = async (id: string): Promise<void> => {
    await locks.free(runLock(id));
    await runs.recover(locks);
    // The other tab may have removed it.
    const run = (await runs.list()).find((candidate) => candidate.id === id);
    if (run) tell(run);
  };
  for (const { id } of await runs.list()) if (await locks.held(runLock(id))) void follow(id);
}

/** Storage of a browser's worker. @throws StudioError `page-not-secure`, what opening its parts throws */
export async function openBrowserStorage(): Promise<Storage> {
  if (!globalThis.isSecureContext) throw fault('page-not-secure');
  // Some environments have no Web Locks, whatever the types say.
  const { locks } = navigator as { readonly locks?: LockManager };
  return openStorage(await openOpfs(NAME), locks ? webLocks(locks) : localLocks());
}

/** Storage that lives as long as the process; it needs IndexedDB (fake-indexeddb in Node). */
export async function openMemoryStorage(name?: string): Promise<Storage> {
  return openStorage(memoryStore(), localLocks(), name);
}
