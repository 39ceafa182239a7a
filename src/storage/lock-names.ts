/** The names that tabs hold against each other (locks.ts), and what is said to who comes too late. */
import { StudioError } from '../errors.ts';
import { hold } from './locks.ts';
import type { Locks, Release } from './locks.ts';

const PREFIX = 'medcare-studio';

/** Held alone by who works on a run: trains it, opens it from an archive, removes it. */
export const runLock = (id: string): string => `${PREFIX}:run:${id}`;
/** Shared by who reads the branches of a run; held alone by who removes it. */
export const runUseLock = (id: string): string => `${PREFIX}:run-use:${id}`;
/** Shared by who reads a data set; held alone by who brings it in or removes it. */
export const dataLock = (id: string): string => `${PREFIX}:data:${id}`;
/** Shared by who reads a model; held alone by who stores or removes it. */
export const modelLock = (id: string): string => `${PREFIX}:model:${id}`;
/** Held alone by who fetches a download. */
export const downloadLock = (id: string): string => `${PREFIX}:download:${id}`;
/** Held alone by who measures an evaluation, or removes it. */
export const evaluationLock = (id: string): string => `${PREFIX}:evaluation:${id}`;
/** Held alone by who trains and measures the recipes of a grid, or removes it. */
export const gridLock = (id: string): string => `${PREFIX}:grid:${id}`;
/** Shared by sessions that read tokens of this folder; held alone by who removes it. */
export const tokensLock = (folder: string): string => `${PREFIX}:${folder}`;
/** Held by a session as long as it lives: its exports are there for its page. */
export const sessionLock = (id: string): string => `${PREFIX}:session:${id}`;

/**
 * Keeps things from being removed, by this tab or any other, until what it gives is called.
 * @throws StudioError `storage-changing` when one of them is being stored or removed just now
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

/** Keeps things while the work goes on. @throws StudioError as keepInUse, or what the work throws */
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
  return new StudioError({
    code: 'storage-changing',
    message: 'What is needed here is being stored or removed just now, perhaps in another tab.',
    kept: 'Everything that was stored before.',
    remedy: 'Wait a moment and try again.',
  });
}

export function modelInUse(id: string): StudioError {
  return new StudioError({
    code: 'model-in-use',
    message:
      'This model is in use, here or in another tab: a run, a chat, an evaluation or an export reads it.',
    kept: 'The model and what uses it.',
    remedy:
      'Wait until that is done, or stop it; a paused run counts too, and so does a model that another tab chats with.',
    data: { id },
  });
}

export function dataSetInUse(id: string): StudioError {
  return new StudioError({
    code: 'data-set-in-use',
    message:
      'This data set is in use, here or in another tab: a run trains on it, or it is being read.',
    kept: 'The data set and what uses it.',
    remedy: 'Wait until the run is done, or stop it; a paused run counts too.',
    data: { id },
  });
}

export function runInUse(id: string): StudioError {
  return new StudioError({
    code: 'run-in-use',
    message:
      'This run is in use, here or in another tab: a chat, an evaluation or an export reads it.',
    kept: 'The run and what uses it.',
    remedy: 'Wait until that is done, or stop it; another tab that chats with it counts too.',
    data: { id },
  });
}

export function evaluationElsewhere(id: string): StudioError {
  return new StudioError({
    code: 'evaluation-elsewhere',
    message: 'This evaluation is being measured just now, here or in another tab.',
    kept: 'The evaluation, which goes on.',
    remedy: 'Wait until it is done, or cancel it where it goes on.',
    data: { id },
  });
}

export function gridElsewhere(id: string): StudioError {
  return new StudioError({
    code: 'grid-elsewhere',
    message: 'This grid is going on just now, here or in another tab.',
    kept: 'The grid, which goes on.',
    remedy: 'Wait until it is done, or cancel it where it goes on.',
    data: { id },
  });
}
