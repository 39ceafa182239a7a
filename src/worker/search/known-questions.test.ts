import { expect, test } from 'vitest';
import type { DataSetSummary } from '../../contract/data.ts';
import type { EvaluationSummary } from '../../contract/evaluation.ts';
import { randomWord } from '../../engine/kernels/random-words.ts';
import type { EvaluationItem } from '../../engine/evaluation/items.ts';
import { offerUnsure } from '../../engine/evaluation/questions/unsure-option.ts';
import { memoryStore } from '../../storage/files/memory-store.ts';
import { localLocks } from '../../storage/locks.ts';
import { openStorage } from '../../storage/storage.ts';
import { openStudio, publicFolder, textFile, type Studio } from '../testing/studio.ts';
import { sampleItems } from '../evaluation/evaluation-items.ts';

/** A case and a question with options, of made-up words. */
function itemOf(seed: number): EvaluationItem {
  const words = Array.from({ length: 30 }, (_, i) => `q${randomWord(seed, i, 4, 0) % 9000}`);
  return {
    ...{ task: 'exam', kind: 'knowledge', metric: 'accuracy', answer: 'A', choices: ['A', 'B'] },
    prompt: `${words.join(' ')}?\nA. yes\nB. no`,
  };
}

const ITEMS = Array.from({ length: 20 }, (_, i) => itemOf(i));

function record(prompt: string, response = 'A'): string {
  return JSON.stringify({ prompt, response });
}

/** Asks one question as it is, quotes another in an answer, and asks others that nobody evaluates with. */
const records = [
  record(itemOf(100).prompt),
  record('What was asked?', `It was this: ${ITEMS[7]?.prompt ?? ''}`),
  record(ITEMS[3]?.prompt ?? ''),
  record(itemOf(101).prompt),
];

function evaluation(itemsId: string, files: readonly string[], createdAt = 1): EvaluationSummary {
  return {
    ...{ id: itemsId, itemsId, answered: 0, total: 3, label: '', gridId: null, figures: null },
    ...{ files, createdAt, updatedAt: createdAt },
    variant: { modelId: 'm', runId: null, snapshot: 'base' },
    settings: { maxItems: 0, choices: 'likelihood', perplexity: false },
  };
}

/** A studio with evaluations of these lists, and its storage as another tab sees it. */
async function studioWith(
  name: string,
  lists: readonly { readonly file: string; readonly items: readonly EvaluationItem[] }[],
) {
  const place = { files: memoryStore(), name, locks: localLocks() };
  const studio = await openStudio(undefined, place);
  const storage = await openStorage(place.files, place.locks, place.name);
  for (const [i, { file, items }] of lists.entries()) {
    await storage.evaluations.begin(evaluation(`${file} ${i}`, [file], i), items);
  }
  return { ...studio, storage, place };
}

async function bring({ client }: Pick<Studio, 'client'>, lines = records): Promise<DataSetSummary> {
  const files = [textFile('letters.jsonl', lines)];
  const [set] = await client.call('data.import', { files, nearDuplicates: true, task: 'import' });
  if (!set) throw new Error('nothing came in');
  return set;
}

const heldOf = ({ questions }: DataSetSummary) =>
  questions?.lists.map(({ files, held, compared }) => [files[0], held, compared]);

test('questions of evaluations that records hold are counted while the records come in, with their places', async () => {
  const studio = await studioWith('held', [{ file: 'exam.jsonl', items: ITEMS }]);
  const set = await bring(studio);
  const samples = await sampleItems(publicFolder);
  const [exam, own] = set.questions?.lists ?? [];
  expect(exam).toEqual({
    ...{ itemsId: 'exam.jsonl 0', files: ['exam.jsonl'], questions: 20, compared: 20, short: 0 },
    ...{ held: 2, ngram: 2, near: 1 },
    examples: [
      { place: 3, row: 2 },
      { place: 7, row: 1 },
    ],
  });
  expect(own).toMatchObject({ files: [], questions: samples.length, held: 0 });
  const asked = { itemsId: 'exam.jsonl 0', places: [3, 99] };
  expect(await studio.client.call('data.questions', asked)).toEqual([ITEMS[3]?.prompt, null]);
  const sample = { itemsId: own?.itemsId ?? '', places: [0] };
  expect(await studio.client.call('data.questions', sample)).toEqual([samples[0]?.prompt]);
  // The questions go with their evaluation; what was found stays, and says when.
  await studio.storage.evaluations.remove(['exam.jsonl 0']);
  expect(await studio.client.call('data.questions', asked)).toEqual([null, null]);
  expect(await studio.client.call('data.list', {})).toEqual([set]);
});

test('a record of the samples is found, and nothing is looked for where that is switched off', async () => {
  const studio = await openStudio();
  const [sample] = await sampleItems(publicFolder);
  const set = await bring(studio, [...records, record(sample?.prompt ?? '', sample?.answer)]);
  expect(set.questions?.lists).toMatchObject([{ files: [], held: 1 }]);
  expect(set.questions?.lists[0]?.examples).toEqual([{ place: 0, row: 4 }]);
  const files = [textFile('other.jsonl', records)];
  const [other] = await studio.client.call('data.import', { files, task: 'import' });
  expect(other?.questions).toBeUndefined();
});

test('a list that is a part of another of the same file is not counted again, with an option offered or without', async () => {
  const half = ITEMS.slice(0, 10);
  const studio = await studioWith('parts', [
    { file: 'exam.jsonl', items: half },
    { file: 'exam.jsonl', items: ITEMS },
    { file: 'exam.jsonl', items: offerUnsure(ITEMS) },
    { file: 'other.jsonl', items: half },
  ]);
  const check = { of: 'exam.jsonl 1', variation: 'order' } as unknown as EvaluationSummary['check'];
  const varied = { ...evaluation('varied', ['varied.jsonl']), ...(check && { check }) };
  await studio.storage.evaluations.begin(varied, [itemOf(100)]);
  expect(heldOf(await bring(studio))?.slice(0, -1)).toEqual([
    ['other.jsonl', 2, 10],
    ['exam.jsonl', 2, 20],
  ]);
});

test('a search brings up to date what questions came in since, and reads nothing where none did', async () => {
  const studio = await studioWith('later', []);
  const { client, storage } = studio;
  const { id } = await bring(studio);
  const look = async (): Promise<DataSetSummary> => {
    const [set] = await client.call('data.nearDuplicates', { ids: [id], task: 'look' });
    if (!set) throw new Error('gone');
    return set;
  };
  await storage.evaluations.begin(evaluation('new', ['exam.jsonl']), ITEMS);
  const found = await look();
  expect(heldOf(found)?.[0]).toEqual(['exam.jsonl', 2, 20]);
  expect(found.near).toMatchObject({ within: 0 });
  const again = await look();
  expect(again.questions?.lists).toEqual(found.questions?.lists);
  expect((again.questions?.at ?? 0) >= (found.questions?.at ?? 0)).toBe(true);
  // The same file once more is compared with what is known by then.
  await storage.evaluations.remove(['new']);
  expect(heldOf(await bring(studio))).toHaveLength(1);
});

test('two tabs that search one set at once take turns, and both get the outcome', async () => {
  const studio = await studioWith('tabs', [{ file: 'exam.jsonl', items: ITEMS }]);
  const files = [
    textFile('letters.jsonl', [...records, record('What was asked?', 'It was that.')]),
  ];
  const [set] = await studio.client.call('data.import', { files, task: 'import' });
  const other = await openStudio(undefined, studio.place);
  const ids = [set?.id ?? ''];
  const searches = [studio, other].map(({ client }, i) =>
    client.call('data.nearDuplicates', { ids, task: `look ${i}` }),
  );
  for (const [found] of await Promise.all(searches)) {
    expect(found).toMatchObject({ near: { within: 0 }, questions: { lists: [{ held: 2 }, {}] } });
  }
  // While another tab searches, a person can stop waiting.
  const release = await studio.place.locks.take(`medcare-studio:search:${ids[0]}`, 'exclusive');
  const waiting = other.client.call('data.nearDuplicates', { ids, task: 'wait' });
  await other.client.call('tasks.cancel', { task: 'wait' });
  await expect(waiting).rejects.toMatchObject({ code: 'cancelled' });
  release?.();
});
