import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import 'fake-indexeddb/auto';
import { openMemoryStorage, type Storage } from '../../storage/storage.ts';
import { templateFor } from '../../text/template/chat-template.ts';
import { encodeConversation } from '../../text/labels/labels.ts';
import { loadTokenizer } from '../../text/tokenizer/tokenizer.ts';
import type { DataSetSummary } from '../../contract/data.ts';
import { TokenBook } from './token-book.ts';
import { localChannel, type TokenChannel } from './token-channel.ts';
import { TokenPool, type EncoderSource } from './token-pool.ts';
import { histogramOf } from './tokenise.ts';

const read = (name: string): string => readFileSync(`public/models/medcare-nano/${name}`, 'utf8');
const files = {
  tokenizerJson: read('tokenizer.json'),
  tokenizerConfigJson: read('tokenizer_config.json'),
  generationConfigJson: read('generation_config.json'),
};
const tokenizer = loadTokenizer(files);
const template = templateFor(tokenizer, 'chatml');

function source(text = template.source): EncoderSource {
  return {
    key: text,
    files: async () => ({ key: text, tokenizer: files, template: text, now: 0 }),
  };
}

const question = (row: number) => `Question ${row} ${'about a heart '.repeat(row % 7)}?`;
const messagesOf = (row: number) => [
  // Half a character, which no tokenizer takes.
  { role: 'user' as const, content: row === 5 ? 'broken \ud800' : question(row) },
  { role: 'assistant' as const, content: `Answer ${row}.` },
];

let sets = 0;

async function setOf(count: number): Promise<{ storage: Storage; summary: DataSetSummary }> {
  const storage = await openMemoryStorage(`book-${sets++}`);
  const writer = await storage.dataSets.create();
  for (let row = 0; row < count; row += 1) {
    await writer.add({ line: 2 * row + 1, task: 'qa', messages: messagesOf(row) });
  }
  const summary = await writer.finish({ name: 'set', kind: 'knowledge', shape: 'messages' });
  return { storage, summary };
}

/** A pool whose workers answer at random times, and the jobs that it got. */
function slowPool(size: number, delay: () => number) {
  const jobs: number[] = [];
  const spawn = (): TokenChannel => {
    const channel = localChannel();
    return {
      ...channel,
      postMessage: (message, transfer) => {
        if (message.type === 'job') jobs.push(message.id);
        setTimeout(
          () => channel.postMessage(message, transfer),
          message.type === 'job' ? delay() : 0,
        );
      },
    };
  };
  return { pool: new TokenPool(spawn, size), jobs };
}

function open(
  { storage, summary }: { storage: Storage; summary: DataSetSummary },
  pool: TokenPool,
  limits: { memoryWords?: number; segmentWords?: number } = {},
): Promise<TokenBook> {
  const { dataSets, tokens: cache } = storage;
  const rules = { labels: 'assistant' } as const;
  const subject = { summary, key: 'key', rules, source: source() };
  return TokenBook.open(subject, { dataSets, cache, pool, ...limits });
}

const limitOf = (maxLength: number) => ({ maxLength, truncation: 'prompt-middle' }) as const;

async function cutsOf(book: TokenBook, maxLength: number) {
  const cuts = [];
  for (let row = 0; row < book.summary.records; row += 1)
    cuts.push(await book.cut(row, limitOf(maxLength)));
  return cuts;
}

function expected(row: number, maxLength: number) {
  if (row === 5) return { ids: new Uint32Array(), labels: new Int32Array() };
  const options = { labels: 'assistant', ...limitOf(maxLength) } as const;
  const { ids, labels } = encodeConversation(
    tokenizer,
    template,
    { messages: messagesOf(row) },
    options,
  );
  return { ids, labels };
}

test('whatever is asked for first and however long a worker takes, the tokens are the same', async () => {
  const set = await setOf(700);
  const all = Array.from({ length: 700 }, (_, row) => row);
  const results = [];
  for (const limits of [{}, { memoryWords: 0, segmentWords: 2000 }]) {
    let seed = 1;
    const { pool } = slowPool(3, () => (seed = (seed * 48271) % 2147483647) % 15);
    await set.storage.tokens.remove(set.summary.id);
    const book = await open(set, pool, limits);
    await Promise.all([book.need([650, 3, 3, 64]), book.complete(), book.need([3, 699])]);
    expect(book).toMatchObject({ known: 700, accepted: 699 });
    expect(book.refusals).toMatchObject([{ code: 'text-lone-surrogate', data: { line: 11 } }]);
    expect(all.filter((row) => book.refusalOf(row))).toEqual([5]);
    results.push(await cutsOf(book, 24));
    expect(book.teaches(6, limitOf(1000))).toBe(true);
    expect(book.teaches(6, limitOf(20))).toBe(true);
    expect(book.teaches(6, { maxLength: 20, truncation: 'end' })).toBe(false);
    expect(book.teaches(5, limitOf(1000))).toBe(false);
    const taken = all.filter((row) => row !== 5).map((row) => book.lengthOf(row) ?? Number.NaN);
    const { counts, ...lengths } = histogramOf(book, Uint32Array.from(all), {
      ...limitOf(1000),
      context: 1024,
    });
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(699);
    expect(lengths).toMatchObject({ counted: 700, refused: 1, withoutTargets: 0 });
    expect(lengths.totalTokens).toBe(taken.reduce((sum, length) => sum + length, 0));
    expect(lengths.median).toBe(taken.sort((a, b) => a - b)[Math.floor(699 / 2)]);
    pool.close();
  }
  const [first, second] = results;
  expect(first).toEqual(all.map((row) => expected(row, 24)));
  expect(second).toEqual(first);
});

test('what was tokenised is not tokenised again, in the next session either, even when it was cut off', async () => {
  const set = await setOf(300);
  const first = slowPool(1, () => 0);
  const begun = await open(set, first.pool);
  await begun.need([1, 2, 299]);
  await begun.flush();
  const second = slowPool(1, () => 0);
  const book = await open(set, second.pool);
  expect(book.known).toBe(3);
  await book.need([1, 2, 299]);
  expect(second.jobs).toHaveLength(0);
  await book.complete();
  expect(second.jobs.length).toBeGreaterThan(0);
  const third = slowPool(1, () => 0);
  const again = await open(set, third.pool);
  await again.complete();
  expect(again.refusals).toEqual(book.refusals);
  expect(again.refusalOf(5)).toEqual(book.refusalOf(5));
  expect(await cutsOf(again, 30)).toEqual(await cutsOf(book, 30));
  expect(third.jobs).toHaveLength(0);
});

test('what somebody waits for goes before the sweep', async () => {
  const { pool } = slowPool(1, () => 1);
  const done: string[] = [];
  const run = async (name: string, urgent: boolean): Promise<void> => {
    const lines = new TextEncoder().encode(
      `${JSON.stringify({ line: 1, messages: messagesOf(1) })}\n`,
    );
    await pool.run(
      source(),
      { what: 'records', rules: { labels: 'assistant' }, lines },
      { urgent },
    );
    done.push(name);
  };
  const patient = ['a', 'b', 'c', 'd'].map((name) => run(name, false));
  await Promise.all([...patient, run('urgent', true)]);
  // Two jobs were under way, and nothing goes before them.
  expect(done).toEqual(['a', 'b', 'urgent', 'c', 'd']);
});

test('cancelled work ends, and leaves what it has', async () => {
  const set = await setOf(2000);
  const { pool } = slowPool(1, () => 20);
  const book = await open(set, pool);
  const stop = new AbortController();
  const sweep = book.complete({ signal: stop.signal });
  await book.need([1999]);
  expect(book.known).toBeLessThan(2000);
  stop.abort();
  await expect(sweep).rejects.toMatchObject({ code: 'cancelled' });
  const { known } = book;
  await expect(book.need([1998], AbortSignal.abort())).rejects.toMatchObject({ code: 'cancelled' });
  await book.complete();
  expect(book.known).toBeGreaterThan(known);
  expect(book.known).toBe(2000);
});

test('a worker that dies fails its own jobs by name, and the next one gets a new worker', async () => {
  const set = await setOf(40);
  let spawned = 0;
  const pool = new TokenPool(() => {
    spawned += 1;
    const channel = localChannel();
    if (spawned > 1) return channel;
    const fail: ((event: { message: string }) => void)[] = [];
    return {
      ...channel,
      addEventListener: (type: string, listener: (event: never) => void) => {
        if (type === 'error') fail.push(listener as (typeof fail)[number]);
      },
      postMessage: () => setTimeout(() => fail.forEach((tell) => tell({ message: 'gone' })), 1),
    };
  }, 1);
  const book = await open(set, pool);
  await expect(book.need([3])).rejects.toMatchObject({
    code: 'tokeniser-crashed',
    data: { dataSet: 'set' },
  });
  await book.need([3]);
  expect((await book.cut(3, limitOf(24))).ids).toEqual(expected(3, 24).ids);
  expect(spawned).toBe(2);
  pool.close();
});
