import { expect, test } from 'vitest';
import { memoryStore } from './memory-store.ts';
import { TokenCache } from './token-cache.ts';

const set = {
  offsets: Uint32Array.of(0, 2, 3),
  ids: Uint32Array.of(7, 8, 9),
  targets: Uint8Array.of(0, 1, 1),
};

test('tokens of a set come back as they were, also when two write them at once', async () => {
  const cache = new TokenCache(memoryStore());
  await Promise.all([cache.put('a', 'key', set), cache.put('a', 'key', set)]);
  expect(await cache.get('a', 'key')).toEqual(set);
  await cache.remove('a');
  expect(await cache.get('a', 'key')).toBeNull();
});
