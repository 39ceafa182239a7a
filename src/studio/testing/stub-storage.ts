/** The browser's storage of preferences for a test, in memory. */
import { vi } from 'vitest';

/** Puts an empty storage in the place of localStorage and gives what it keeps, by key. */
export function stubStorage(): Map<string, string> {
  const kept = new Map<string, string>();
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  });
  return kept;
}
