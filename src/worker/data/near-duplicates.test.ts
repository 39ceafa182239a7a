import { expect, test } from 'vitest';
import type { DataSetSummary } from '../../contract/data.ts';
import { randomWord } from '../../engine/kernels/random-words.ts';
import { memoryStore } from '../../storage/files/memory-store.ts';
import { localLocks } from '../../storage/locks.ts';
import { openStorage } from '../../storage/storage.ts';
import { codeOf, openStudio, textFile, type Studio } from '../testing/studio.ts';

/** A record of made-up words; another end makes one that is nearly the same. */
function record(seed: number, end = 'end'): string {
  const words = Array.from({ length: 60 }, (_, i) => `w${randomWord(seed, i, 3, 0) % 5000}`);
  return JSON.stringify({
    prompt: words.slice(0, 30).join(' '),
    response: `${words.join(' ')} ${end}`,
  });
}

const records = (from: number, count: number): string[] =>
  Array.from({ length: count }, (_, i) => record(from + i));

const letters = textFile('letters.jsonl', [
  ...records(0, 40),
  record(3, 'else'),
  record(7, 'else'),
]);
const notes = textFile('notes.jsonl', [
  ...records(100, 30),
  record(5, 'other'),
  record(3, 'third'),
]);

type Client = Studio['client'];

async function bring(client: Client, files: readonly File[]): Promise<DataSetSummary[]> {
  return [...(await client.call('data.import', { files, nearDuplicates: true, task: 'import' }))];
}

/** A studio whose storage outlives it. */
function kept(name: string) {
  const place = { files: memoryStore(), name, locks: localLocks() };
  const list = async (id: string): Promise<readonly string[]> => place.files.list(`data/${id}`);
  return { place, list, open: () => openStudio(undefined, place) };
}

/** Ends imports when they begin to read, or to compare. */
function cancelAt({ client }: Studio, part: 'reading' | 'comparing'): void {
  client.subscribe((event) => {
    if (event.type !== 'data.progress') return;
    if (part === 'comparing' && event.comparing === undefined) return;
    void client.call('tasks.cancel', { task: event.task });
  });
}

test('records are compared while they are imported, within their set and with those that are there', async () => {
  const { client } = await openStudio();
  // Two files at once: the second finds the first.
  const [first, second] = await bring(client, [letters, notes]);
  expect(first?.near).toMatchObject({ within: 2, between: [] });
  expect(second?.near).toMatchObject({ within: 0, between: [{ id: first?.id, records: 2 }] });
  expect(first?.near?.examples.map(({ row, set, otherRow }) => [row, set, otherRow])).toEqual([
    [40, null, 3],
    [41, null, 7],
  ]);
  const inFirst = second?.near?.examples.map(({ row, set }) => [row, set]);
  expect(inFirst).toHaveLength(2);
  expect(inFirst).toEqual(
    expect.arrayContaining([
      [30, first?.id],
      [31, first?.id],
    ]),
  );
  for (const { likeness } of second?.near?.examples ?? []) expect(likeness >= 0.75).toBe(true);
  expect(await client.call('data.list', {})).toEqual([first, second]);
});

test('a few short records are compared, and a file without records has nothing to compare', async () => {
  const { client } = await openStudio();
  const short = Array.from({ length: 20 }, (_, i) =>
    JSON.stringify({ prompt: `Question ${i}?`, response: `Nr ${i}.` }),
  );
  const [few, none] = await bring(client, [
    textFile('few.jsonl', short),
    textFile('none.jsonl', ['{']),
  ]);
  expect(few?.near).toMatchObject({ within: 0, between: [], examples: [] });
  expect(none).toMatchObject({ records: 0, problems: 1 });
  expect(none?.near).toBeUndefined();
});

test('nobody looks where it is switched off; by hand, or with the same file again, it is made up for', async () => {
  const { open, list } = kept('near-off');
  const { client } = await open();
  const files = [letters, notes];
  const [first, second] = await client.call('data.import', { files, task: 'import' });
  const ids = [first?.id ?? '', second?.id ?? ''];
  expect([first?.near, second?.near]).toEqual([undefined, undefined]);
  expect(await list(ids[0] ?? '')).not.toContain('signatures.bin');
  // The same records are there already: they are signed now, and compared with those that are signed.
  const [again] = await bring(client, [letters]);
  expect(again?.id).toBe(first?.id);
  expect(again?.near).toMatchObject({ within: 2, between: [] });
  const compared = await client.call('data.nearDuplicates', { ids, task: 'look' });
  expect(compared.map(({ near }) => near)).toMatchObject([
    { within: 2, between: [] },
    { within: 0, between: [{ id: ids[0], records: 2 }] },
  ]);
  expect(await client.call('data.list', {})).toEqual(compared);
  const missing = client.call('data.nearDuplicates', { ids: ['none'], task: 'look' });
  expect(await codeOf(missing)).toBe('data-set-missing');
});

test('what sets have in common outlasts a new name and a search of others, and goes with a set', async () => {
  const { open, list, place } = kept('near-gone');
  const { client } = await open();
  const [first, second] = await bring(client, [letters, notes]);
  const [one, two] = [first?.id ?? '', second?.id ?? ''];
  await client.call('data.rename', { id: one, name: 'Old letters' });
  await client.call('data.nearDuplicates', { ids: [two], task: 'look' });
  const [, other] = await client.call('data.list', {});
  expect(other?.near?.between).toEqual([{ id: one, records: 2 }]);
  expect(other?.near?.examples).toHaveLength(2);
  // Files that belong to sets stay when the storage is cleared up.
  const storage = await openStorage(place.files, place.locks, place.name);
  await storage.sweep();
  expect(await list(one)).toContain('signatures.bin');
  await client.call('data.remove', { id: one });
  expect(await list(one)).toEqual([]);
  const [left] = await client.call('data.list', {});
  expect(left?.near).toMatchObject({ within: 0, between: [], examples: [] });
});

test('an import that is cancelled while it reads leaves nothing, while it compares the whole set', async () => {
  const { open, place, list } = kept('near-cancelled');
  const studio = await open();
  const { client } = studio;
  cancelAt(studio, 'reading');
  expect(await codeOf(bring(client, [letters]))).toBe('cancelled');
  expect(await place.files.list('data')).toEqual([]);

  const later = await open();
  cancelAt(later, 'comparing');
  expect(await codeOf(bring(later.client, [letters]))).toBe('cancelled');
  const [set] = await later.client.call('data.list', {});
  expect(set).toMatchObject({ name: 'letters', records: 42 });
  expect(set?.near).toBeUndefined();
  // As after a tab that was closed at that point: what is signed is not signed again.
  const id = set?.id ?? '';
  expect(await list(id)).toContain('signatures.bin');
  const [compared] = await later.client.call('data.nearDuplicates', { ids: [id], task: 'look' });
  expect(compared?.near).toMatchObject({ within: 2 });
});

test('what a tab that was closed had signed is cleared away, and a damaged file is signed again', async () => {
  const { open, place, list } = kept('near-closed');
  const { client } = await open();
  const [set] = await bring(client, [letters]);
  const id = set?.id ?? '';
  for (const folder of ['left-over', id]) {
    const writer = await place.files.create(`data/${folder}/signatures.bin`);
    await writer.write(new Uint8Array(32));
    await writer.close();
  }
  const storage = await openStorage(place.files, place.locks, place.name);
  await storage.sweep();
  expect(await list('left-over')).toEqual([]);
  const [again] = await client.call('data.nearDuplicates', { ids: [id], task: 'look' });
  expect(again?.near).toMatchObject({ within: 2 });
});

test('a set that another tab holds alone is passed over, and nothing keeps a set from being removed afterwards', async () => {
  const { open, place } = kept('near-held');
  const { client } = await open();
  const [first] = await bring(client, [letters]);
  const release = await place.locks.take(`medcare-studio:data:${first?.id}`, 'exclusive');
  const [second] = await bring(client, [notes]);
  expect(second?.near).toMatchObject({ within: 0, between: [] });
  release?.();
  await client.call('data.remove', { id: first?.id ?? '' });
  await client.call('data.remove', { id: second?.id ?? '' });
  expect(await client.call('data.list', {})).toEqual([]);
});
