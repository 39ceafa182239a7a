import { StudioError } from '../errors.ts';

/** Keeps two tabs from writing the same run. */
export interface Locks {
  /**
   * Takes a lock and returns what gives it back.
   * @throws StudioError `run-elsewhere` when another tab has it
   */
  acquire(name: string): Promise<() => void>;
  /** Whether anyone holds it, this tab included. */
  held(name: string): Promise<boolean>;
  /** Resolves once nobody holds it. */
  free(name: string): Promise<void>;
}

function elsewhere(name: string): StudioError {
  return new StudioError({
    code: 'run-elsewhere',
    message: 'Another tab of the studio is working on this run.',
    kept: 'The run goes on there.',
    remedy: 'Go to that tab, or close it and try again.',
    data: { name },
  });
}

/** Web Locks: the browser gives a lock back by itself when a tab dies. */
export function webLocks(manager: LockManager): Locks {
  return {
    acquire: (name) =>
      new Promise((resolve, reject) => {
        const granted = manager.request(name, { ifAvailable: true }, (lock) => {
          if (!lock) throw elsewhere(name);
          return new Promise<void>((release) => {
            resolve(release);
          });
        });
        granted.catch((error: unknown) => {
          reject(error instanceof Error ? error : elsewhere(name));
        });
      }),
    held: async (name) => {
      const { held = [] } = await manager.query();
      return held.some((lock) => lock.name === name);
    },
    // Shared with whoever waits as well, and given back at once.
    free: (name) => manager.request(name, { mode: 'shared' }, () => undefined),
  };
}

/** For one process without tabs. */
export function localLocks(): Locks {
  const held = new Map<string, Promise<void>>();
  return {
    acquire: async (name) => {
      if (held.has(name)) throw elsewhere(name);
      let release = (): void => undefined;
      const released = new Promise<void>((resolve) => {
        release = resolve;
      });
      held.set(name, released);
      return () => {
        if (held.get(name) === released) held.delete(name);
        release();
      };
    },
    held: async (name) => held.has(name),
    free: async (name) => held.get(name),
  };
}
