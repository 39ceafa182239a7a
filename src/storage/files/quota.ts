/** Asks the browser how much it stores for this origin, and to keep that safe. */
import type { StorageEstimate } from '../../contract/settings.ts';

export async function estimateStorage(): Promise<StorageEstimate> {
  const { usage = 0, quota = 0 } = await navigator.storage.estimate();
  return { usage, quota, persistent: await navigator.storage.persisted() };
}

/** Asks the browser to keep the stored data; only a page can ask, not a worker. */
export async function requestPersistence(): Promise<boolean> {
  if (await navigator.storage.persisted()) return true;
  return navigator.storage.persist();
}
