/** Inspection, preview and import read the same rows, whatever the layout and the chunks. */
import { gzipSync } from 'node:zlib';
import fc from '../../../test/properties.ts';
import { describe, expect, test } from 'vitest';
import { inspectRecords, tryRecords } from './record-inspect.ts';
import { importRecords } from './records.ts';
import type { FieldMapping, ImportedRecord, ImportProblem } from './records.ts';
import { readRows } from './rows.ts';
import type { RowItem } from './rows.ts';

type Row = Readonly<Record<string, unknown>>;

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
/** Letters of Latin-1 have the same bytes in Windows-1252. */
const western = (text: string): Uint8Array => Uint8Array.from(text, (unit) => unit.charCodeAt(0));

function utf16(text: string, bigEndian: boolean): Uint8Array {
  const bytes = new Uint8Array(text.length * 2);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < text.length; i++) view.setUint16(i * 2, text.charCodeAt(i), !bigEndian);
  return bytes;
}

function* cut(bytes: Uint8Array, size: number): Generator<Uint8Array> {
  // Hands chunks on as the worker does: each overwrites the one before.
  const buffer = new Uint8Array(size);
  for (let at = 0; at < bytes.length; at += size) {
    const part = bytes.subarray(at, at + size);
    buffer.set(part);
    yield buffer.subarray(0, part.length);
  }
}

const byColumn = (rows: readonly Row[]): Row =>
  Object.fromEntries(
    Object.keys(rows[0] ?? {}).map((name) => [
      name,
      Object.fromEntries(rows.map((row, i) => [i, row[name] ?? null])),
    ]),
  );
const quoted = (value: unknown): string => `"${String(value).replaceAll('"', '""')}"`;
const csv = (rows: readonly Row[], mark: string, end: string): string => {
  const names = Object.keys(rows[0] ?? {});
  const lines = rows.map((row) => names.map((name) => quoted(row[name])).join(mark));
  return [names.join(mark), ...lines].join(end);
};

const LAYOUTS: readonly (readonly [
  name: string,
  file: string,
  write: (rows: readonly Row[]) => string,
])[] = [
  ['lines', 'a.jsonl', (rows) => rows.map((row) => JSON.stringify(row)).join('\n')],
  ['lines in .json', 'a.json', (rows) => rows.map((row) => JSON.stringify(row)).join('\r\n')],
  ['lines with CR', 'a.jsonl', (rows) => rows.map((row) => `${JSON.stringify(row)}\r`).join('')],
  ['joined', 'a.json', (rows) => rows.map((row) => JSON.stringify(row)).join('')],
  [
    'pretty one after another',
    'a.json',
    (rows) => rows.map((row) => JSON.stringify(row, null, 1)).join('\n'),
  ],
  ['array on one line', 'a.json', (rows) => JSON.stringify(rows)],
  ['array in .jsonl', 'a.jsonl', (rows) => JSON.stringify(rows)],
  ['array over lines', 'a.json', (rows) => JSON.stringify(rows, null, 2)],
  ['wrapped', 'a.json', (rows) => JSON.stringify({ data: rows })],
  ['wrapped in .jsonl', 'a.jsonl', (rows) => `${JSON.stringify({ rows })}\n`],
  ['wrapped over lines', 'a.json', (rows) => JSON.stringify({ data: rows }, null, 2)],
  [
    'wrapped beside a version',
    'a.json',
    (rows) => JSON.stringify({ version: '1.0', data: rows, n: 3 }, null, 1),
  ],
  ['wrapped twice', 'a.json', (rows) => JSON.stringify({ status: 'ok', result: { items: rows } })],
  [
    'by id',
    'a.json',
    (rows) => JSON.stringify(Object.fromEntries(rows.map((row, i) => [`q${i}`, row])), null, 1),
  ],
  ['columns', 'a.json', (rows) => JSON.stringify(byColumn(rows))],
  [
    'split',
    'a.json',
    (rows) => {
      const columns = Object.keys(rows[0] ?? {});
      return JSON.stringify({
        columns,
        index: rows.map((_, i) => i),
        data: rows.map((row) => columns.map((name) => row[name])),
      });
    },
  ],
  ['CSV', 'a.csv', (rows) => csv(rows, ',', '\r\n')],
  ['CSV with semicolons', 'a.csv', (rows) => `sep=;\r\n${csv(rows, ';', '\r\n')}`],
  ['TSV with CR', 'a.tsv', (rows) => csv(rows, '\t', '\r')],
];

/** Two rows at least, because an object that holds one object is no table of rows. */
const texts = fc.stringMatching(/^[a-z 问答é"{}[\],:\\]{1,12}[a-z]$/);
const rowsOf = (first: string, second: string): fc.Arbitrary<Row[]> =>
  fc
    .array(fc.tuple(texts, texts), { minLength: 2, maxLength: 6 })
    .map((pairs) => pairs.map(([q, a], i) => ({ [first]: `${i} ${q}`, [second]: a })));

interface Found {
  readonly records: ImportedRecord[];
  readonly problems: ImportProblem[];
}

async function bring(
  bytes: Uint8Array,
  fileName: string,
  size: number,
  mapping?: FieldMapping,
): Promise<Found> {
  const found: Found = { records: [], problems: [] };
  const options = { fileName, ...(mapping && { mapping }) };
  for await (const { records, problems } of importRecords(cut(bytes, size), options)) {
    found.records.push(...records);
    found.problems.push(...problems);
  }
  return found;
}

async function allItems(bytes: Uint8Array, fileName: string, size = 1 << 16): Promise<RowItem[]> {
  const items: RowItem[] = [];
  for await (const batch of readRows(cut(bytes, size), fileName)) items.push(...batch.items);
  return items;
}

const values = (items: readonly RowItem[]): unknown[] =>
  items.flatMap((item) => ('value' in item ? [item.value] : []));
const codes = (items: readonly RowItem[]): string[] =>
  items.flatMap((item) => ('fault' in item ? [item.fault.code] : []));

describe.each(LAYOUTS)('%s', (_name, fileName, write) => {
  const encodings: readonly ((text: string) => Uint8Array)[] = [
    utf8,
    (text) => utf16(`\ufeff${text}`, false),
    (text) => utf16(`\ufeff${text}`, true),
    (text) => new Uint8Array(gzipSync(utf8(text))),
  ];

  test('preview, inspection and import agree to the row, with columns known or not', async () => {
    const kinds = [
      { rows: rowsOf('instruction', 'output'), mapping: undefined },
      { rows: rowsOf('ask', 'reply'), mapping: { prompt: 'ask', response: 'reply' } },
    ];
    for (const { rows, mapping } of kinds) {
      await fc.assert(
        fc.asyncProperty(
          rows,
          fc.integer({ min: 1, max: 300 }),
          fc.nat(3),
          async (due, size, by) => {
            const bytes = encodings[by]?.(write(due)) ?? utf8('');
            const imported = await bring(bytes, fileName, size, mapping);
            const whole = await bring(bytes, fileName, bytes.length, mapping);
            expect(imported).toEqual(whole);
            const [question, answer] = Object.keys(due[0] ?? {});
            const said = imported.records.map(({ record }) =>
              record.messages.map(({ content }) => content),
            );
            expect(said).toEqual(due.map((row) => [row[question ?? ''], row[answer ?? '']]));
            const options = { fileName, ...(mapping && { mapping }) };
            const { tried } = await tryRecords(() => cut(bytes, size), options, 1000);
            expect(tried).toEqual(imported.records.map(({ shape: _, ...record }) => record));
            const inspected = await inspectRecords(cut(bytes, size), fileName);
            expect(inspected.values).toBe(due.length);
            expect(inspected.recognised).toBe(mapping ? 0 : due.length);
            if (mapping) expect(inspected.guess).toEqual(mapping);
          },
        ),
        { numRuns: 25 },
      );
    }
  });
});

describe('one conversation is one row', () => {
  const talk = (i: number) => [
    { role: 'user', content: `Q${i}` },
    { role: 'assistant', content: `A${i}` },
  ];
  test.each<[string, string, string]>([
    ['a list alone', 'a.json', JSON.stringify(talk(1), null, 1)],
    ['a list on a line', 'a.jsonl', JSON.stringify(talk(1))],
    ['a list under another name', 'a.json', JSON.stringify({ data: talk(1) })],
    ['a list in a known field', 'a.json', JSON.stringify({ messages: talk(1) }, null, 1)],
  ])('%s', async (_name, fileName, text) => {
    const { records, problems } = await bring(utf8(text), fileName, 7);
    expect(problems).toEqual([]);
    expect(records.map(({ record }) => record.messages.length)).toEqual([2]);
  });

  test.each<[string, string, string]>([
    ['lists on lines', 'a.jsonl', [1, 2].map((i) => JSON.stringify(talk(i))).join('\n')],
    ['lists on lines of .json', 'a.json', [1, 2].map((i) => JSON.stringify(talk(i))).join('\n')],
    ['a list of lists', 'a.json', JSON.stringify([talk(1), talk(2)], null, 1)],
    ['a list of lists in .jsonl', 'a.jsonl', JSON.stringify([talk(1), talk(2)])],
  ])('%s', async (_name, fileName, text) => {
    const { records, problems } = await bring(utf8(text), fileName, 5);
    expect(problems).toEqual([]);
    expect(records.map(({ record }) => record.messages[0]?.content)).toEqual(['Q1', 'Q2']);
  });
});

test('what stands beside the rows is told, a list that is left out too', async () => {
  const text = JSON.stringify({
    licenses: [{ id: 1, name: 'x' }],
    data: [{ prompt: 'a', response: 'b' }],
    version: 2,
  });
  const items = await allItems(utf8(text), 'a.json', 9);
  expect(values(items)).toEqual([{ prompt: 'a', response: 'b' }]);
  expect(items.flatMap((item) => ('beside' in item ? [item.key] : []))).toEqual([
    'licenses',
    'version',
  ]);
});

test('a broken row inside an object costs only itself, and a file that is cut off says so', async () => {
  const text = '{"data": [\n{"ask": 1, "b": 2},\n{"ask": oops},\n{"ask": 3, "b": 4}\n';
  for (const size of [1, 6, 1000]) {
    const items = await allItems(utf8(text), 'a.json', size);
    expect(values(items)).toEqual([
      { ask: 1, b: 2 },
      { ask: 3, b: 4 },
    ]);
    expect(codes(items)).toEqual(['broken-json', 'broken-json']);
    expect(items.at(-1)).toMatchObject({ line: 5, fault: { data: { detail: 'cut-off' } } });
  }
});

test('bytes that are not text in the encoding of the file are listed, not replaced', async () => {
  const gbk = [...utf8('{"a": "'), 0xd0, 0xc4, 0xd4, 0xe0, ...utf8('"}\n{"a": "'), 0xff, 0xff];
  const bytes = Uint8Array.from([...gbk, ...utf8('"}\n{"a": "'), 0xcb, 0xc4, ...utf8('"}')]);
  const items = await allItems(bytes, 'a.jsonl');
  expect(values(items)).toEqual([{ a: '心脏' }, { a: '四' }]);
  expect(codes(items)).toEqual(['encoding', 'invalid-utf8']);
});

test('a few broken bytes in UTF-8 are not taken for another encoding, Cyrillic not for a Western one', async () => {
  const mixed = Uint8Array.from([...utf8('{"a": "心脏"}\n{"a": "'), 0xe9, ...utf8('t"}')]);
  expect(codes(await allItems(mixed, 'a.jsonl'))).toEqual(['invalid-utf8']);
  const quotes = Uint8Array.from([...utf8('{"a": "What is '), 0xa1, 0xb6, ...utf8('?"}')]);
  expect(codes(await allItems(quotes, 'a.jsonl'))).toEqual(['invalid-utf8']);
  // Windows-1252 leaves 0x90 open; Cyrillic has words of nothing but bytes beyond ASCII.
  const open = Uint8Array.from([...western('{"a": "café résumé '), 0x90, ...utf8('"}')]);
  expect(codes(await allItems(open, 'a.jsonl'))).toEqual(['invalid-utf8']);
  const cyrillic = western(
    '{"a": "\u00f1\u00eb\u00ee\u00e2\u00ee \u00f1\u00eb\u00ee\u00e2\u00ee (word word)"}',
  );
  expect(codes(await allItems(cyrillic, 'a.jsonl'))).toEqual(['invalid-utf8']);
});

test('a table that Excel saved in Windows-1252 is read as that', async () => {
  const text = 'Brief;Code\n"Frau Müller, 37,5 °C,\nkein Fieber";N39.0\nHerr Größe;J18.9\n';
  for (const size of [1, 7, 1000]) {
    const items = await allItems(western(text), 'letters.csv', size);
    expect(values(items)).toEqual([
      { Brief: 'Frau Müller, 37,5 °C,\nkein Fieber', Code: 'N39.0' },
      { Brief: 'Herr Größe', Code: 'J18.9' },
    ]);
    expect(items.flatMap((item) => ('fault' in item ? [item.fault.data] : []))).toEqual([
      { encoding: 'Windows-1252' },
    ]);
  }
  const header = await allItems(western('Diagnostik für Fälle;Größe\n1;2\n'), 'a.csv');
  expect(values(header)).toEqual([{ 'Diagnostik für Fälle': '1', Größe: '2' }]);
});

test('a byte that Windows-1252 leaves open, beyond the head that decides, is listed', async () => {
  const row = western('{"a": "für Fälle"}\n');
  const head = Array.from({ length: 30_000 }, () => row);
  const broken = Uint8Array.from([...utf8('{"a": "x'), 0x90, ...utf8('"}\n')]);
  const bytes = Uint8Array.from([...head.flatMap((each) => [...each]), ...broken]);
  const items = await allItems(bytes, 'a.jsonl', 100_000);
  expect(codes(items)).toEqual(['encoding', 'invalid-utf8']);
});

test('gzip that is cut off or unpacks to far more than it is has a typed error', async () => {
  const packed = new Uint8Array(gzipSync(utf8('{"prompt": "a", "response": "b"}\n'.repeat(1000))));
  await expect(allItems(packed.subarray(0, 60), 'a.jsonl.gz')).rejects.toMatchObject({
    code: 'import-gzip',
    data: { reason: 'damaged' },
  });
});

test('a large file inside an object is read as it comes', async () => {
  const row = utf8(`${JSON.stringify({ ask: 'x'.repeat(2000), reply: 'y' })},\n`);
  let given = 0;
  const chunks = function* (): Generator<Uint8Array> {
    yield utf8('{"version": 1, "data": [');
    for (; given < 20_000; given++) yield row;
  };
  let rows = 0;
  for await (const { items, layout } of readRows(chunks(), 'a.json')) {
    expect(layout).toBe('wrapped');
    rows += values(items).length;
    expect(items.length).toBeLessThan(500);
    if (rows > 5000) break;
  }
  expect(given).toBeLessThan(5100);
});
