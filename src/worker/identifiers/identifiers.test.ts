import { expect, test } from 'vitest';
import type { Ways } from '../../contract/identifiers.ts';
import { openMapping } from '../../text/identifiers/replace/mapping-file.ts';
import { allBy } from '../../text/identifiers/replace/replacer.ts';
import { codeOf, openStudio, textFile, type Studio } from '../testing/studio.ts';

const row = (prompt: string, response: string): string => JSON.stringify({ prompt, response });

const NOTES = [
  row(
    'Patient: Adaeze Nwosu, MRN 12345678. She came with a cough.',
    'Nwosu was seen on 3 May 2021.',
  ),
  row('患者张丽华，电话13812345678。', '建议复查。'),
  row('What is Wilson disease?', 'A disorder of copper.'),
  row('Patient: Adaeze Nwosu, seen again on 10 May 2021.', 'Better.'),
];
const surrogates: Ways = allBy('surrogate');
const everything = { kind: null, certainty: null, language: null, decision: null, text: '' };

async function looked(): Promise<{ client: Studio['client']; id: string }> {
  const { client } = await openStudio();
  const files = [textFile('notes.jsonl', NOTES)];
  const [set] = await client.call('data.import', { files, task: 'import' });
  const id = set?.id ?? '';
  await client.call('identifiers.look', { id, task: 'look' });
  return { client, id };
}

async function textsOf(client: Studio['client'], id: string): Promise<string[]> {
  const rows = await client.call('data.rows', { id, from: 0, count: 100 });
  return rows.map(({ messages }) => messages.map(({ content }) => content).join('\n'));
}

test('a search is kept with its set, whether it is made on import or afterwards', async () => {
  const { client } = await openStudio();
  const files = [textFile('notes.jsonl', NOTES)];
  const [set] = await client.call('data.import', { files, identifiers: true, task: 'import' });
  const id = set?.id ?? '';
  expect(set?.identifiers).toMatchObject({ findings: 8, withAny: 3 });
  const counts = await client.call('identifiers.counts', { id });
  const again = await client.call('identifiers.look', { id, task: 'look' });
  expect(again.identifiers).toMatchObject({ findings: 8, withAny: 3 });
  expect(await client.call('identifiers.counts', { id })).toEqual(counts);
  const byKind = new Map<string, number>();
  for (const { kind, language, count } of counts)
    byKind.set(`${kind} ${language}`, (byKind.get(`${kind} ${language}`) ?? 0) + count);
  expect(Object.fromEntries(byKind)).toEqual({
    'NAME en': 3,
    'NAME zh': 1,
    'DATE en': 2,
    'PHONE zh': 1,
    'RECORD en': 1,
  });
  const [other] = await client.call('data.import', {
    files: [textFile('other.jsonl', NOTES)],
    task: 'import',
  });
  const asked = client.call('identifiers.counts', { id: other?.id ?? '' });
  expect(await codeOf(asked)).toBe('identifiers-not-looked');
  const missing = client.call('identifiers.look', { id: 'none', task: 'look' });
  expect(await codeOf(missing)).toBe('data-set-missing');
});

test('findings are listed by filters, each in its sentence', async () => {
  const { client, id } = await looked();
  const select = (filter: Partial<typeof everything> | { kind: 'NAME'; text: string }) =>
    client.call('identifiers.select', { id, ...everything, ...filter, task: 'select' });
  expect([...(await select({}))]).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  const named = await select({ kind: 'NAME', text: 'adaeze' });
  const found = await client.call('identifiers.findings', { id, places: [...named] });
  expect(found.map(({ row: at, before, text, after }) => [at, before, text, after])).toEqual([
    [0, 'Patient: ', 'Adaeze Nwosu', ', MRN 12345678.'],
    [3, 'Patient: ', 'Adaeze Nwosu', ', seen again on 10 May 2021.'],
  ]);
  const record = await client.call('identifiers.record', { id, row: 0, ways: allBy('kind') });
  expect(record.messages.map(({ findings }) => findings.map((one) => one.replacement))).toEqual([
    ['[NAME]', '[RECORD]'],
    ['[NAME]', '[DATE]'],
  ]);
});

test('a decision holds for one finding or all of its form, and can be taken back and made again', async () => {
  const { client, id } = await looked();
  const decided = async (): Promise<string[]> => {
    const places = [0, 1, 2, 3, 4, 5, 6, 7];
    const found = await client.call('identifiers.findings', { id, places });
    return found.filter(({ decision }) => decision === 'keep').map(({ text }) => text);
  };
  const of = { id, form: true, decision: 'keep' } as const;
  const before = await client.call('identifiers.decide', { ...of, place: 0 });
  expect(before.places).toHaveLength(2);
  expect(await decided()).toEqual(['Adaeze Nwosu', 'Adaeze Nwosu']);
  const undone = await client.call('identifiers.restore', { id, ...before });
  expect(await decided()).toEqual([]);
  await client.call('identifiers.restore', { id, ...undone });
  expect(await decided()).toEqual(['Adaeze Nwosu', 'Adaeze Nwosu']);
});

test('the replaced set holds nothing that was replaced, its report only counts, and the original stays until the mapping is saved', async () => {
  const { client, id } = await looked();
  // The telephone number is kept as it is.
  const [phone = 0] = await client.call('identifiers.select', {
    id,
    ...everything,
    kind: 'PHONE',
    task: 'select',
  });
  await client.call('identifiers.decide', { id, place: phone, form: false, decision: 'keep' });
  await client.call('identifiers.decide', { id, place: 0, form: true, decision: 'replace' });
  const preview = await client.call('identifiers.record', { id, row: 0, ways: surrogates });
  const { set, mapping } = await client.call('identifiers.replace', {
    ...{ id, ways: surrogates, name: 'notes, replaced', task: 'replace' },
    passphrase: 'a long enough phrase',
  });
  expect(await textsOf(client, id)).toHaveLength(4);
  const texts = (await textsOf(client, set.id)).join('\n');
  for (const gone of ['Adaeze', 'Nwosu', '12345678.', '3 May', '10 May', '张丽华'])
    expect(texts).not.toContain(gone);
  expect(texts).toContain('13812345678');
  expect(texts).toContain('What is Wilson disease?');
  for (const { findings } of preview.messages)
    for (const { replacement } of findings) expect(texts).toContain(replacement ?? '');

  expect(set.replaced).toMatchObject({ records: 4, changed: 3 });
  const replaced = { way: 'surrogate', found: 4, replaced: 4, kept: 0, accepted: 2, different: 3 };
  expect(set.replaced?.kinds.NAME).toEqual(replaced);
  expect(set.replaced?.kinds.PHONE).toMatchObject({ found: 1, replaced: 0, kept: 1 });
  expect(JSON.stringify(set)).not.toMatch(/Nwosu|12345678|张丽华/);
  const names = (await client.call('data.list', {})).map(({ name }) => name);
  expect(names.toSorted()).toEqual(['notes', 'notes, replaced']);
  const text = (await mapping?.blob.text()) ?? '';
  expect(text).not.toContain('Nwosu');
  const entries = await openMapping(text, 'a long enough phrase');
  expect(entries.map((entry) => entry.original)).toContain('Adaeze Nwosu');
});
