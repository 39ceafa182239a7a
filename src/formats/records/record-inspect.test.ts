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

test('a record that breaks off is none', async () => {
  const text = '{"q": "a", "a": "b"}\n{"q": "c", "a';
  expect((await inspectRecords(bytes(text), 'x.jsonl')).values).toBe(1);
});
