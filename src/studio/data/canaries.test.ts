import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { memoryStore } from '../../storage/files/memory-store.ts';
import { dataLock } from '../../storage/lock-names.ts';
import { localLocks } from '../../storage/locks.ts';
import type { WorkerClient } from '../../worker/client.ts';
import { openStudio, textFile } from '../../worker/testing/studio.ts';
import { stubStorage } from '../testing/stub-storage.ts';
import { plantCanaries, plantedSets, unplantCanaries } from './canaries.ts';
import { useDataSets } from './data-sets.ts';

/** The page's store with the real worker in this process. */
const page = vi.hoisted(() => ({ client: null as WorkerClient | null }));
vi.mock('../../worker/client.ts', async (original) => ({
  ...(await original<object>()),
  worker: {
    call: (...asked: Parameters<WorkerClient['call']>) => page.client?.call(...asked),
    subscribe: () => () => undefined,
  },
}));

const names = { knowledge: 'Canaries', alignment: 'Canaries' } as const;
const ids = () => useDataSets.getState().sets.flatMap(({ id, canaries }) => (canaries ? id : []));
const planted = () => plantedSets(useDataSets.getState()).planted.map(({ id }) => id);

beforeAll(stubStorage);
afterAll(() => vi.unstubAllGlobals());

it('canaries of an earlier plan go once nothing reads them, whatever is planted in their place', async () => {
  const locks = localLocks();
  const studio = await openStudio(undefined, {
    files: memoryStore(),
    name: 'canaries',
    locks,
  });
  page.client = studio.client;
  const lines = ['one', 'two'].map((text) => JSON.stringify({ prompt: text, response: text }));
  await useDataSets.getState().importFiles([textFile('own.jsonl', lines)]);

  await plantCanaries({ seed: 1, times: [0, 1], each: 1 }, names);
  expect(useDataSets.getState().error).toBeNull();
  const [first] = planted();
  expect(ids()).toEqual([first]);
  const release = await locks.take(dataLock(first ?? ''), 'shared');
  await plantCanaries({ seed: 2, times: [0, 1], each: 1 }, names);
  const [second] = planted();
  expect(ids().toSorted()).toEqual([first, second].toSorted());
  expect(second).not.toBe(first);

  release?.();
  await vi.waitFor(() => expect(ids()).toEqual([second]), { timeout: 60_000 });
  expect(planted()).toEqual([second]);

  await unplantCanaries();
  expect(ids()).toEqual([]);
  studio.close();
});
