import { expect, test } from 'vitest';
import type { FileStore } from './files/file-store.ts';
import { localLocks } from './locks.ts';
import { memoryStore } from './files/memory-store.ts';
import { NO_TARGETS, RECORD_MARKS, REFUSAL_SHIFT, TARGET_BIT, TokenCache } from './token-cache.ts';

const error = { code: 'template-raised', message: 'no', kept: '', remedy: '', data: { line: 3 } };
const segment = {
  rows: Uint32Array.of(4, 1, 0),
  lengths: Uint32Array.of(2, 0, 1),
  firstTargets: Uint32Array.of(1, NO_TARGETS, NO_TARGETS),
  targets: Uint32Array.of(1, 0, 0),
  marks: Uint32Array.of(RECORD_MARKS.noEnd, 1 << REFUSAL_SHIFT, 0),
  words: Uint32Array.of(7, (8 | TARGET_BIT) >>> 0, 9),
  refusals: [error],
};

const cacheOf = (files: FileStore) => new TokenCache(files, localLocks(), async () => true);

test('segments of a set come back as they were, also when two write at once', async () => {
  const cache = cacheOf(memoryStore());
  await Promise.all([cache.add('a', 'key', segment), cache.add('a', 'key', segment)]);
  const found = await cache.segments('a', 'key', 5);
  expect(found).toHaveLength(2);
  for (const stored of found) {
    const { words, ...table } = segment;
    expect(stored).toMatchObject({ ...table, size: 3 });
    expect(await stored.words(0, 3)).toEqual(words);
    expect(await stored.words(1, 2)).toEqual(words.subarray(1, 2));
  }
  // Another way to read the same set finds none of these segments.
  expect(await cache.segments('a', 'other', 5)).toEqual([]);
  await cache.remove('a');
  expect(await cache.segments('a', 'key', 5)).toEqual([]);
});

test('a segment that is cut off, or of another set, is as if it were not there', async () => {
  const files = memoryStore();
  await cacheOf(files).add('a', 'key', segment);
  const [name] = await files.list('tokens/a/key');
  const path = `tokens/a/key/${name}`;
  const bytes = new Uint8Array(await (await files.blob(path)).arrayBuffer());
  expect(await cacheOf(files).segments('a', 'key', 4)).toEqual([]);
  const writer = await files.create(path);
  await writer.write(bytes.subarray(0, -1));
  await writer.close();
  expect(await cacheOf(files).segments('a', 'key', 5)).toEqual([]);
});

test('with too many ways to read a set, those that nobody uses go', async () => {
  const files = memoryStore();
  const earlier = cacheOf(files);
  for (let i = 0; i < 8; i += 1) await earlier.add('a', `key${i}`, segment);
  const cache = cacheOf(files);
  expect(await cache.segments('a', 'key3', 5)).toHaveLength(1);
  await cache.add('a', 'new', segment);
  expect(await files.list('tokens/a')).toEqual(['key3', 'new']);
});
