/** Asks the browser how much it stores for this origin, and to keep that safe. */
import type { StorageEstimate } from '../../contract/settings.ts';

/** Browsers have come to have these one by one, and each may be missing. */
const storageManager = (): Partial<StorageManager> =>
  (navigator as { readonly storage?: StorageManager }).storage ?? {};

export async function estimateStorage(): Promise<StorageEstimate> {
  const manager = storageManager();
  const { usage = 0, quota = 0 } = (await manager.estimate?.()) ?? {};
  return { usage, quota, persistent: (await manager.persisted?.()) ?? false };
}

/** Asks the browser to keep the stored data; only a page can ask, not a worker. */
export async function requestPersistence(): Promise<boolean> {
  const manager = storageManager();
  if (await manager.persisted?.()) return true;
  return (await manager.persist?.()) ?? false;
}
