import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { memoryStore } from '../../storage/files/memory-store.ts';
import { localLocks } from '../../storage/locks.ts';
import { dataLock } from '../../storage/lock-names.ts';
import { openStorage } from '../../storage/storage.ts';
import { validationRows } from '../../engine/training/run/validation-split.ts';
import { sampledRows } from '../tokens/tokenise.ts';
import { listSamples } from './samples.ts';
import { codeOf, openStudio, publicFolder, textFile } from '../testing/studio.ts';

const row = (i: number): string =>
  JSON.stringify({ prompt: `Question ${i}?`, response: `Nr ${i}.` });
const rows = (count: number): string[] => Array.from({ length: count }, (_, i) => row(i));

test('a file of an unknown shape is looked at, tried with a mapping and imported by it', async () => {
  const { client } = await openStudio();
  const file = textFile('exam.csv', ['q,A,B,right', 'Which?,this,that,1', 'Bad?,x,y,7']);
  const found = await client.call('data.inspect', { file });
  expect(found).toMatchObject({ layout: 'table', values: 2, recognised: 0 });
  const mapping = { prompt: 'q', choices: ['A', 'B'], answer: 'right' };
  const unsaid = await client.call('data.try', { file, mapping, choices: {}, count: 3 });
  // 1 may be the first or the second choice, 7 is none: nothing is guessed.
  expect(unsaid.answers).toEqual({
    field: 'right',
    decided: undefined,
    fits: ['from-0', 'from-1'],
  });
  expect(unsaid.tried).toMatchObject([
    { line: 2, fault: { code: 'answer-unclear' } },
    { line: 3, fault: { code: 'wrong-type' } },
  ]);
  const choices = { answers: 'from-1' } as const;
  const { tried } = await client.call('data.try', { file, mapping, choices, count: 3 });
  expect(tried).toMatchObject([
    { line: 2, record: {}, right: ['this'] },
    { line: 3, fault: { code: 'wrong-type' } },
  ]);
  const [set] = await client.call('data.import', {
    files: [file],
    mappings: [mapping],
    choices: [choices],
    task: 't',
  });
  expect(set).toMatchObject({ shape: 'mapped', records: 1, problems: 1, kindGuessed: true });
  // Kept, so that questions with these columns are read alike.
  expect(set?.columns).toEqual({ fields: 'A\nB\nq\nright', mapping });
  const [first] = await client.call('data.rows', { id: set?.id ?? '', from: 0, count: 1 });
  expect(first).toMatchObject({ choices: ['A', 'B'], messages: [{}, { content: 'A' }] });
  const nothing = { prompt: 'q', answer: 'right' };
  expect(
    await codeOf(client.call('data.try', { file, mapping: nothing, choices: {}, count: 1 })),
  ).toBe('request-invalid');
});

test('records and left-out rows of a table keep both their row and their line', async () => {
  const { client } = await openStudio();
  const lines = ['prompt,response', '"Dear', 'doctor",Rest', 'Hello,', 'Good day,Walk'];
  const files = [textFile('letters.csv', lines), textFile('plain.jsonl', rows(1))];
  const [set, plain] = await client.call('data.import', { files, task: 't' });
  const id = set?.id ?? '';
  expect([set?.tableRows, plain?.tableRows]).toEqual([true, undefined]);
  const stored = await client.call('data.rows', { id, from: 0, count: 9 });
  expect(stored.map(({ line, row: at }) => [line, at])).toEqual([
    [2, undefined],
    [5, 4],
  ]);
  const [problem] = await client.call('data.problems', { id, from: 0, count: 9 });
  expect(problem).toMatchObject({ line: 4, row: 3, column: null, code: 'empty-response' });
});

test('a table whose cells hold line breaks is the set that an earlier version kept without rows', async () => {
  const kept = { files: memoryStore(), name: 'without-rows' };
  const storage = await openStorage(kept.files, localLocks(), kept.name);
  const { client } = await openStudio(undefined, kept);
  const lines = ['prompt,response', '"Dear', 'doctor",Rest', 'Hello,Walk'];
  const letters = textFile('letters.csv', lines);
  const writer = await storage.dataSets.create();
  for (const [line, user, assistant] of [
    [2, 'Dear\ndoctor', 'Rest'],
    [4, 'Hello', 'Walk'],
  ] as const) {
    const messages = [
      { role: 'user', content: user },
      { role: 'assistant', content: assistant },
    ] as const;
    await writer.add({ line, task: 'letters', messages });
  }
  const about = { name: 'letters', kind: 'knowledge', shape: 'prompt-response' } as const;
  const earlier = await writer.finish(about);
  const [again] = await client.call('data.import', { files: [letters], task: 't' });
  expect(again?.id).toBe(earlier.id);
  expect(again?.fingerprint).toBe(earlier.fingerprint);
  // What changes a record still makes another set.
  const other = textFile('letters.csv', [...lines.slice(0, 3), 'Hello,Run']);
  const [changed] = await client.call('data.import', { files: [other], task: 't' });
  expect(changed?.fingerprint).not.toBe(earlier.fingerprint);
});

test('sample sets of an earlier version, which did not mark them, are known by their content', async () => {
  const { client } = await openStudio();
  const samples = await listSamples(publicFolder);
  const training = samples.filter(({ use }) => use === 'training');
  const files = await Promise.all(
    training.map(async ({ file, name }) =>
      textFile(`${name}.jsonl`, [await readFile(`public/samples/${file}`, 'utf8')]),
    ),
  );
  const own = textFile('own.jsonl', rows(2));
  const kinds = [...training.map(({ kind }) => kind), 'knowledge' as const];
  await client.call('data.import', { files: [...files, own], kinds, task: 't' });
  const listed = await client.call('data.list', {});
  expect(listed.map(({ name, sample }) => [name, sample])).toEqual([
    ...training.map(({ name }) => [name, true]),
    ['own', undefined],
  ]);
  // The mark is kept, and the button brings no second copy.
  const again = await client.call('data.samples', { task: 't' });
  expect(again.map(({ sample }) => sample)).toEqual(training.map(() => true));
  expect(await client.call('data.list', {})).toHaveLength(listed.length);
});

test('sets of one file have different names, and a set can be renamed', async () => {
  const { client } = await openStudio();
  const file = textFile('letters.csv', ['letter,code,advice', 'Dear,I10,Rest', 'Hello,J45,Walk']);
  const bring = async (response: string) => {
    const mappings = [{ prompt: 'letter', response }];
    const [set] = await client.call('data.import', { files: [file], mappings, task: 't' });
    if (!set) throw new Error('one set');
    return set;
  };
  const codes = await bring('code');
  const advice = await bring('advice');
  expect([codes.name, advice.name]).toEqual(['letters', 'letters (2)']);
  const renamed = await client.call('data.rename', { id: codes.id, name: ' ICD codes ' });
  expect(renamed).toMatchObject({ name: 'ICD codes', importedAs: 'letters' });
  // The same file by the same columns is the set that is there, whatever it is called.
  expect((await bring('code')).id).toBe(codes.id);
  expect((await bring('advice')).id).toBe(advice.id);
  await client.call('data.rename', { id: codes.id, name: 'Codes' });
  const known = await client.call('data.list', {});
  expect(known.map(({ name, importedAs }) => [name, importedAs])).toEqual([
    ['Codes', 'letters'],
    ['letters (2)', 'letters'],
  ]);
  expect(await codeOf(client.call('data.rename', { id: codes.id, name: ' ' }))).toBe(
    'request-invalid',
  );
  expect(await codeOf(client.call('data.rename', { id: 'none', name: 'x' }))).toBe(
    'data-set-missing',
  );
});

test('rows and problems are found by text and code, across pieces and ignoring case', async () => {
  const { client } = await openStudio();
  const lines = [...rows(5000), '{"prompt": oops}', row(17), '[1]', row(4000)];
  const [set] = await client.call('data.import', {
    files: [textFile('many.jsonl', lines)],
    task: 't',
  });
  if (!set) throw new Error('one set');
  expect(set.problemCounts).toEqual({ 'broken-json': 1, duplicate: 2, 'not-an-object': 1 });
  const find = async (list: 'records' | 'problems', text: string, code: string | null) => [
    ...(await client.call('data.find', { id: set.id, list, text, code, task: 'f' })),
  ];
  expect(await find('records', 'NR 499', null)).toEqual([
    499,
    ...Array.from({ length: 10 }, (_, i) => 4990 + i),
  ]);
  expect(await find('records', 'question 4999?', null)).toEqual([4999]);
  // The names of the stored fields do not count as text of a record.
  expect(await find('records', 'messages', null)).toEqual([]);
  expect(await find('problems', '', 'duplicate')).toEqual([1, 3]);
  expect(await find('problems', 'line 4001', null)).toEqual([3]);
  const listed = await client.call('data.problemsAt', { id: set.id, places: [3, 0] });
  expect(listed.map(({ line, data }) => [line, data])).toEqual([
    [5004, { line: 4001 }],
    [5001, { detail: 'value' }],
  ]);
});

test('the split that is shown is the one that a run makes', async () => {
  const { client } = await openStudio();
  const sets = await client.call('data.import', {
    files: [
      textFile('a.jsonl', rows(100)),
      textFile(
        'b.jsonl',
        rows(50).map((r) => r.replace('Nr', 'No')),
      ),
    ],
    task: 't',
  });
  const settings = { seed: 7, validation: { fraction: 0.1, maxRecords: 12 } };
  const split = await client.call('data.split', { ids: sets.map(({ id }) => id), ...settings });
  expect(split.map(({ training, validation }) => [training, validation])).toEqual([
    [92, 8],
    [46, 4],
  ]);
  expect(split.map(({ rows: apart }) => apart)).toEqual(validationRows([100, 50], settings));
  const some = { ...settings, validation: { ...settings.validation, minRecords: 6 } };
  const counts = (records: readonly number[], least = some): number[] =>
    validationRows(records, least).map(({ length }) => length);
  expect(counts([100, 50])).toEqual([8, 6]);
  // No more than a quarter of a small set; no more than all may keep, divided equally; none where none is wanted.
  expect(counts([100, 20, 3])).toEqual([9, 4, 0]);
  expect(counts([100, 100, 100, 100])).toEqual([3, 3, 3, 3]);
  const none = { ...some, validation: { ...some.validation, fraction: 0 } };
  expect(counts([100, 50], none)).toEqual([0, 0]);
  // Never all rows of a set, and no rows where none are asked for.
  expect(validationRows([1, 1], settings)).toEqual([new Uint32Array(), new Uint32Array()]);
});

test('a large set is sampled evenly, a small one taken whole', () => {
  expect(sampledRows(20_000).length).toBe(20_000);
  const sample = sampledRows(1_000_000);
  expect(sample.length).toBe(2048);
  expect(new Set(sample).size).toBe(2048);
  for (const tenth of [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]) {
    const inside = sample.filter((r) => Math.floor(r / 100_000) === tenth);
    expect(Math.abs(inside.length - 204.8)).toBeLessThan(16);
  }
});

test('what a closed tab left half-written goes with the next start; what another tab writes stays', async () => {
  const files = memoryStore();
  const locks = localLocks();
  const { client } = await openStudio(undefined, { files, name: 'left-behind', locks });
  for (const id of ['orphan', 'elsewhere']) {
    const writer = await files.create(`data/${id}/records.jsonl`);
    await writer.write(new Uint8Array(10));
    await writer.close();
  }
  await locks.take(dataLock('elsewhere'), 'exclusive');
  const [set] = await client.call('data.import', {
    files: [textFile('a.jsonl', rows(3))],
    task: 't',
  });
  const next = await openStorage(files, locks, 'left-behind');
  await next.sweep();
  expect([...(await files.list('data'))].sort()).toEqual(['elsewhere', set?.id].sort());
  next.close();
});

test('a file that fails does not keep the others from being imported', async () => {
  const { client } = await openStudio();
  const bring = client.call('data.import', {
    files: [textFile('empty.jsonl', []), textFile('a.jsonl', rows(3))],
    task: 't',
  });
  expect(await codeOf(bring)).toBe('data-set-empty');
  expect((await client.call('data.list', {})).map(({ name }) => name)).toEqual(['a']);
});

test('very many tasks are named up to a limit and counted beyond', async () => {
  const { client } = await openStudio();
  const lines = Array.from({ length: 6000 }, (_, i) =>
    JSON.stringify({
      input: `q ${i}`,
      target: 'a',
      task_dataset: i % 2 === 0 ? 'often' : `id-${i}`,
    }),
  );
  const [set] = await client.call('data.import', {
    files: [textFile('t.jsonl', lines)],
    task: 't',
  });
  expect(set?.tasks[0]).toBe('often');
  expect(set?.tasks.length).toBe(256);
  expect(set?.taskCount).toBe(3001);
});
