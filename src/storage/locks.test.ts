import 'fake-indexeddb/auto';
import { afterEach, expect, test, vi } from 'vitest';
import { StudioError } from '../faults/fault.ts';
import { webLocks } from './locks.ts';
import { openBrowserStorage } from './storage.ts';

afterEach(() => {
  vi.unstubAllGlobals();
});

/** Web Locks over exclusive locks in memory, as the specification has them; anything else that is asked of it throws. */
function lockManager(): { readonly manager: LockManager; readonly asked: string[] } {
  const held = new Map<string, Promise<unknown>>();
  const asked: string[] = [];
  const request = async (
    name: string,
    options: LockOptions,
    use: (lock: Lock | null) => unknown,
  ): Promise<unknown> => {
    const { mode = 'exclusive', ifAvailable = false, signal, ...others } = options;
    asked.push(...Object.keys(options));
    if (Object.keys(others).length > 0)
      throw new TypeError(`not here: ${Object.keys(others).join()}`);
    while (held.has(name)) {
      if (ifAvailable) return use(null);
      const aborted = new Promise<never>((_, reject) => {
        const stop = (): void => reject(new DOMException('stopped', 'AbortError'));
        if (signal?.aborted) stop();
        else signal?.addEventListener('abort', stop);
      });
      await Promise.race([held.get(name), aborted]);
    }
    const using = Promise.resolve(use({ name, mode }));
    held.set(name, using);
    void using.finally(() => held.delete(name));
    return using;
  };
  return { manager: { request } as unknown as LockManager, asked };
}

test('a lock is taken, refused and taken later with no more than mode, ifAvailable and signal', async () => {
  const { manager, asked } = lockManager();
  const locks = webLocks(manager);
  const first = await locks.take('run', 'exclusive');
  expect(first).not.toBeNull();
  expect(await locks.take('run', 'exclusive')).toBeNull();
  expect(await locks.take('run', 'exclusive', 5)).toBeNull();
  const waiting = locks.take('run', 'exclusive', 60_000);
  first?.();
  const second = await waiting;
  expect(second).not.toBeNull();
  expect(new Set(asked)).toEqual(new Set(['mode', 'ifAvailable', 'signal']));
  second?.();
});

/** A private file system that remembers nothing: enough to open storage. */
const emptyFiles = {
  getDirectory: async () => emptyFiles,
  getDirectoryHandle: async () => emptyFiles,
};

test('without Web Locks the parts of one tab exclude each other', async () => {
  vi.stubGlobal('isSecureContext', true);
  vi.stubGlobal('navigator', { storage: emptyFiles });
  vi.stubGlobal('setInterval', () => 0);
  const storage = await openBrowserStorage();
  const release = await storage.locks.take('run', 'exclusive');
  expect(release).not.toBeNull();
  expect(await storage.locks.take('run', 'shared')).toBeNull();
  release?.();
  expect(await storage.locks.take('run', 'shared')).not.toBeNull();
  storage.close();
});

test('a page over plain http says so, instead of failing at whatever is missing first', async () => {
  vi.stubGlobal('isSecureContext', false);
  vi.stubGlobal('navigator', {});
  const thrown: unknown = await openBrowserStorage().catch((error: unknown) => error);
  expect(thrown).toBeInstanceOf(StudioError);
  expect(thrown).toMatchObject({ code: 'page-not-secure' });
});
