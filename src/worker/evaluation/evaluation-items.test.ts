import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { expect, test, vi } from 'vitest';
import { rightLetters } from '../../engine/evaluation/items.ts';
import type { EvaluationItem } from '../../engine/evaluation/items.ts';
import type * as JsonScan from '../../formats/texts/json-scan.ts';
import type { PublicFiles } from '../../storage/fetch.ts';
import { readQuestionFile } from '../../engine/evaluation/questions/question-file.ts';
import { limitItems } from '../../engine/evaluation/limit-items.ts';
import { previewQuestions, readQuestions } from './evaluation-items.ts';

/** Number of characters scanned as JSON. */
const work = vi.hoisted(() => ({ scanned: 0 }));
vi.mock('../../formats/texts/json-scan.ts', async (original) => {
  const real = await original<typeof JsonScan>();
  return {
    ...real,
    scanJsonValue: (...given: Parameters<typeof real.scanJsonValue>) => {
      const found = real.scanJsonValue(...given);
      work.scanned += (found.ok ? found.end : given[0].length) - given[1];
      return found;
    },
  };
});

const item = (task: string, more: object = {}): string =>
  JSON.stringify({
    task,
    kind: 'knowledge',
    metric: 'accuracy',
    prompt: 'p',
    answer: 'A',
    ...more,
  });

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const read = (text: string, name = 'f.jsonl') =>
  readQuestionFile({ chunks: () => [bytesOf(text)], name: name });

/** Questions of a field file, and the rows left out: line, field and code. */
async function field(path: string): Promise<{ items: readonly EvaluationItem[]; out: string[] }> {
  const bytes = readFileSync(`test/fixtures/field/${path}`);
  const { items, leftOut } = await readQuestionFile({
    chunks: () => [bytes],
    name: path.split('/').at(-1) ?? '',
  });
  return { items, out: leftOut.map((row) => `${row.line} ${row.field} ${row.code}`) };
}

test('items come on lines, right after each other, in an array or wrapped, with or without a mark', async () => {
  const tasks = async (text: string, name?: string): Promise<string[]> =>
    (await read(text, name)).items.map(({ task }) => task);
  expect(await tasks(`${item('a')}\r\n\n${item('b')}\n`)).toEqual(['a', 'b']);
  expect(await tasks(`\uFEFF${item('a', { prompt: '} {' })}${item('b')} ${item('c')}`)).toEqual([
    ...['a', 'b', 'c'],
  ]);
  expect(await tasks(`[${item('a')}, ${item('b')}]`, 'f.json')).toEqual(['a', 'b']);
  expect(await tasks(`{"data": [${item('a')}, ${item('b')}]}`, 'f.json')).toEqual(['a', 'b']);
  const table =
    'task,kind,metric,prompt,answer\na,knowledge,accuracy,p,yes\nb,alignment,rouge-l,p,x\n';
  expect(await tasks(table, 'f.csv')).toEqual(['a', 'b']);
  expect(await tasks(' \n')).toEqual([]);
});

test('a row that is no item costs only itself, and is named by line and field', async () => {
  const lines = [item('a'), '', `${item('b')}{"task":"x","kind":"other"}`, '{"task": ', item('c')];
  const { items, leftOut } = await read(lines.join('\n'));
  expect(items.map(({ task }) => task)).toEqual(['a', 'b', 'c']);
  expect(leftOut.map(({ file, line, field: at, code }) => [file, line, at, code])).toEqual([
    ['f.jsonl', 3, 'metric, prompt', 'missing-field'],
    ['f.jsonl', 4, '', 'broken-json'],
  ]);
  // Problems of multiple choice are named in its terms, also beside items of the studio's shape.
  const choice = { question: 'q', options: ['x', 'y'], answer: 'B' };
  const choices = Array.from({ length: 10 }, () => JSON.stringify(choice));
  const mixed = [item('a'), ...choices, JSON.stringify({ ...choice, answer: 'Z' })];
  const beside = await read(mixed.join('\n'));
  expect(beside.items.map(({ answer }) => answer)).toEqual([...'ABBBBBBBBBB']);
  expect(beside.leftOut.map(({ line, field: at }) => [line, at])).toEqual([[12, 'answer']]);
  const numbers = await read('[3]', 'f.json');
  expect(numbers.items).toEqual([]);
  expect(numbers.leftOut).toHaveLength(1);
  // In a table whose cells hold line breaks, also by the row that a spreadsheet shows.
  const head = 'task,kind,metric,prompt,answer\n';
  const table = `${head}a,knowledge,accuracy,"two\nlines",A\na,knowledge,accuracy,p,\n`;
  const { leftOut: cells } = await read(table, 'f.csv');
  expect(cells.map(({ line, row }) => [line, row])).toEqual([[4, 3]]);
});

test('PromptCBLUE as released: null choices are none, and a test split has no answers', async () => {
  const dev = await field('34-promptcblue-as-released/dev.json');
  expect(dev.out).toEqual([]);
  expect(dev.items.map(({ task, metric, choices }) => [task, metric, choices])).toEqual([
    ['CHIP-CDEE', 'micro-f1', []],
    ['MedDG', 'rouge-l', []],
    ['IMCS-V2-MRG', 'rouge-l', []],
    ['CHIP-STS', 'weighted-f1', ['是的', '不是']],
  ]);
  const split = await field('34-promptcblue-as-released/test.json');
  expect(split.items).toEqual([]);
  expect(split.out).toEqual([1, 2, 3, 4].map((line) => `${line} target no-answer`));
});

test('one line of five that is no question is named, and the others count', async () => {
  const { items, out } = await field('36-files-for-evaluate/one-bad-line.jsonl');
  expect(items.map(({ answer }) => answer)).toEqual(['A', 'A', 'A', 'B']);
  expect(out).toEqual(['4 kind, metric, prompt missing-field']);
});

test('multiple choice is taken as the import takes it', async () => {
  const right = async (path: string): Promise<string[]> => {
    const { items, out } = await field(path);
    expect(out).toEqual([]);
    expect(items.every(({ metric, kind }) => metric === 'accuracy' && kind === 'knowledge')).toBe(
      true,
    );
    return items.map((one) => rightLetters(one).join(''));
  };
  expect(await right('36-files-for-evaluate/medqa.jsonl')).toEqual(['B']);
  expect(await right('35-how-answers-are-stated/multi.jsonl')).toEqual(['ACD']);
  expect(await right('11-cmb-exam/cmb.json')).toEqual(['B', 'B', 'B', 'ACD', 'ACD', 'ACD']);
  expect(await right('10-answers-that-are-numbers/one-based.jsonl')).toEqual([...'ABCADBCD']);
  const zero = await right('10-answers-that-are-numbers/medmcqa-zero-based.jsonl');
  expect(zero.slice(0, 10)).toEqual([...'BCBDCBADAC']);
  const { items } = await field('36-files-for-evaluate/medqa.jsonl');
  expect(items[0]).toMatchObject({
    task: 'medqa',
    prompt: 'Which organ makes insulin?\nA. Spleen\nB. Pancreas\nC. Liver\nD. Kidney',
    choices: ['A', 'B', 'C', 'D'],
  });
  // Lists as MMLU has them, and a label in words.
  const mmlu = { question: 'q', choices: ['w', 'x', 'y', 'z'] };
  const rows = [0, 1, 2, 3].map((answer) => JSON.stringify({ ...mmlu, answer })).join('\n');
  expect((await read(rows)).items.map(({ answer }) => answer)).toEqual([...'ABCD']);
  const label = { input: 'q', target: 'no', answer_choices: ['yes', 'no'], task_dataset: 'own' };
  expect((await read(JSON.stringify(label))).items[0]).toMatchObject({
    ...{ task: 'own', kind: 'alignment', metric: 'accuracy', choices: ['yes', 'no'] },
  });
});

test('records to train on are answered in writing, and columns of their own are guessed', async () => {
  const own = await field('02-wrapped-rows-with-own-columns/wrapped.json');
  expect(own.out).toEqual([]);
  expect(own.items).toHaveLength(4);
  expect(own.items[0]).toEqual({
    ...{ task: 'wrapped', kind: 'alignment', metric: 'rouge-l' },
    ...{ prompt: 'How warm is a healthy adult? (1)', answer: 'About 36.8 degrees, row 1.' },
  });
  const rows = [
    { prompt: 'q1', response: 'r1' },
    { prompt: 'q2', response: null },
    {
      messages: [
        { role: 'system', content: 's' },
        { role: 'user', content: 'q3' },
        { role: 'assistant', content: 'r3' },
      ],
    },
    { question: 'q4', options: ['x', 'y'], answer: 'B' },
  ];
  const { items, leftOut } = await read(rows.map((row) => JSON.stringify(row)).join('\n'));
  expect(items.map(({ task, metric, prompt, answer }) => [task, metric, prompt, answer])).toEqual([
    ['f', 'rouge-l', 'q1', 'r1'],
    ['f', 'rouge-l', 's\nq3', 'r3'],
    ['f · exam', 'accuracy', 'q4\nA. x\nB. y', 'B'],
  ]);
  expect(leftOut.map(({ line }) => line)).toEqual([2]);
});

test('every sample of the studio is a question', async () => {
  const folder = 'public/samples';
  expect(existsSync(folder)).toBe(true);
  for (const name of readdirSync(folder).filter((file) => file.includes('.evaluation.'))) {
    const bytes = readFileSync(`${folder}/${name}`);
    const { items, leftOut } = await readQuestionFile({ chunks: () => [bytes], name: name });
    expect(leftOut, name).toEqual([]);
    expect(items.length, name).toBeGreaterThan(10);
  }
});

test('objects without line breaks are scanned a few times at most, in pieces, and Cancel is asked for', async () => {
  const one = item('a', { prompt: 'x'.repeat(200) });
  const bytes = bytesOf(one.repeat(20_000));
  const chunks = function* (): Generator<Uint8Array> {
    for (let at = 0; at < bytes.length; at += 2 ** 18) yield bytes.subarray(at, at + 2 ** 18);
  };
  work.scanned = 0;
  let asked = 0;
  const { items } = await readQuestionFile({ chunks, name: 'one-line.jsonl' }, () => {
    asked += 1;
    return undefined;
  });
  expect(items).toHaveLength(20_000);
  expect(work.scanned).toBeGreaterThan(bytes.length - 1);
  expect(work.scanned).toBeLessThan(3 * bytes.length);
  expect(asked).toBeGreaterThan(20_000 / 100);
  const stop = readQuestionFile({ chunks, name: 'one-line.jsonl' }, () => {
    throw new Error('cancelled');
  });
  await expect(stop).rejects.toThrow('cancelled');
});

const nothing = {} as PublicFiles;
const fileOf = (path: string): File =>
  new File([readFileSync(`test/fixtures/field/${path}`)], path.split('/').at(-1) ?? '');

async function fault(files: readonly File[]): Promise<Record<string, unknown>> {
  try {
    await readQuestions(nothing, { files }, null);
  } catch (thrown) {
    const { code, data } = thrown as { code: string; data: Record<string, unknown> };
    return { code, ...data };
  }
  return { code: 'none' };
}

test('files without a question that can be scored say why', async () => {
  const split = fileOf('34-promptcblue-as-released/test.json');
  expect(await fault([split])).toMatchObject({
    ...{ code: 'evaluation-no-answers', count: 4, field: 'target', files: 'test.json' },
  });
  expect(await fault([new File(['{"a":1}\n{"b":2}'], 'own.jsonl')])).toMatchObject({
    ...{ code: 'evaluation-empty', count: 2, file: 'own.jsonl', line: 1 },
  });
  expect(await fault([new File([' '], 'blank.jsonl')])).toEqual({
    code: 'evaluation-empty',
    count: 0,
  });
  // Beside a file with answers, the rows of this file are left out.
  const both = await readQuestions(
    nothing,
    { files: [split, fileOf('34-promptcblue-as-released/dev.json')] },
    null,
  );
  expect(both.items).toHaveLength(4);
  expect(both.leftOut).toHaveLength(4);
});

test('a limit takes items from every task in turn, in the order of the file', async () => {
  const lines = ['a', 'a', 'a', 'b', 'b', 'c'].map((task) => item(task)).join('\n');
  const { items } = await read(lines);
  expect(limitItems(items, 4).map(({ task }) => task)).toEqual(['a', 'a', 'b', 'c']);
  expect(limitItems(items, 0)).toHaveLength(6);
});

test('a preview says by task what a file would ask, and counts the rows that ask nothing', async () => {
  const none: PublicFiles = { read: () => Promise.reject(new Error('no file of the studio')) };
  const lines = [
    item('exam', { choices: ['A', 'B'], prompt: 'First?' }),
    item('notes', { kind: 'alignment', metric: 'rouge-l', answer: 'x'.repeat(900) }),
    '{"task": "exam"}',
    item('exam', { choices: ['A', 'B'], prompt: 'Second?' }),
  ];
  const file = new File([lines.join('\n')], 'own.jsonl');
  expect(await previewQuestions(none, { files: [file] })).toEqual({
    tasks: [
      {
        ...{ task: 'exam', kind: 'knowledge', metric: 'accuracy', items: 2 },
        ...{ prompt: 'First?', answer: 'A' },
      },
      {
        ...{ task: 'notes', kind: 'alignment', metric: 'rouge-l', items: 1 },
        ...{ prompt: 'p', answer: 'x'.repeat(600) },
      },
    ],
    leftOut: 1,
    known: [],
    mappings: [null],
  });
});

test('columns are read by the first mapping that fits, and the preview says which', async () => {
  const none: PublicFiles = { read: () => Promise.reject(new Error('no file of the studio')) };
  const table = 'letter,code,advice\nCough.,J18.9,Rest.\nChest pain.,I21.9,Come at once.\n';
  const code = { instruction: 'Code it.', input: 'letter', response: 'code' };
  const advice = { prompt: 'letter', response: 'advice' };
  const fields = 'advice\ncode\nletter';
  const ask = (mappings: readonly object[]) =>
    previewQuestions(none, {
      files: [new File([table], 'own.csv')],
      columns: mappings.map((mapping) => ({ fields, mapping })),
    });
  const first = await ask([code, advice]);
  expect(first.mappings).toEqual([code]);
  expect(first.tasks[0]).toMatchObject({ metric: 'accuracy', answer: 'J18.9' });
  expect(first.tasks[0]?.prompt).toContain('Code it.');
  const second = await ask([advice, code]);
  expect(second.mappings).toEqual([advice]);
  expect(second.tasks[0]).toMatchObject({ prompt: 'Cough.', answer: 'Rest.' });
});
