import type { RowFaultCode } from '../../faults/catalogue/rows.ts';
import { describe, expect, test } from 'vitest';
import { importRecords } from './records.ts';
import type { AnswerReading, ImportedRecord, ImportOptions, ImportProblem } from './records.ts';

interface Imported {
  readonly records: ImportedRecord[];
  readonly problems: ImportProblem[];
}

async function bring(
  content: string | Uint8Array,
  options: Partial<ImportOptions> = {},
  size = 1 << 16,
): Promise<Imported> {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  const chunks = function* (): Generator<Uint8Array> {
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
  };
  const found: Imported = { records: [], problems: [] };
  for await (const batch of importRecords(chunks(), { fileName: 'data.jsonl', ...options })) {
    found.records.push(...batch.records);
    found.problems.push(...batch.problems);
  }
  return found;
}

const row = (prompt: string, response = 'yes'): string => JSON.stringify({ prompt, response });
const lines = ({ records }: Imported): number[] => records.map(({ line }) => line);
const places = ({ problems }: Imported): [number, number | undefined, string][] =>
  problems.map(({ line, column, code }) => [line, column, code]);

/** A line with one fault, the code by which it is listed, and the column where one can be named. */
const FAULTS: [code: RowFaultCode, line: string, column?: number][] = [
  ['broken-json', '{"prompt": oops}', 12],
  ['broken-json', '{"prompt": "a", "response": "b"', 32],
  ['not-an-object', '[1, 2]'],
  ['not-an-object', '"text"'],
  ['empty-response', '{"prompt": "a", "response": " "}'],
  ['empty-prompt', '{"prompt": "", "response": "b"}'],
  ['missing-field', '{"prompt": "a", "response": null}'],
  ['wrong-type', '{"prompt": "a", "response": [7]}'],
  ['tool-turn', '{"messages": [{"role": "tool", "content": "a"}]}'],
  [
    'no-target',
    '{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b", "weight": 0}]}',
  ],
  ['wrong-type', '{"messages": "a"}'],
  ['unknown-role', '{"messages": [{"role": "robot", "content": "a"}]}'],
  [
    'system-late',
    '{"messages": [{"role": "user", "content": "a"}, {"role": "system", "content": "b"}]}',
  ],
  ['no-prompt', '{"messages": []}'],
  ['unknown-shape', '{"a": 1}'],
  ['too-deep', `{"prompt": ${'['.repeat(70)}`, 75],
  ['prototype-key', '{"prompt": "a", "__proto__": {}}', 17],
  ['prototype-key', '{"prompt": {"constructor": 1}}', 13],
  ['duplicate-key', '{"prompt": "a", "prompt": "b"}', 17],
  ['lone-surrogate', String.raw`{"prompt": "a\ud83d", "response": "b"}`],
  ['invalid-utf8', '{"prompt": "é\u0001", "response": "b"}', 14],
  ['line-too-long', row('x'.repeat(16_000_001))],
  ['duplicate', row('first')],
];

describe.each([
  ['LF', '\n', ''],
  ['CRLF', '\r\n', ''],
  ['CRLF and a byte order mark', '\r\n', '\ufeff'],
])('%s', (_name, end, mark) => {
  test.each(FAULTS)('%s is listed with its place, its neighbours are kept', async (...fault) => {
    const [code, line, column] = fault;
    const text = [mark + row('first'), '', line, row('last')].join(end);
    const bytes = new TextEncoder().encode(text);
    // Puts a byte that no UTF-8 text has in place of the table's control character.
    const broken = bytes.indexOf(1);
    if (broken !== -1) bytes[broken] = 0xff;
    const imported = await bring(bytes);
    expect(lines(imported)).toEqual([1, 4]);
    const noted = mark === '' ? [] : [[1, 1, 'bom']];
    expect(places(imported)).toEqual([...noted, [3, column, code]]);
    expect(imported.problems.map(({ kept = false }) => kept)).toEqual([
      ...noted.map(() => true),
      false,
    ]);
    expect(imported.problems.every(({ file, reason }) => file !== '' && reason !== '')).toBe(true);
  });

  test('columns of a table count, whatever its line ends', async () => {
    const text = [
      `${mark}prompt,response,task`,
      'a,yes,t',
      'b,,t',
      'c,"no" x,t',
      'd,yes',
      '"e',
      'f",yes,t',
      'g,"yes,t',
      'h,yes,t',
    ].join(end);
    const imported = await bring(text, { fileName: 'x.csv' });
    expect(lines(imported)).toEqual([2, 6, 9]);
    expect(imported.records[1]?.record.messages[0]?.content).toBe('e\nf');
    expect(places(imported)).toEqual([
      ...(mark === '' ? [] : [[1, 1, 'bom']]),
      [3, undefined, 'empty-response'],
      [4, undefined, 'broken-csv'],
      [5, undefined, 'broken-csv'],
      [8, 3, 'unclosed-quote'],
    ]);
  });
});

test('a quote that a later line closes costs its line; whole rows behind it are kept', async () => {
  const text = 'prompt,response\na,"b\nc,d\ne,"f"\ng,h\n';
  const imported = await bring(text, { fileName: 'x.csv' });
  expect(places(imported)).toEqual([[2, undefined, 'broken-csv']]);
  expect(lines(imported)).toEqual([3, 4, 5]);
});

test('a hostile table of quotes is read in time that grows with its length', async () => {
  const text = `prompt,response\n${'a,"b\n'.repeat(60_000)}`;
  await bring(text, { fileName: 'x.csv' });
});

describe('PromptCBLUE', () => {
  const record = (id: number, choices: unknown = ['疾病', '症状']) => ({
    input: `第 ${id} 句：“患者咳嗽🩺”\n找出实体：`,
    target: '症状：咳嗽',
    answer_choices: choices,
    task_type: 'ner',
    task_dataset: id % 2 === 0 ? 'CMeEE-V2' : 'IMCS-V2-NER',
    sample_id: `train-${id}`,
  });
  const all = Array.from({ length: 5 }, (_, id) => record(id));
  const layouts: [name: string, fileName: string, text: string, lines: number[]][] = [
    ['lines', 'train.json', all.map((r) => JSON.stringify(r)).join('\n'), [1, 2, 3, 4, 5]],
    [
      'no line break at all',
      'train.json',
      all.map((r) => JSON.stringify(r)).join(''),
      [1, 1, 1, 1, 1],
    ],
    ['spaces between', 'dev.jsonl', all.map((r) => JSON.stringify(r)).join(' '), [1, 1, 1, 1, 1]],
    ['one array', 'train.json', JSON.stringify(all), [1, 1, 1, 1, 1]],
    ['an array over lines', 'train.json', JSON.stringify(all, null, 2), [2, 13, 24, 35, 46]],
    [
      'indented objects touching each other',
      'train.json',
      all.map((r) => JSON.stringify(r, null, 1)).join(''),
      [1, 11, 21, 31, 41],
    ],
  ];
  test.each(layouts)('%s', async (...[, fileName, text, due]) => {
    for (const size of [3, 1 << 16]) {
      const imported = await bring(text, { fileName }, size);
      expect(imported.problems).toEqual([]);
      expect(lines(imported)).toEqual(due);
      expect(imported.records.map(({ record: { task } }) => task)).toEqual(
        all.map(({ task_dataset }) => task_dataset),
      );
      expect(imported.records.every(({ shape }) => shape === 'input-target')).toBe(true);
      expect(imported.records[0]?.record).toMatchObject({
        messages: [
          { role: 'user', content: all[0]?.input },
          { role: 'assistant', content: '症状：咳嗽' },
        ],
        answerChoices: ['疾病', '症状'],
      });
    }
  });

  test('answer choices that are empty text, as generation tasks have them', async () => {
    const [imported] = (await bring(JSON.stringify(record(1, '')))).records;
    expect(imported?.record).not.toHaveProperty('answerChoices');
  });

  test('twenty megabytes in one line without a break', async () => {
    const many = Array.from({ length: 100_000 }, (_, id) => JSON.stringify(record(id))).join('');
    const imported = await bring(many, { fileName: 'train.json' }, 1 << 20);
    expect(imported.records.length).toBe(100_000);
    expect(imported.problems).toEqual([]);
  });
});

describe('a broken value costs only itself', () => {
  test.each<[string, string, string, number[], [number, string][]]>([
    [
      'an object never closed in an array',
      'a.json',
      `[${row('a')},\n{"prompt": "x",\n${row('b')}]`,
      [1, 3],
      [[2, 'broken-json']],
    ],
    [
      'the same on one line',
      'a.json',
      `[${row('a')}, {"prompt": "x", ${row('b')}, ${row('c')}]`,
      [1, 1, 1],
      [[1, 'broken-json']],
    ],
    [
      'a string never closed',
      'a.json',
      `[\n${row('a')},\n{"prompt": "x},\n${row('b')}\n]`,
      [2, 4],
      [[3, 'broken-json']],
    ],
    [
      'a list never closed',
      'a.json',
      `${row('a')}\n{"messages": [{"role": "user"}\n${row('b')}`,
      [1, 3],
      [[2, 'broken-json']],
    ],
    ['a brace too many', 'a.json', `[${row('a')}},\n${row('b')}]`, [1, 2], [[1, 'broken-json']]],
    [
      'one of several on a line',
      'a.jsonl',
      `${row('a')}\n${row('b')}{"prompt": oops}${row('c')}\n${row('d')}`,
      [1, 2, 2, 3],
      [[2, 'broken-json']],
    ],
  ])('%s', async (...[, fileName, text, kept, listed]) => {
    for (const size of [1, 5, 1 << 16]) {
      const imported = await bring(text, { fileName }, size);
      expect(lines(imported)).toEqual(kept);
      expect(imported.problems.map(({ line, code }) => [line, code])).toEqual(listed);
    }
  });

  test('the place of broken bytes inside a value over several lines', async () => {
    const text = `[\n  {"prompt": "é",\n   "response": "好\u0001"}, ${row('b')}]`;
    const bytes = new TextEncoder().encode(text);
    bytes[bytes.indexOf(1)] = 0xff;
    const imported = await bring(bytes, { fileName: 'a.json' });
    expect(places(imported)).toEqual([[3, 18, 'invalid-utf8']]);
    expect(lines(imported)).toEqual([3]);
  });
});

describe('duplicates', () => {
  test('a hundred thousand records and their repetition are told apart', async () => {
    const count = 100_000;
    const text = [0, 1].map(() =>
      Array.from({ length: count }, (_, i) => row(`问题 ${i}`)).join('\n'),
    );
    const imported = await bring(text.join('\n'), {}, 1 << 20);
    expect(imported.records.length).toBe(count);
    expect(imported.problems.length).toBe(count);
    expect(imported.problems.at(-1)).toMatchObject({ line: 2 * count, data: { line: count } });
  });

  test('white space and Unicode form are levelled, everything else counts', async () => {
    const text = [row('é  a\n'), row(' e\u0301 a'), row('e\u0301a'), row('é a', 'no')].join('\n');
    expect(places(await bring(text))).toEqual([[2, undefined, 'duplicate']]);
  });
});

describe('a mapping', () => {
  test('choices in columns of their own, with the answer by letter, number or text', async () => {
    const text =
      'q,opa,opb,opc,cop\nWhich?,one,two,,1\nNext?,x,y,z,Z\nLast?,u,v,w,u\nNone?,u,v,w,9\n';
    const mapping = { prompt: 'q', choices: ['opa', 'opb', 'opc'], answer: 'cop' };
    // A number, a letter, a text and a number too high: nothing decides, so nothing is guessed.
    expect(places(await bring(text, { fileName: 'x.csv', mapping }))).toEqual([
      [2, undefined, 'answer-unclear'],
      [3, undefined, 'answer-unclear'],
      [4, undefined, 'answer-unclear'],
      [5, undefined, 'wrong-type'],
    ]);
    const answers = ({ records }: Imported) =>
      records.map(({ record }) => record.messages.at(-1)?.content);
    const by = (reading: AnswerReading) =>
      bring(text, { fileName: 'x.csv', mapping, answers: reading });
    expect(answers(await by('from-0'))).toEqual(['B']);
    expect(answers(await by('letters'))).toEqual([]);
    expect(answers(await by('texts'))).toEqual(['C', 'A']);
    const one = await by('from-1');
    expect(answers(one)).toEqual(['A']);
    expect(places(one)).toEqual([
      [3, undefined, 'wrong-type'],
      [4, undefined, 'wrong-type'],
      [5, undefined, 'wrong-type'],
    ]);
    expect(one.records[0]).toMatchObject({
      shape: 'mapped',
      right: ['one'],
      record: {
        messages: [{ role: 'user', content: 'Which?\nA. one\nB. two' }, { content: 'A' }],
        answerChoices: ['A', 'B'],
      },
    });
  });

  test('choices in one column, fields inside others, and choices beside a response', async () => {
    const mapping = {
      prompt: 'qa.question',
      response: 'qa.answer',
      system: 'role',
      choices: ['labels'],
    };
    const value = { qa: { question: 'Q', answer: 'a' }, role: 'S', labels: '["a", "b"]' };
    const imported = await bring(JSON.stringify(value), { mapping });
    expect(imported.records[0]?.record).toEqual({
      messages: [
        { role: 'system', content: 'S' },
        { role: 'user', content: 'Q' },
        { role: 'assistant', content: 'a' },
      ],
      answerChoices: ['a', 'b'],
    });
    const bars = { prompt: 'Q', labels: 'a | b|c', right: 'c' };
    const mcq = { prompt: 'prompt', choices: ['labels'], answer: 'right' };
    const lettered = await bring(JSON.stringify(bars), { mapping: mcq });
    expect(lettered.records[0]?.record.messages[1]?.content).toBe('C');
  });

  test('a question and an answer alone are no evaluation row: somebody has to say what they are', async () => {
    expect(places(await bring('{"prompt": "a", "answer": "b"}'))).toEqual([
      [1, undefined, 'unknown-shape'],
    ]);
  });
});
