import { expect, test } from 'vitest';
import { inspectRecords, tryMapping } from './record-inspect.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

test('a shape that is known needs no mapping', () => {
  const text = '{"input": "a", "target": "b", "task_dataset": "t"}{"input": "c", "target": "d"}';
  expect(inspectRecords(bytes(text), 'x.json', true)).toMatchObject({
    layout: 'values',
    values: 2,
    recognised: 2,
    shape: 'input-target',
  });
});

test('columns with samples, and what their names suggest', () => {
  const text =
    'id,question,opa,opb,cop,subject_name\n1,Why?,this,that,0,Anatomy\n2,How?,so,,1,Anatomy\n';
  const found = inspectRecords(bytes(text), 'x.csv', true);
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
    answersFrom: 0,
    task: 'subject_name',
  });
  const mapping = {
    prompt: 'question',
    choices: ['opa', 'opb'],
    answer: 'cop',
    answersFrom: 0,
  } as const;
  expect(tryMapping(bytes(text), 'x.csv', true, mapping, 3)).toMatchObject([
    { line: 2, record: { messages: [{ content: 'Why?\nA. this\nB. that' }, { content: 'A' }] } },
    { line: 3, fault: { code: 'wrong-type' } },
  ]);
});

test('fields inside others and Chinese names', () => {
  const text = '[{"meta": {"科室": "内科"}, "问题": "Q", "回答": "A"}]';
  const { guess } = inspectRecords(bytes(text), 'x.json', true);
  expect(guess).toEqual({ prompt: '问题', response: '回答', task: 'meta.科室' });
});

test('names that say nothing suggest nothing', () => {
  const { guess } = inspectRecords(bytes('x,y\n1,2\n'), 'x.csv', true);
  expect(guess).toEqual({});
});

test('a record that the beginning of a file cuts through is not looked at', () => {
  const text = '{"q": "a", "a": "b"}\n{"q": "c", "a';
  expect(inspectRecords(bytes(text), 'x.jsonl', false).values).toBe(1);
});
