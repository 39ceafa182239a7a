/** Locks by name across all tabs, held alone or shared. */
import { fault, type StudioError } from '../faults/fault.ts';

/** Gives a lock back; a second call does nothing. */
export type Release = () => void;

/**
 * Names that the tabs of the studio hold against each other. Whoever makes, changes or removes a thing
 * holds its name alone; whoever uses it shares the name, so that the thing is not removed meanwhile. A record
 * that was read before the name was held may have changed, so it is read again.
 */
export interface Locks {
  /**
   * Takes a name alone or shared, now or within the patience; null when another holder prevents it.
   * Tabs hold names for a moment while they clear up after a closed tab.
   */
  take(name: string, mode: LockMode, patienceMs?: number): Promise<Release | null>;
  /** Whether anyone holds it, this tab included. */
  held(name: string): Promise<boolean>;
  /** Resolves once nobody holds it alone. */
  free(name: string): Promise<void>;
}

/** Long enough for a tab that holds a name for a moment, short enough for a person who waits for a refusal. */
const PATIENCE_MS = 400;

/**
 * Takes a name, or refuses with the caller's error.
 * @throws StudioError what `refusal` gives when another holds it
 */
export async function hold(
  locks: Locks,
  name: string,
  mode: LockMode,
  refusal: () => StudioError,
): Promise<Release> {
  const release = await locks.take(name, mode, PATIENCE_MS);
  if (!release) throw refusal();
  return release;
}

/** Holds a name alone during the work. @throws StudioError what `refusal` gives, or the work throws */
export async function alone<T>(
  locks: Locks,
  name: string,
  refusal: () => StudioError,
  work: () => Promise<T>,
): Promise<T> {
  const release = await hold(locks, name, 'exclusive', refusal);
  try {
    return await work();
  } finally {
    release();
  }
}

/** Holds a name alone during the work, and waits for it. @throws what `check` throws, to end the wait, or the work */
export async function inTurn<T>(
  locks: Locks,
  name: string,
  task: { check(): void },
  work: () => Promise<T>,
): Promise<T> {
  for (;;) {
    task.check();
    const release = await locks.take(name, 'exclusive', PATIENCE_MS);
    if (!release) continue;
    try {
      return await work();
    } finally {
      release();
    }
  }
}

export function runElsewhere(id: string): StudioError {
  return fault('run-elsewhere', { id }, { kept: 'run-there' });
}

/** Web Locks: the browser gives a lock back by itself when a tab dies. */
export function webLocks(manager: LockManager): Locks {
  const request = (name: string, options: LockOptions): Promise<Release | null> =>
    new Promise((resolve, reject) => {
      manager
        .request(name, options, (lock) => {
          if (!lock) {
            resolve(null);
            return undefined;
          }
          return new Promise<void>((release) => {
            resolve(release);
          });
        })
        .catch((thrown: unknown) => {
          if (options.signal?.aborted === true) resolve(null);
          else reject(thrown instanceof Error ? thrown : new Error(String(thrown)));
        });
    });
  return {
    take: async (name, mode, patienceMs = 0) => {
      const now = await request(name, { mode, ifAvailable: true });
      if (now || patienceMs === 0) return now;
      return request(name, { mode, signal: AbortSignal.timeout(patienceMs) });
    },
    held: async (name) => {
      const { held = [] } = await manager.query();
      return held.some((lock) => lock.name === name);
    },
    // The request is shared, so all who wait get it together; the lock is given back at once.
    free: (name) => manager.request(name, { mode: 'shared' }, () => undefined),
  };
}

/** For one process, and for browsers without Web Locks, where tabs cannot know of each other. */
export function localLocks(): Locks {
  interface Held {
    readonly mode: LockMode;
    readonly released: Promise<void>;
  }
  const held = new Map<string, Set<Held>>();
  const againstOf = (name: string, mode: LockMode): Held[] =>
    [...(held.get(name) ?? [])].filter((one) => mode === 'exclusive' || one.mode === 'exclusive');

  const take = (name: string, mode: LockMode): Release | null => {
    if (againstOf(name, mode).length > 0) return null;
    let tell = (): void => undefined;
    const released = new Promise<void>((resolve) => {
      tell = resolve;
    });
    const own: Held = { mode, released };
    const holders = held.get(name) ?? new Set();
    held.set(name, holders.add(own));
    return () => {
      holders.delete(own);
      if (holders.size === 0 && held.get(name) === holders) held.delete(name);
      tell();
    };
  };

  return {
    take: async (name, mode, patienceMs = 0) => {
      const until = performance.now() + patienceMs;
      for (;;) {
        const release = take(name, mode);
        const left = until - performance.now();
        if (release || !(left > 0)) return release;
        const freed = Promise.all(againstOf(name, mode).map(({ released }) => released));
        await Promise.race([freed, new Promise((resolve) => setTimeout(resolve, left))]);
      }
    },
    held: async (name) => held.has(name),
    free: async (name) => {
      await Promise.all(againstOf(name, 'shared').map(({ released }) => released));
    },
  };
}
