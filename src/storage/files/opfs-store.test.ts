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
