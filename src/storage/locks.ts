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
  };
}

/** For one process without tabs. */
export function localLocks(): Locks {
  const held = new Set<string>();
  return {
    acquire: async (name) => {
      if (held.has(name)) throw elsewhere(name);
      held.add(name);
      return () => held.delete(name);
    },
    held: async (name) => held.has(name),
  };
}
