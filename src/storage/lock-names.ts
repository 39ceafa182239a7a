/**
 * The names of the locks that tabs hold against each other (locks.ts), and the errors for a tab that comes
 * too late.
 */
import { fault, type StudioError } from '../faults/fault.ts';
import { hold } from './locks.ts';
import type { Locks, Release } from './locks.ts';

const PREFIX = 'medcare-studio';

/** Held alone by whoever works on a run: trains it, opens it from an archive, removes it. */
export const runLock = (id: string): string => `${PREFIX}:run:${id}`;
/** Shared by whoever reads the branches of a run; held alone by whoever removes it. */
export const runUseLock = (id: string): string => `${PREFIX}:run-use:${id}`;
/** Shared by whoever reads a data set; held alone by whoever brings it in or removes it. */
export const dataLock = (id: string): string => `${PREFIX}:data:${id}`;
/** Held alone by whoever searches all records of a stored data set, and writes what is found beside them. */
export const searchLock = (id: string): string => `${PREFIX}:search:${id}`;
/** Held alone for a moment by whoever writes what a person decided of the identifiers of a data set. */
export const identifiersLock = (id: string): string => `${PREFIX}:identifiers:${id}`;
/** Shared by whoever reads a model; held alone by whoever stores or removes it. */
export const modelLock = (id: string): string => `${PREFIX}:model:${id}`;
/** Held alone by whoever runs a download. */
export const downloadLock = (id: string): string => `${PREFIX}:download:${id}`;
/** Held alone by whoever measures an evaluation, or removes it. */
export const evaluationLock = (id: string): string => `${PREFIX}:evaluation:${id}`;
/** Held alone by whoever trains and measures the recipes of a grid, or removes it. */
export const gridLock = (id: string): string => `${PREFIX}:grid:${id}`;
/** Shared by sessions that read tokens of this folder; held alone by whoever removes it. */
export const tokensLock = (folder: string): string => `${PREFIX}:${folder}`;
/** Held by a session as long as it lives, so that its exports stay for its page. */
export const sessionLock = (id: string): string => `${PREFIX}:session:${id}`;

/**
 * Keeps things from being removed, by this tab or any other, until the returned function is called.
 * @throws StudioError `storage-changing` while one of them is being stored or removed
 */
export async function keepInUse(locks: Locks, names: readonly string[]): Promise<Release> {
  const held: Release[] = [];
  const release = (): void => {
    for (const one of held) one();
  };
  try {
    for (const name of new Set(names)) held.push(await hold(locks, name, 'shared', changing));
    return release;
  } catch (thrown) {
    release();
    throw thrown;
  }
}

/** Keeps things from being removed during the work. @throws StudioError as keepInUse, or what the work throws */
export async function whileInUse<T>(
  locks: Locks,
  names: readonly string[],
  work: () => Promise<T>,
): Promise<T> {
  const release = await keepInUse(locks, names);
  try {
    return await work();
  } finally {
    release();
  }
}

function changing(): StudioError {
  return fault('storage-changing', {}, { kept: 'stored-before' });
}

export function modelInUse(id: string): StudioError {
  return fault('model-in-use', { id }, { kept: 'model-in-use' });
}

export function dataSetInUse(id: string): StudioError {
  return fault('data-set-in-use', { id }, { kept: 'data-set-in-use' });
}

export function runInUse(id: string): StudioError {
  return fault('run-in-use', { id }, { kept: 'run-in-use' });
}

export function evaluationElsewhere(id: string): StudioError {
  return fault('evaluation-elsewhere', { id }, { kept: 'evaluation-goes-on' });
}

export function gridElsewhere(id: string): StudioError {
  return fault('grid-elsewhere', { id }, { kept: 'grid-goes-on' });
}
