import { expect, test } from 'vitest';
import { inspectRecords, tryRecords } from './record-inspect.ts';

const bytes = (text: string): Uint8Array[] => [new TextEncoder().encode(text)];

test('a shape that is known needs no mapping', async () => {
  const text = '{"input": "a", "target": "b", "task_dataset": "t"}{"input": "c", "target": "d"}';
  expect(await inspectRecords(bytes(text), 'x.json')).toMatchObject({
    layout: 'values',
    values: 2,
    recognised: 2,
    shape: 'input-target',
  });
});

test('columns with samples, and what their names suggest', async () => {
  const text =
    'id,question,opa,opb,cop,subject_name\n1,Why?,this,that,0,Anatomy\n2,How?,so,,1,Anatomy\n';
  const found = await inspectRecords(bytes(text), 'x.csv');
  expect(found).toMatchObject({ layout: 'table', values: 2, recognised: 0, shape: null });
  expect(found.fields).toEqual([
    { name: 'id', samples: ['1', '2'] },
    { name: 'question', samples: ['Why?', 'How?'] },
    { name: 'opa', samples: ['this', 'so'] },
    { name: 'opb', samples: ['that'] },
    { name: 'cop', samples: ['0', '1'] },
    { name: 'subject_name', samples: ['Anatomy'] },
  ]);
  expect(found.guess).toEqual({
    prompt: 'question',
    choices: ['opa', 'opb'],
    answer: 'cop',
    task: 'subject_name',
  });
  const mapping = {
    prompt: 'question',
    choices: ['opa', 'opb'],
    answer: 'cop',
  } as const;
  // The second row's second option is empty, so its answer names none; the first row decides.
  const { tried, answers } = await tryRecords(() => bytes(text), { fileName: 'x.csv', mapping }, 3);
  expect(answers).toEqual({
    field: 'cop',
    decided: 'from-0',
    fits: ['from-0', 'from-1'],
  });
  expect(tried).toMatchObject([
    { line: 2, record: { messages: [{ content: 'Why?\nA. this\nB. that' }, { content: 'A' }] } },
    { line: 3, fault: { code: 'wrong-type' } },
  ]);
});

test('fields inside others and Chinese names', async () => {
  const text = '[{"meta": {"科室": "内科"}, "问题": "Q", "回答": "A"}]';
  const { guess } = await inspectRecords(bytes(text), 'x.json');
  expect(guess).toEqual({ prompt: '问题', response: '回答', task: 'meta.科室' });
});

test('names that say nothing suggest nothing', async () => {
  const { guess } = await inspectRecords(bytes('x,y\n1,2\n'), 'x.csv');
  expect(guess).toEqual({});
});

test('where names say nothing, texts that differ from row to row are proposed by their order', async () => {
  const likelyOf = async (rows: readonly object[]) => {
    const text = rows.map((row) => JSON.stringify(row)).join('\n');
    const { guess, likely } = await inspectRecords(bytes(text), 'x.jsonl');
    return { guess, likely };
  };
  const section = (name: string, i: number) => `${name} of patient ${i}, in some words.`;
  const notes = Array.from({ length: 6 }, (_, i) => ({
    id: `note-${i}`,
    date: `2020-01-0${i}`,
    sex: 'f',
    history: section('History', i),
    findings: section('Findings', i),
    plan: section('Plan', i),
  }));
  expect(await likelyOf(notes)).toEqual({
    guess: {},
    likely: { prompt: 'history', input: 'findings', response: 'plan' },
  });
  const terms = ['哮喘', '痛风', '贫血'].map((term, i) => ({
    term,
    meaning: `${term}是一种常见疾病，编号为 ${i}。`,
  }));
  expect((await likelyOf(terms)).likely).toEqual({ prompt: 'term', response: 'meaning' });
  // What a name says is not changed, and the longest text is added to it.
  const asked = notes.map(({ history, plan, sex }) => ({ sex, question: 'Why?', plan, history }));
  expect((await likelyOf(asked)).likely).toMatchObject({ prompt: 'question' });
  expect((await likelyOf(asked)).likely.response).toBe('history');
  // Words and numbers alone propose nothing.
  expect(
    (
      await likelyOf([
        { x: 'this', y: 'that' },
        { x: 'so', y: 'no' },
      ])
    ).likely,
  ).toEqual({});
});

test('of a file with rows of several shapes, those without a known one are asked about', async () => {
  const text = '{"prompt": "a", "response": "b"}\n{"question": "c", "answer": "d"}';
  const found = await inspectRecords(bytes(text), 'x.jsonl');
  expect(found).toMatchObject({ values: 2, recognised: 1 });
  expect(found.fields.map(({ name }) => name)).toEqual(['question', 'answer']);
  expect(found.guess).toEqual({ prompt: 'question', response: 'answer' });
});

test('a trial says what the kind would be guessed to be', async () => {
  const mapping = { prompt: 'q', response: 'a' } as const;
  const kindOf = async (answer: (i: number) => string) => {
    const rows = Array.from({ length: 30 }, (_, i) => ({ q: `Text ${i}`, a: answer(i) }));
    const text = rows.map((row) => JSON.stringify(row)).join('\n');
    return (await tryRecords(() => bytes(text), { fileName: 'x.jsonl', mapping }, 1)).kind;
  };
  expect(await kindOf((i) => `It is case ${i} of many, each with its own story`)).toBe('knowledge');
  expect(await kindOf((i) => (i % 2 === 0 ? 'yes' : 'no'))).toBe('alignment');
});

test('a record that breaks off is none', async () => {
  const text = '{"q": "a", "a": "b"}\n{"q": "c", "a';
  expect((await inspectRecords(bytes(text), 'x.jsonl')).values).toBe(1);
});

test('the trial names each list that is not read, also far behind the rows; a list of names is none', async () => {
  const row = (n: number) => ({ frage: `q${n}`, antwort: `a${n}` });
  const file = {
    authors: ['Adaeze Nwosu'],
    ward: Array.from({ length: 3000 }, (_, n) => row(n)),
    clinic: [row(1), row(2), row(3)],
    'home visits': [row(4)],
  };
  const bytes = new TextEncoder().encode(JSON.stringify(file));
  const mapping = { prompt: 'frage', response: 'antwort' };
  const { tried, unread } = await tryRecords(() => [bytes], { fileName: 'all.json', mapping }, 3);
  expect(tried.map((one) => 'record' in one)).toEqual([true, true, true]);
  expect(unread).toMatchObject([
    { code: 'list-not-read', data: { field: 'clinic', records: 3 } },
    { code: 'list-not-read', data: { field: 'home visits', records: 1 } },
  ]);
});

test('a field that holds a word such as NaN is not called missing', async () => {
  const text = '{"instruction": "q", "output": Infinity}\n{"instruction": "q", "input": NaN}';
  const options = { fileName: 'a.jsonl' };
  const { tried } = await tryRecords(() => [new TextEncoder().encode(text)], options, 3);
  expect(tried).toMatchObject([
    { fault: { code: 'missing-field', data: { field: 'output', detail: 'word' } } },
    { fault: { data: {} } },
  ]);
  expect(tried[1]).not.toHaveProperty('fault.data.detail');
});
