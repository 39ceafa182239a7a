/** Clears away what closed tabs left behind: files that no record names, rows of deleted runs. */
import type { StudioDatabase } from './database.ts';
import { DATA_SET_FILES } from './data-sets.ts';
import type { Evaluations } from './evaluations.ts';
import type { FileStore } from './files/file-store.ts';
import {
  dataLock,
  downloadLock,
  evaluationLock,
  modelLock,
  runLock,
  sessionLock,
} from './lock-names.ts';
import type { Locks, Release } from './locks.ts';
import { filesOfRun, ROWS_OF_RUNS } from './runs.ts';
import type { Runs } from './runs.ts';
import type { TokenCache } from './token-cache.ts';

export interface Swept {
  readonly database: StudioDatabase;
  readonly files: FileStore;
  readonly locks: Locks;
  readonly runs: Runs;
  readonly tokens: TokenCache;
  readonly evaluations: Evaluations;
}

/**
 * Anything that some tab is still storing is locked by its name (lock-names.ts) and left alone. Records are read
 * only after the name is held. After a fault the next sweep tries again.
 */
export async function sweep(places: Swept): Promise<void> {
  const { database, files, locks, tokens } = places;
  const hasDataSet = async (id: string): Promise<boolean> =>
    (await database.get('dataSets', id)) !== undefined;
  const folders = new Map<string, (id: string) => Promise<void>>([
    [
      'runs',
      async (id) =>
        alone(locks, [runLock(id)], async () => {
          const run = await database.get('runs', id);
          await removeUnnamed(files, `runs/${id}`, run ? filesOfRun(run) : null);
        }),
    ],
    [
      'data',
      async (id) =>
        alone(locks, [dataLock(id)], async () => {
          const paths = DATA_SET_FILES.map((name) => `data/${id}/${name}`);
          await removeUnnamed(files, `data/${id}`, (await hasDataSet(id)) ? paths : null);
        }),
    ],
    [
      'tokens',
      async (id) =>
        alone(locks, [dataLock(id)], async () => {
          if (await hasDataSet(id)) await tokens.removeBroken(id);
          else await tokens.remove(id);
        }),
    ],
    [
      'models',
      async (id) =>
        alone(locks, [modelLock(id), downloadLock(id)], async () => {
          const [model, download] = await Promise.all([
            database.get('models', id),
            database.get('downloads', id),
          ]);
          const names = model?.files.map(({ file }) => file.path);
          const due = download?.files.map(({ name }) => `models/${id}/${name}`);
          await removeUnnamed(files, `models/${id}`, names ?? due ?? null);
        }),
    ],
    ['exports', async (id) => alone(locks, [sessionLock(id)], () => files.remove(`exports/${id}`))],
  ]);
  for (const folder of await files.list('')) {
    const look = folders.get(folder);
    if (!look) await attempt(() => files.remove(folder));
    else for (const id of await files.list(folder)) await attempt(() => look(id));
  }
  await attempt(() => sweepRows(places));
}

/** Removes rows of runs, evaluations and grids that no longer exist. */
async function sweepRows({ database, locks, runs, evaluations }: Swept): Promise<void> {
  const known = new Set(await database.getAllKeys('runs'));
  const owners = new Set<string>();
  for (const store of ROWS_OF_RUNS) for (const id of await database.owners(store)) owners.add(id);
  for (const store of ['routing', 'samples'] as const) {
    for (const id of await database.getAllKeys(store)) owners.add(id);
  }
  for (const id of owners) {
    if (known.has(id)) continue;
    await alone(locks, [runLock(id)], async () => {
      if ((await database.get('runs', id)) === undefined) await runs.remove(id);
    });
  }
  for (const id of await database.owners('evaluationAnswers')) {
    await alone(locks, [evaluationLock(id)], async () => {
      if (!(await evaluations.find(id))) await evaluations.clearAnswers(id);
    });
  }
  await evaluations.dropUnusedItems();
}

async function attempt(work: () => Promise<void>): Promise<void> {
  await work().catch(() => undefined);
}

/** Does the work if nobody else holds any of the names. */
async function alone(
  locks: Locks,
  names: readonly string[],
  work: () => Promise<void>,
): Promise<void> {
  const held: Release[] = [];
  try {
    for (const name of names) {
      const release = await locks.take(name, 'exclusive');
      if (!release) return;
      held.push(release);
    }
    await work();
  } finally {
    for (const release of held) release();
  }
}

/** @param named paths that stay; null removes everything, with the folder itself */
async function removeUnnamed(
  files: FileStore,
  folder: string,
  named: readonly string[] | null,
): Promise<void> {
  if (!named) {
    await files.remove(folder);
    return;
  }
  const kept = new Set(named);
  for (const name of await files.list(folder)) {
    const path = `${folder}/${name}`;
    if (!kept.has(path)) await files.remove(path);
  }
}
