import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { openOpfs } from './opfs-store.ts';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test('files that nobody uses are asked for more often than a private window forgets them', async () => {
  const asked: number[] = [];
  const root = {
    getDirectoryHandle: async (name: string) => {
      expect(name).toBe('studio');
      asked.push(Date.now());
      return root;
    },
  };
  vi.stubGlobal('navigator', { storage: { getDirectory: async () => root } });
  await openOpfs('studio');
  await vi.advanceTimersByTimeAsync(60 * 60_000);
  const gaps = asked.slice(1).map((time, i) => time - (asked[i] ?? 0));
  expect(gaps.length).toBeGreaterThan(0);
  expect(Math.max(...gaps)).toBeLessThan(5 * 60_000);
});

test('files are written through access handles of the plain kind, which every browser has', async () => {
  const written: Uint8Array[] = [];
  const asked: unknown[][] = [];
  const handle = {
    truncate: () => undefined,
    write: (bytes: Uint8Array) => {
      written.push(bytes.slice());
      return bytes.byteLength;
    },
    flush: () => undefined,
    close: () => undefined,
  };
  // As in Safari and Firefox: no mode, no createWritable.
  const entry = {
    createSyncAccessHandle: async (...options: unknown[]) => {
      asked.push(options);
      return handle;
    },
  };
  const folder = { getDirectoryHandle: async () => folder, getFileHandle: async () => entry };
  vi.stubGlobal('navigator', { storage: { getDirectory: async () => folder } });
  const store = await openOpfs('studio');
  const writer = await store.create('runs/one.bin');
  await writer.write(Uint8Array.of(1, 2));
  await writer.write(Uint8Array.of(3));
  expect((await writer.close()).bytes).toBe(3);
  expect(written).toEqual([Uint8Array.of(1, 2), Uint8Array.of(3)]);
  expect(asked).toEqual([[]]);
});
