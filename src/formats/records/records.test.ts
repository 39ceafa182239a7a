import { readFileSync } from 'node:fs';
import fc from '../../../test/properties.ts';
import { describe, expect, test } from 'vitest';
import { StudioError } from '../../faults/fault.ts';
import { DuplicateIndex, Findings, guessKind, importRecords, taskOf } from './records.ts';
import type { ChatRecord, ImportedRecord, ImportOptions, ImportProblem } from './records.ts';

interface Imported {
  readonly records: ImportedRecord[];
  readonly problems: ImportProblem[];
  readonly bytesRead: number;
}

/** Imports a file that arrives in chunks of `size` bytes. */
async function importAll(
  content: string | Uint8Array,
  options: Partial<ImportOptions> = {},
  size = 7,
): Promise<Imported> {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  const chunks = function* (): Generator<Uint8Array> {
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
  };
  const records: ImportedRecord[] = [];
  const problems: ImportProblem[] = [];
  let bytesRead = 0;
  for await (const batch of importRecords(chunks(), { fileName: 'data.jsonl', ...options })) {
    records.push(...batch.records);
    problems.push(...batch.problems);
    expect(batch.bytesRead).toBeGreaterThanOrEqual(bytesRead);
    ({ bytesRead } = batch);
  }
  return { records, problems, bytesRead };
}

const row = (prompt: string, response = 'yes'): string => JSON.stringify({ prompt, response });
const places = ({ problems }: Imported): (readonly [number, number | undefined, string])[] =>
  problems.map(({ line, column, code }) => [line, column, code]);
const lines = ({ records }: Imported): number[] => records.map(({ line }) => line);

async function only(value: unknown): Promise<ChatRecord> {
  const { records, problems } = await importAll(JSON.stringify(value));
  expect(problems).toEqual([]);
  expect(records.length).toBe(1);
  return records[0]?.record ?? { messages: [] };
}

const turn = (role: 'system' | 'user' | 'assistant', content: string): object => ({
  role,
  content,
});

describe('shapes', () => {
  test('alpaca, with input, system and history', async () => {
    expect(await only({ instruction: 'Sum up.', input: 'Text', output: 'T' })).toEqual({
      messages: [turn('user', 'Sum up.\nText'), turn('assistant', 'T')],
    });
    expect(
      await only({ instruction: 'B', input: '', output: 'b', system: 'S', history: [['A', 'a']] }),
    ).toEqual({
      messages: [
        turn('system', 'S'),
        turn('user', 'A'),
        turn('assistant', 'a'),
        turn('user', 'B'),
        turn('assistant', 'b'),
      ],
    });
  });

  test('sharegpt and messages, multi-turn, with text parts', async () => {
    const due = { messages: [turn('system', 'S'), turn('user', 'A'), turn('assistant', 'a')] };
    expect(
      await only({
        conversations: [
          { from: 'system', value: 'S' },
          { from: 'human', value: 'A' },
          { from: 'gpt', value: 'a' },
        ],
      }),
    ).toEqual(due);
    expect(
      await only({
        messages: [
          { role: 'system', content: 'S' },
          { role: 'user', content: [{ type: 'text', text: 'A' }] },
          { role: 'assistant', content: 'a' },
        ],
      }),
    ).toEqual(due);
  });

  test('input/target as PromptCBLUE has it, and evaluation rows', async () => {
    expect(
      await only({
        input: '实体？',
        target: '疾病：肺炎',
        task_dataset: 'CMeEE-V2',
        task_type: 'ner',
        answer_choices: ['疾病', '症状'],
        sample_id: 'train-1',
      }),
    ).toEqual({
      messages: [turn('user', '实体？'), turn('assistant', '疾病：肺炎')],
      task: 'CMeEE-V2',
      answerChoices: ['疾病', '症状'],
    });
    const answer = await only({
      task: 'medmcqa',
      kind: 'knowledge',
      metric: 'accuracy',
      prompt: 'Q',
      answer: 'A',
      choices: ['A', 'B'],
    });
    expect(answer).toEqual({
      messages: [turn('user', 'Q'), turn('assistant', 'A')],
      task: 'medmcqa',
      kind: 'knowledge',
      metric: 'accuracy',
      answerChoices: ['A', 'B'],
    });
    expect(taskOf(answer, 'set')).toBe('medmcqa');
    expect(taskOf({ messages: [] }, 'set')).toBe('set');
  });

  test('multiple choice with options as a list or by letter', async () => {
    const due = {
      messages: [turn('user', 'Q?\nA. one\nB. two'), turn('assistant', 'B')],
      answerChoices: ['A', 'B'],
    };
    const counted = { question: 'Q?', options: ['one', 'two'], answer: 1 };
    const unsaid = await importAll(JSON.stringify(counted));
    expect(unsaid.problems).toMatchObject([{ code: 'answer-unclear', data: { found: '1' } }]);
    const told = await importAll(JSON.stringify(counted), { answers: 'from-0' });
    expect(told.records).toMatchObject([{ record: due, right: ['two'] }]);
    expect(await only({ question: 'Q?', options: ['one', 'two'], answer: 'two' })).toEqual(due);
    expect(await only({ question: 'Q?', choices: { A: 'one', B: 'two' }, answer: 'B' })).toEqual(
      due,
    );
  });

  test.each<[string, object]>([
    [
      'a turn',
      {
        messages: [
          turn('user', 'Q'),
          { role: 'assistant', content: 'A', reasoning_content: ' because ' },
        ],
      },
    ],
    ['a row', { instruction: 'Q', output: 'A', reasoning: ' because ' }],
  ])('reasoning beside the answer of %s is trained on, kept or left out', async (_name, value) => {
    const thought = '<think>\nbecause\n</think>\n\n';
    const due = {
      train: { role: 'assistant', content: `${thought}A` },
      keep: { role: 'assistant', content: `${thought}A`, untrained: thought.length },
      drop: { role: 'assistant', content: 'A' },
    } as const;
    for (const reasoning of ['train', 'keep', 'drop'] as const) {
      const findings = new Findings();
      const read = await importAll(JSON.stringify(value), { reasoning, findings });
      expect(read.records[0]?.record.messages).toEqual([turn('user', 'Q'), due[reasoning]]);
      expect(findings.list()).toEqual([{ code: `reasoning-${reasoning}`, count: 1, line: 1 }]);
    }
  });

  test('what is not read is counted, with an example, in turns too', async () => {
    const findings = new Findings();
    const value = (i: number) => ({
      id: i,
      messages: [{ ...turn('user', `Q${i}`), name: 'Ann' }, turn('assistant', 'A')],
      tools: [],
      note: null,
    });
    await importAll([value(1), value(2)].map((one) => JSON.stringify(one)).join('\n'), {
      findings,
    });
    expect(findings.list()).toEqual([
      { code: 'unused-field', field: 'id', count: 2, line: 1, example: '1' },
      { code: 'unused-field', field: 'name', count: 2, line: 1, example: 'Ann' },
    ]);
  });

  test('a mapping reads what was not recognised', async () => {
    const text = '{"frage":"Q","antwort":"A","thema":"T"}\n{"frage":"Q"}';
    const unmapped = await importAll(text);
    expect(unmapped.problems[0]).toMatchObject({
      code: 'unknown-shape',
      data: { fields: 'frage, antwort, thema' },
    });
    const mapping = { prompt: 'frage', response: 'antwort', task: 'thema' };
    const mapped = await importAll(text, { mapping });
    expect(mapped.records.map(({ shape, record }) => [shape, record])).toEqual([
      ['mapped', { messages: [turn('user', 'Q'), turn('assistant', 'A')], task: 'T' }],
    ]);
    expect(mapped.problems).toMatchObject([{ line: 2, code: 'missing-field' }]);
  });

  test.each<[string, unknown, string]>([
    ['a number', 5, 'not-an-object'],
    ['a list', [1], 'not-an-object'],
    ['other fields', { a: 1 }, 'unknown-shape'],
    ['an empty answer', { prompt: 'a', response: ' \n' }, 'empty-response'],
    ['an empty question', { prompt: '', response: 'a' }, 'empty-prompt'],
    ['an answer that is a list', { prompt: 'a', response: [3] }, 'wrong-type'],
    ['a null answer', { prompt: 'a', response: null }, 'missing-field'],
    ['messages that are text', { messages: 'a' }, 'wrong-type'],
    ['a turn that is text', { messages: ['a'] }, 'wrong-type'],
    ['a tool turn', { messages: [{ role: 'tool', content: 'a' }] }, 'tool-turn'],
    [
      'a role named after a method',
      { messages: [{ role: 'toString', content: 'a' }] },
      'unknown-role',
    ],
    ['an answer first', { messages: [turn('assistant', 'a'), turn('user', 'b')] }, 'no-prompt'],
    ['no answer', { messages: [turn('user', 'a')] }, 'empty-response'],
    ['no turns', { conversations: [] }, 'no-prompt'],
    ['a lone surrogate', { prompt: 'a\ud800', response: 'b' }, 'lone-surrogate'],
    ['choices that are lists', { input: 'a', target: 'b', answer_choices: [[1]] }, 'wrong-type'],
    [
      'an answer among no options',
      { question: 'a', options: ['b', 'c'], answer: 'd' },
      'wrong-type',
    ],
  ])('%s → refused', async (...[, value, code]) => {
    const imported = await importAll(`${row('fine')}\n${JSON.stringify(value)}\n${row('also')}`);
    expect(places(imported)).toEqual([[2, undefined, code]]);
    expect(lines(imported)).toEqual([1, 3]);
  });
});

describe('lines', () => {
  test('physical line numbers with CRLF, a BOM, blank lines and no line break at the end', async () => {
    const text = `\ufeff${row('a')}\r\n\r\n{"prompt": oops}\r\n${row('b')}\r\n   \r\n{"prompt":"c","response":"d"`;
    for (const size of [1, 2, 3, 1000]) {
      const imported = await importAll(text, {}, size);
      expect(lines(imported)).toEqual([1, 4]);
      expect(places(imported)).toEqual([
        [1, 1, 'bom'],
        [3, 12, 'broken-json'],
        [6, 29, 'broken-json'],
      ]);
      expect(imported.bytesRead).toBe(new TextEncoder().encode(text).length);
    }
  });

  test('two objects on one line are told apart', async () => {
    const imported = await importAll(`${row('a')}${row('b')} ${row('c')}\n${row('d')}{"x`);
    expect(lines(imported)).toEqual([1, 1, 1, 2]);
    expect(places(imported)).toEqual([[2, row('d').length + 4, 'broken-json']]);
  });

  test('invalid UTF-8 is reported at its column, not replaced', async () => {
    const encoder = new TextEncoder();
    const bad = Uint8Array.from([
      ...encoder.encode(`${row('a')}\n{"prompt":"é🩺`),
      0xff,
      ...encoder.encode(`","response":"x"}\n${row('\ufffd kept')}`),
    ]);
    const imported = await importAll(bad);
    expect(places(imported)).toEqual([[2, 15, 'invalid-utf8']]);
    expect(imported.records[1]?.record.messages[0]?.content).toBe('\ufffd kept');
  });

  test('a line of 17 MB is reported and skipped, its neighbours are kept', async () => {
    const long = row('x'.repeat(17_000_000));
    const imported = await importAll(`${row('a')}\n${long}\n${row('b')}`, {}, 1 << 16);
    expect(places(imported)).toEqual([[2, undefined, 'line-too-long']]);
    expect(lines(imported)).toEqual([1, 3]);
  });

  test('depth, prototype keys and repeated keys', async () => {
    const imported = await importAll(
      `{"a":${'['.repeat(100)}\n{"prompt":"a","response":"b","__proto__":{"x":1}}\n{"prompt":"a","prompt":"b"}`,
    );
    expect(places(imported).map(([line, , code]) => [line, code])).toEqual([
      [1, 'too-deep'],
      [2, 'prototype-key'],
      [3, 'duplicate-key'],
    ]);
    expect(Object.prototype).not.toHaveProperty('x');
  });

  test('repeated records are listed with where they stood, across files too', async () => {
    const duplicates = new DuplicateIndex();
    const first = await importAll(`${row('a')}\n${row('b')}\n${row(' a ')}`, { duplicates });
    expect(first.problems).toMatchObject([
      { line: 3, code: 'duplicate', reason: 'it repeats line 1' },
    ]);
    const second = await importAll(row('b'), { duplicates, fileName: 'two.jsonl' });
    expect(second.problems).toMatchObject([{ reason: 'it repeats line 2 of data.jsonl' }]);
    expect(second.records).toEqual([]);
    const kept = await importAll(`${row('b')}\n${row('b')}`, { duplicates, onDuplicate: 'keep' });
    expect(kept).toMatchObject({ problems: [], records: [{ line: 1 }, { line: 2 }] });
  });

  test('batches come while the file is still being read', async () => {
    const chunk = new TextEncoder().encode(
      Array.from({ length: 20_000 }, (_, i) => `${row(`question ${i}`)}\n`).join(''),
    );
    expect(chunk.length).toBeGreaterThan(500_000);
    let given = 0;
    const chunks = function* (): Generator<Uint8Array> {
      for (; given < 1000; given++) yield chunk;
    };
    for await (const batch of importRecords(chunks(), { fileName: 'x.jsonl' })) {
      if (batch.bytesRead > 0) break;
    }
    expect(given).toBeLessThan(3);
  });
});

describe('JSON arrays and objects', () => {
  const array = `\ufeff[\n  ${row('a')},\n  {"prompt": "é]}\\"",\n   "response": "b"},\n 5, ${row('c')}\n]\n`;

  test('the elements of an array, with the line on which each begins', async () => {
    for (const size of [1, 5, 1000]) {
      const imported = await importAll(array, { fileName: 'data.json' }, size);
      expect(lines(imported)).toEqual([2, 3, 5]);
      expect(places(imported)).toEqual([
        [1, 1, 'bom'],
        [5, undefined, 'not-an-object'],
      ]);
    }
  });

  test('an array in a file named JSONL is recognised', async () => {
    expect(lines(await importAll(array))).toEqual([2, 3, 5]);
    expect(lines(await importAll(`[${row('a')},${row('b')}]`))).toEqual([1, 1]);
  });

  test('a broken element costs only itself', async () => {
    const text = `[${row('a')},\n {"prompt": nope, "response": "x"},\n${row('b')}]`;
    const imported = await importAll(text, { fileName: 'data.json' });
    expect(lines(imported)).toEqual([1, 3]);
    expect(places(imported)).toEqual([[2, 13, 'broken-json']]);
  });

  test('an array that breaks off keeps what was complete', async () => {
    const imported = await importAll(`[${row('a')},${row('b').slice(0, -4)}`, {
      fileName: 'd.json',
    });
    expect(lines(imported)).toEqual([1]);
    expect(places(imported)[0]?.[2]).toBe('broken-json');
  });

  test('a pretty-printed record, and rows inside an object', async () => {
    const pretty = JSON.stringify({ prompt: 'a', response: 'b' }, null, 2);
    expect(lines(await importAll(`${pretty}\n${pretty.replace('a', 'c')}`))).toEqual([1, 5]);
    const wrapped = JSON.stringify({ version: 1, data: [{ prompt: 'a', response: 'b' }] }, null, 2);
    expect((await importAll(wrapped, { fileName: 'd.json' })).records.length).toBe(1);
  });
});

describe('CSV', () => {
  const options = { fileName: 'data.csv' };

  test('quoted fields over lines, CRLF, a BOM, and rows of the wrong width', async () => {
    const text =
      '\ufeffprompt,response,task\r\n"a, ""x""\r\nb",yes,t1\r\n\r\nc,no,t2\r\nd,e\r\nf,,t3\r\ng,"h",t4';
    for (const size of [1, 4, 1000]) {
      const imported = await importAll(text, options, size);
      expect(lines(imported)).toEqual([2, 5, 8]);
      expect(imported.records[0]?.record).toEqual({
        messages: [turn('user', 'a, "x"\nb'), turn('assistant', 'yes')],
        task: 't1',
      });
      expect(places(imported)).toEqual([
        [1, 1, 'bom'],
        [6, undefined, 'broken-csv'],
        [7, undefined, 'empty-response'],
      ]);
    }
  });

  test('rows are counted as a spreadsheet shows them, beside the lines of the file', async () => {
    const places = (found: readonly (ImportedRecord | ImportProblem)[]): unknown[] =>
      found.map(({ line, row }) => [line, row]);
    const text = [
      'prompt,response',
      '"a\nb",yes',
      'c,',
      '',
      'd,"x\ny\nz"',
      '"a\nb",yes',
      'e,"f\ng",h,k',
      'i,j',
    ].join('\n');
    for (const size of [1, 4, 1000]) {
      const { records, problems } = await importAll(text, options, size);
      expect(places(records)).toEqual([
        [2, undefined],
        [6, 5],
        [13, 8],
      ]);
      expect(places(problems)).toEqual([
        [4, 3],
        [9, 6],
        // A row that is wrong is listed line by line, all within the one row that a spreadsheet shows.
        [11, 7],
        [12, 7],
      ]);
      expect(problems[1]).toMatchObject({ code: 'duplicate', data: { row: 2 } });
    }
    // The line that tells the delimiter is no row; a stray quote makes one row of all lines up to the next quote.
    const told = await importAll('sep=;\nprompt;response\na;b\n', options);
    expect(places(told.records)).toEqual([[3, 2]]);
    const stray = await importAll('prompt,response\na,"b\nc,d\ne,"f"\ng,h\n', options);
    expect(places(stray.problems)).toEqual([[2, undefined]]);
    expect(places(stray.records)).toEqual([
      [3, 2],
      [4, 2],
      [5, 3],
    ]);
  });

  test('lines that are no text are listed with their row, also within a cell', async () => {
    const bytes = new TextEncoder().encode('prompt,response\n"a\nb\nX",c\nd,e\nX,f\n');
    for (let at = bytes.indexOf(0x58); at >= 0; at = bytes.indexOf(0x58)) bytes[at] = 0xff;
    const { records, problems } = await importAll(bytes, options);
    expect(records.map(({ line, row }) => [line, row])).toEqual([[5, 3]]);
    expect(problems.map(({ line, row, code }) => [line, row, code])).toEqual([
      [4, 2, 'invalid-utf8'],
      [6, 4, 'invalid-utf8'],
    ]);
  });

  test('semicolons and tabs', async () => {
    expect(lines(await importAll('prompt;response\na;b\n', options))).toEqual([2]);
    expect(lines(await importAll('prompt\tresponse\na\tb', { fileName: 'x.tsv' }))).toEqual([2]);
  });

  test('columns that say nothing need a mapping', async () => {
    const text = 'q,a\nwhat,this\n';
    await expect(importAll(text, options)).rejects.toMatchObject({
      code: 'import-columns',
      data: { columns: ['q', 'a'] },
    });
    const mapping = { prompt: 'q', response: 'a' };
    expect(lines(await importAll(text, { ...options, mapping }))).toEqual([2]);
    const wrong = { prompt: 'q', response: 'z' };
    await expect(importAll(text, { ...options, mapping: wrong })).rejects.toMatchObject({
      code: 'import-columns',
    });
    await expect(importAll('__proto__,prompt,response\n', options)).rejects.toMatchObject({
      code: 'import-columns',
    });
  });

  test('broken bytes cost their row; a quote never closed costs its line', async () => {
    const bytes = new TextEncoder().encode('prompt,response\na,b\nX,c\nd,e\n');
    bytes[bytes.indexOf(0x58)] = 0xff;
    const imported = await importAll(bytes, options);
    expect(lines(imported)).toEqual([2, 4]);
    expect(places(imported)).toEqual([[3, 1, 'invalid-utf8']]);
    const open = await importAll('prompt,response\na,b\nc,"d\ne,f\n', options);
    expect(lines(open)).toEqual([2, 4]);
    expect(places(open)).toEqual([[3, 3, 'unclosed-quote']]);
  });
});

describe('files that are no text, and hostile bytes', () => {
  test.each([
    ['UTF-32', Uint8Array.from([0xff, 0xfe, 0, 0, 0x7b, 0, 0, 0])],
    ['a zip', Uint8Array.from([0x50, 0x4b, 3, 4, 20, 0, 0, 0])],
  ])('%s is named as such', async (_name, bytes) => {
    await expect(importAll(bytes)).rejects.toMatchObject({ code: 'import-not-text' });
  });

  test('an empty file gives nothing and fails nothing', async () => {
    expect(await importAll('')).toEqual({ records: [], problems: [], bytesRead: 0 });
    expect(await importAll('\n \n')).toMatchObject({ records: [], problems: [] });
  });

  test.each(['data.jsonl', 'data.json', 'data.csv'])(
    'any change of bytes in %s gives records and problems, or a typed error',
    async (fileName) => {
      const rows = [
        row('a'),
        row('b', 'no'),
        JSON.stringify({ messages: [turn('user', 'é'), turn('assistant', 'b')] }),
      ];
      const text: Readonly<Record<string, string>> = {
        'data.jsonl': rows.join('\r\n'),
        'data.json': `[${rows.join(',\n')}]`,
        'data.csv': 'prompt,response\n"a ""b""",c\nd,"e\nf"\n',
      };
      const valid = new TextEncoder().encode(text[fileName]);
      const edits = fc.array(fc.tuple(fc.nat(valid.length - 1), fc.nat(255)), { maxLength: 5 });
      await fc.assert(
        fc.asyncProperty(edits, fc.integer({ min: 1, max: 40 }), async (changes, size) => {
          const bytes = valid.slice();
          for (const [at, value] of changes) bytes[at] = value;
          try {
            const { records, problems } = await importAll(bytes, { fileName }, size);
            for (const { record, line } of records) {
              expect(line).toBeGreaterThan(0);
              // An accepted record reads back as the same conversation.
              const again = await importAll(JSON.stringify(record));
              expect(again.problems).toEqual([]);
              expect(again.records[0]?.record.messages).toEqual(record.messages);
            }
            for (const { line, reason, file } of problems) {
              expect(line).toBeGreaterThan(0);
              expect(reason).not.toBe('');
              expect(file).toBe(fileName);
            }
          } catch (error) {
            if (!(error instanceof StudioError)) throw error;
          }
        }),
        { numRuns: 700 },
      );
    },
  );
});

test('one stray answer among many of two kinds does not change what a set is', () => {
  const answer = (content: string, i: number): ChatRecord => ({
    messages: [
      { role: 'user', content: `${i}: is this child well?` },
      { role: 'assistant', content },
    ],
  });
  const known = Array.from({ length: 20 }, (_, i) => answer(i % 2 === 0 ? 'Yes.' : 'No.', i));
  expect(guessKind(known)).toBe('alignment');
  expect(guessKind([...known, answer('7', 20)])).toBe('alignment');
  const own = Array.from({ length: 20 }, (_, i) => answer(`The child of case ${i} is well.`, i));
  expect(guessKind(own)).toBe('knowledge');
});

test('exam questions with lettered options ask for knowledge, labels of a text do not', () => {
  const exam = (i: number, answer: string, choices?: readonly string[]): ChatRecord => ({
    messages: [
      { role: 'user', content: `Which drug fits case ${i}?\nA. Aspirin\nB. Insulin\nC. Digoxin` },
      { role: 'assistant', content: answer },
    ],
    ...(choices && { answerChoices: choices }),
  });
  const letters = ['A', 'B', 'C'];
  const many = Array.from({ length: 30 }, (_, i) => i);
  const kindOf = (of: (i: number) => ChatRecord): string => guessKind(many.map(of));
  expect(kindOf((i) => exam(i, letters[i % 3] ?? '', letters))).toBe('knowledge');
  expect(kindOf((i) => exam(i, letters[i % 3] ?? ''))).toBe('knowledge');
  expect(kindOf((i) => exam(i, i % 2 === 0 ? 'AC' : 'B. Insulin'))).toBe('knowledge');
  // Letters that no option has, or a text to be labelled, are the form of an answer.
  expect(kindOf((i) => exam(i, i % 2 === 0 ? 'E' : 'F'))).toBe('alignment');
  const label = (i: number): ChatRecord => ({
    messages: [
      { role: 'user', content: `Letter ${i}: which group?` },
      { role: 'assistant', content: letters[i % 3] ?? '' },
    ],
    answerChoices: letters,
  });
  expect(kindOf(label)).toBe('alignment');
  // What the file itself says counts.
  expect(kindOf((i) => ({ ...exam(i, 'A', letters), kind: 'alignment' }))).toBe('alignment');
});

test('what is wrong with the encoding comes before all that it explains', async () => {
  const findings = new Findings();
  const rows = ['für', 'Fälle', 'Größe'].map((prompt, id) => ({ prompt, response: 'yes', id }));
  const text = `${rows.map((one) => JSON.stringify(one)).join('\n')}\n{"prompt": "x\u0090"}`;
  await importAll(
    Uint8Array.from(text, (unit) => unit.charCodeAt(0)),
    { findings },
  );
  // Windows-1252 leaves 0x90 open, so one such byte among few makes the whole text doubtful.
  expect(findings.list().map(({ code, count }) => [code, count])).toEqual([['not-text', 4]]);
  const western = new Findings();
  await importAll(
    Uint8Array.from(text.slice(0, text.lastIndexOf('\n')), (unit) => unit.charCodeAt(0)),
    { findings: western },
  );
  expect(western.list()).toEqual([
    { code: 'encoding', count: 1, line: 1, example: 'Windows-1252' },
    { code: 'unused-field', field: 'id', count: 3, line: 1, example: '0' },
  ]);
});

test('a last question without an answer is counted, not lost silently', async () => {
  const turns = (roles: readonly string[]): string =>
    JSON.stringify({ messages: roles.map((role, i) => ({ role, content: `${role} ${i}` })) });
  const findings = new Findings();
  const content = [turns(['user', 'assistant']), turns(['user', 'assistant', 'user'])].join('\n');
  const { records } = await importAll(content, { findings });
  expect(records).toHaveLength(2);
  expect(findings.list()).toEqual([{ code: 'unanswered', line: 2, count: 1 }]);
});

describe('bundled samples', () => {
  interface Sample {
    readonly file: string;
    readonly kind: string;
    readonly shape: string;
    readonly rows: number;
    readonly bytes: number;
  }
  const samples = JSON.parse(readFileSync('public/samples/samples.json', 'utf8')) as Sample[];

  test.each(samples)('$file: every row is read as what the list says', async ({ file, ...due }) => {
    const bytes = readFileSync(`public/samples/${file}`);
    const { records, problems } = await importAll(bytes, { fileName: file }, 1 << 16);
    expect(problems).toEqual([]);
    expect(bytes.length).toBe(due.bytes);
    expect(records.length).toBe(due.rows);
    expect(new Set(records.map(({ shape }) => shape))).toEqual(new Set([due.shape]));
    expect(guessKind(records.map(({ record }) => record))).toBe(due.kind);
  });

  test('both kinds are there', () => {
    expect(new Set(samples.map(({ kind }) => kind))).toEqual(new Set(['knowledge', 'alignment']));
  });
});
