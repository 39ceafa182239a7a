/** Parquet files become lines of JSON; damaged ones become one typed fault, in short time. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import fc from '../../../test/properties.ts';
import { StudioError } from '../../faults/fault.ts';
import { parquetLines } from './parquet-lines.ts';

const FOLDER = 'test/fixtures/lm-eval';
const read = (path: string): Uint8Array => new Uint8Array(readFileSync(`${FOLDER}/${path}`));
const valid = [
  'data/headqa/en/test-00000-of-00001.parquet',
  'data/medmcqa/validation-00000-of-00001.parquet',
  'data/pubmedqa/test-00000-of-00001.parquet',
  'packed/headqa-es-train.parquet',
].map(read);

async function rowsOf(bytes: Uint8Array): Promise<unknown[]> {
  const text = new TextDecoder().decode(await parquetLines(bytes, 'a.parquet'));
  return text
    .trim()
    .split('\n')
    .map((line): unknown => JSON.parse(line));
}

test('numbers, texts, nulls, lists and lists of objects', async () => {
  const [head = [], choices = [], abstracts = []] = await Promise.all(valid.map(rowsOf));
  const some: unknown = expect.any(String);
  expect(head[0]).toMatchObject({
    qid: 1,
    answers: [{ aid: 1 }, { aid: 2 }, { aid: 3 }, { aid: 4, atext: some }],
  });
  expect(choices[0]).toMatchObject({ choice_type: 'single', exp: 'As taught.', topic_name: null });
  expect(choices[1]).toMatchObject({ exp: null });
  expect(abstracts[0]).toMatchObject({ CONTEXTS: [some], YEAR: '2019' });
});

test('columns packed with Zstandard, and a list of pairs written as two lists', async () => {
  const [row] = await rowsOf(valid[3] ?? new Uint8Array());
  const atext = ['All or nothing.', 'Hyperpolarizing.', 'Can be added.', 'Spread long.'];
  expect(row).toMatchObject({ ra: '1', answers: { aid: ['1', '2', '3', '4'], atext } });
});

test('a file that is a part of memory which others share', async () => {
  const [file = new Uint8Array()] = valid;
  const shared = new Uint8Array(file.length + 100);
  shared.set(file, 60);
  expect((await rowsOf(Buffer.from(shared.buffer, 60, file.length))).length).toBeGreaterThan(0);
});

/** The outcome of reading: rows, or the code of the fault. */
async function outcome(bytes: Uint8Array): Promise<string> {
  try {
    await parquetLines(bytes, 'a.parquet');
    return 'rows';
  } catch (thrown) {
    if (!(thrown instanceof StudioError)) throw thrown;
    return thrown.code;
  }
}

test('changed bytes give rows or the fault, and no other error', async () => {
  const edits = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 5 });
  const seen = new Set<string>();
  await fc.assert(
    fc.asyncProperty(fc.nat(3), edits, async (which, changes) => {
      const bytes = valid[which]?.slice() ?? new Uint8Array();
      for (const [at, value] of changes) bytes[at % bytes.length] = value;
      const found = await outcome(bytes);
      seen.add(found);
      expect(['rows', 'parquet-unreadable']).toContain(found);
    }),
    { numRuns: 400 },
  );
  expect(seen.size).toBe(2);
});

test('the description of the columns, byte by byte', async () => {
  const [file = new Uint8Array()] = valid;
  const begin = file.length - 8 - new DataView(file.buffer, file.length - 8).getUint32(0, true);
  for (let at = begin; at < file.length; at += 31) {
    for (const value of [0, 0xff]) {
      const bytes = file.slice();
      bytes[at] = value;
      expect(['rows', 'parquet-unreadable']).toContain(await outcome(bytes));
    }
  }
});

test('a file that is cut off, or no Parquet at all', async () => {
  const [file = new Uint8Array()] = valid;
  for (const length of [0, 4, 11, 100, file.length - 1]) {
    expect(await outcome(file.slice(0, length))).toBe('parquet-unreadable');
  }
  expect(await outcome(new TextEncoder().encode('PAR1 and then text PAR1'))).toBe(
    'parquet-unreadable',
  );
});
