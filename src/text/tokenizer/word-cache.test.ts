/** A cache of words changes no token, and does not grow without end. */
import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { loadTokenizer } from './tokenizer.ts';
import { WordCache } from './word-cache.ts';

test('words in use are found, others are forgotten', () => {
  const cache = new WordCache();
  for (let i = 0; i < 200_000; i += 1) {
    cache.put(`word ${i}`, ['a', 'b', 'c', 'd']);
    if (i % 1000 === 0) expect(cache.get('word 0')).toEqual(['a', 'b', 'c', 'd']);
  }
  expect(cache.get('word 199999')).toBeDefined();
  expect(cache.get('word 1')).toBeUndefined();
  cache.clear();
  expect(cache.get('word 0')).toBeUndefined();
});

test('a tokenizer gives the same tokens again', async () => {
  const read = (name: string) => readFile(`public/models/medcare-nano/${name}`, 'utf8');
  const files = {
    tokenizerJson: await read('tokenizer.json'),
    tokenizerConfigJson: await read('tokenizer_config.json'),
  };
  const [one, other] = [loadTokenizer(files), loadTokenizer(files)];
  const text = 'Chronic myelogenous leukemia, chronic pain and 慢性 pain.';
  const first = one.encode(text);
  expect(one.encode(text)).toEqual(first);
  expect(one.encode(`${text} pain`).slice(0, first.length)).toEqual(first);
  expect(other.encode(text)).toEqual(first);
});
