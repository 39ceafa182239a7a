/** Files as people have them (test/fixtures/field): what each must give. */
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readQuestionFile } from '../../engine/evaluation/questions/question-file.ts';
import { fieldsKey } from './known-columns.ts';
import { inspectRecords, tryRecords } from './record-inspect.ts';
import { readRecord } from './record-shapes.ts';
import { Findings, importRecords } from './records.ts';
import type { FieldMapping, ImportedRecord, ImportProblem, ReadingChoices } from './records.ts';

const FIELD = 'test/fixtures/field';

function fileOf(folder: string, fileName: string): Uint8Array {
  const name = readdirSync(FIELD).find((known) => known.startsWith(`${folder}-`));
  return readFileSync(`${FIELD}/${name ?? ''}/${fileName}`);
}

async function bring(
  folder: string,
  fileName: string,
  options: ReadingChoices & { readonly mapping?: FieldMapping } = {},
) {
  const findings = new Findings();
  const records: ImportedRecord[] = [];
  const problems: ImportProblem[] = [];
  const bytes = fileOf(folder, fileName);
  const read = importRecords([bytes], { fileName, findings, ...options });
  for await (const batch of read) {
    records.push(...batch.records);
    problems.push(...batch.problems);
  }
  return { records, problems, findings: findings.list() };
}

const inspect = (folder: string, fileName: string) =>
  inspectRecords([fileOf(folder, fileName)], fileName);
const turns = ({ record }: ImportedRecord): string[] =>
  record.messages.map(({ role, content }) => `${role}: ${content}`);
const answers = (records: readonly ImportedRecord[]): (string | undefined)[] =>
  records.map(({ record }) => record.messages.at(-1)?.content);

test('02: wrapped rows with columns of their own come in as the preview shows them', async () => {
  const { guess, values } = await inspect('02', 'wrapped.json');
  expect(values).toBe(4);
  expect(guess).toEqual({ prompt: 'ask', response: 'reply' });
  const mapping = { prompt: 'ask', response: 'reply' };
  const { records, problems } = await bring('02', 'wrapped.json', { mapping });
  expect(problems).toEqual([]);
  expect(records.map(({ line }) => line)).toEqual([3, 7, 11, 15]);
  expect(answers(records)[3]).toBe('About 36.8 degrees, row 4.');
});

test('02: a case is one conversation, its description above the first question', async () => {
  const { guess, values, recognised } = await inspect('02', 'clin.json');
  expect([values, recognised]).toEqual([4, 0]);
  expect(guess).toEqual({ turns: 'QA_pairs', input: 'description' });
  const mapping = { turns: 'QA_pairs', input: 'description' };
  const { records, problems, findings } = await bring('02', 'clin.json', { mapping });
  expect(problems).toEqual([]);
  expect(records.length).toBe(4);
  expect(records[0] && turns(records[0])).toEqual([
    'user: A person of 31 years has had a cough for three days and no fever.\nWhat is the likely cause in case 1?',
    'assistant: A viral infection of the airways (case 1).',
    'user: What is advised in case 1?',
    'assistant: Rest and fluids (case 1).',
  ]);
  expect(findings.map(({ field, count }) => [field, count])).toEqual([
    ['id', 4],
    ['title', 4],
  ]);
  // A mapping without the description counts it as unused.
  const without = await bring('02', 'clin.json', { mapping: { turns: 'QA_pairs' } });
  expect(without.findings.map(({ field }) => field)).toContain('description');
});

test.each(['conversations-system-prompt.jsonl', 'messages-system.jsonl'])(
  '03: the system text stands before the first turn of every record of %s',
  async (name) => {
    const { records, problems, findings } = await bring('03', name);
    expect([problems, findings]).toEqual([[], []]);
    expect(records.length).toBe(3);
    for (const record of records) {
      expect(turns(record)[0]).toBe('system: You are a triage nurse. Answer in one sentence.');
    }
  },
);

test.each(['loss.jsonl', 'weights.jsonl'])(
  '04: excluded answers of %s are no targets',
  async (name) => {
    const { records, problems, findings } = await bring('04', name);
    expect(problems).toEqual([]);
    expect(records.length).toBe(3);
    for (const { record } of records) {
      const trained = record.messages
        .filter(({ role }) => role === 'assistant')
        .map(({ train = true }) => train);
      expect(trained).toEqual([false, true]);
    }
    expect(findings).toEqual([{ code: 'untrained', count: 3, line: 1 }]);
  },
);

test('08: lists of turns under any name, pairs, and marked texts are one conversation each', async () => {
  const bare = await bring('08', 'bare-turns.jsonl');
  expect(bare.records.map(turns)).toEqual(
    [1, 2, 3].map((i) => [`user: Is a bruise dangerous? (${i})`, `assistant: Seldom (${i}).`]),
  );
  const listed = await bring('08', 'disc-conversation.json');
  const lines = await bring('08', 'disc-conversation.jsonl');
  expect(listed.records.map(turns)).toEqual(lines.records.map(turns));
  expect(listed.records.map(({ record }) => record.messages.length)).toEqual([4, 4, 4]);
  const huatuo = await bring('08', 'huatuo.jsonl');
  expect(huatuo.records[0] && turns(huatuo.records[0])).toEqual([
    'user: 感冒要吃抗生素吗？（1）',
    'assistant: 一般不需要，多休息多喝水。（1）',
  ]);
  const pairs = await bring('08', 'turns-of-pairs.json');
  expect(pairs.records[1] && turns(pairs.records[1])).toEqual([
    'system: Answer as a nurse.',
    'user: My tooth hurts (2).',
    'assistant: Since when? (2)',
    'user: Since then it got worse (2).',
    'assistant: Then see a dentist today (2).',
  ]);
  for (const { records, problems } of [bare, listed, lines, huatuo, pairs]) {
    expect([records.length, problems]).toEqual([3, []]);
  }
});

test('10: all values say whether answers count from 0 or from 1', async () => {
  const { guess } = await inspect('10', 'medmcqa-zero-based.jsonl');
  const { prompt, choices, answer } = guess;
  expect({ prompt, choices, answer }).toEqual({
    prompt: 'question',
    choices: ['opa', 'opb', 'opc', 'opd'],
    answer: 'cop',
  });
  const mapping: FieldMapping = { prompt: 'question', choices: choices ?? [], answer: 'cop' };
  const fileName = 'medmcqa-zero-based.jsonl';
  const { tried, answers: decision } = await tryRecords(
    () => [fileOf('10', fileName)],
    { fileName, mapping },
    2,
  );
  expect(decision?.decided).toBe('from-0');
  expect(tried).toMatchObject([{ right: ['beta 0'] }, { right: ['gamma 1'] }]);
  const zero = await bring('10', fileName, { mapping });
  expect(zero.problems).toEqual([]);
  // "Which letter is number 2 of the alphabet" has the second option.
  for (const { record } of zero.records) {
    const [, number] = /number (\d)/.exec(record.messages[0]?.content ?? '') ?? [];
    expect(record.messages[1]?.content).toBe('ABCD'[Number(number) - 1]);
  }
  const one = await bring('10', 'one-based.jsonl');
  expect([answers(one.records), one.problems]).toEqual([
    ['A', 'B', 'C', 'A', 'D', 'B', 'C', 'D'],
    [],
  ]);
  // Values that contradict the decision are listed, not shifted.
  const shifted = await bring('10', 'one-based.jsonl', { answers: 'from-0' });
  expect(shifted.problems.map(({ line, code }) => [line, code])).toEqual([
    [5, 'wrong-type'],
    [8, 'wrong-type'],
  ]);
});

test('11: options that are empty are none, and several right letters are taken with all', async () => {
  const { records, problems, findings } = await bring('11', 'cmb.json');
  expect(problems).toEqual([]);
  expect(answers(records)).toEqual(['B', 'B', 'B', 'ACD', 'ACD', 'ACD'].slice(0, records.length));
  expect(records[0]).toMatchObject({ right: ['泵血'], record: { answerChoices: ['A', 'B', 'C'] } });
  expect(records.at(-1)?.right).toEqual(['维生素A', '维生素C', '维生素D']);
  expect(findings.map(({ field }) => field)).toContain('question_type');
});

test('13: columns by pandas, NaN, numbers', async () => {
  const columns = await bring('13', 'columns.json');
  expect([answers(columns.records), columns.problems]).toEqual([['0', '1', '2', '3'], []]);
  const nan = await bring('13', 'nan.jsonl');
  expect([answers(nan.records), nan.problems]).toEqual([['One.', 'Two.', 'Three.'], []]);
  expect(nan.findings).toEqual([{ code: 'not-a-number', count: 2, line: 1 }]);
  const numbers = await bring('13', 'numbers.jsonl');
  expect([answers(numbers.records), numbers.problems]).toEqual([['4', 'true', 'Four.'], []]);
  expect(numbers.findings).toEqual([
    { code: 'unused-field', field: 'extra', count: 1, line: 3, example: '{"a":[1,2]}' },
  ]);
});

test('14: line ends, delimiters and encodings', async () => {
  const sep = await bring('14', 'sep-line.csv');
  expect(sep.records.map(turns)).toEqual([
    ['user: Name a bone; any one.', 'assistant: Femur.'],
    ['user: Name a muscle.', 'assistant: Biceps.'],
  ]);
  expect(sep.records.map(({ line }) => line)).toEqual([3, 4]);
  const mac = await bring('14', 'mac-cr-only.csv');
  expect(mac.records.map(({ line }) => line)).toEqual([2, 3]);
  const macLines = await bring('14', 'mac-cr-only.jsonl');
  expect(macLines.records.map(({ line }) => line)).toEqual([1, 2, 3]);
  expect([sep.problems, mac.problems, macLines.problems]).toEqual([[], [], []]);
  const { guess, fields } = await inspect('14', 'gbk.csv');
  expect(fields.map(({ name }) => name)).toEqual(['问题', '答案']);
  expect(guess).toEqual({ prompt: '问题', response: '答案' });
  const gbk = await bring('14', 'gbk-two-lines.jsonl');
  expect(answers(gbk.records)).toEqual(['四个。', 'Two.']);
  const wide = await bring('14', 'utf16.csv');
  expect(wide.records.map(turns)).toEqual([['user: Name a bone.', 'assistant: Femur.']]);
  const bareWide = await bring('14', 'utf16-no-nul.jsonl');
  expect(answers(bareWide.records).length).toBe(1);
  // The import says which encoding it assumed.
  for (const { problems } of [gbk, wide, bareWide]) {
    expect(problems).toMatchObject([{ line: 1, code: 'encoding', kept: true }]);
  }
});

test('16: a file is named for what it is', async () => {
  const found = (name: string) =>
    bring('16', name).then(
      () => 'taken',
      (error: unknown) => (error as { data: { found: string } }).data.found,
    );
  expect(await found('page.jsonl')).toBe('page');
  expect(await found('pointer.jsonl')).toBe('pointer');
  expect(await found('train.jsonl')).toBe('parquet');
  expect(await found('train.parquet')).toBe('parquet');
  expect(await found('train.jsonl.gz')).toBe('taken');
  const { records, problems } = await bring('16', 'train.jsonl.gz');
  expect(problems).toEqual([]);
  expect(records.length).toBeGreaterThan(0);
});

test('17: reasoning inside an answer is a part of it', async () => {
  const { records, problems, findings } = await bring('17', 'with-reasoning.jsonl');
  expect(problems).toEqual([]);
  expect(findings).toMatchObject([{ code: 'reasoning-train', count: records.length }]);
  expect(answers(records)[0]).toBe('<think>\nIt clings to things (0).\n</think>\n\nYes (0).');
});

test('34: PromptCBLUE as released', async () => {
  const dev = await bring('34', 'dev.json');
  expect(dev.problems).toEqual([]);
  expect(dev.records.map(({ record: { task, answerChoices } }) => [task, answerChoices])).toEqual([
    ['CHIP-CDEE', undefined],
    ['MedDG', undefined],
    ['IMCS-V2-MRG', undefined],
    ['CHIP-STS', ['是的', '不是']],
  ]);
  const released = await bring('34', 'test.json');
  expect(released.records).toEqual([]);
  expect(released.problems.map(({ line, code }) => [line, code])).toEqual(
    [1, 2, 3, 4].map((line) => [line, 'empty-response']),
  );
});

test('36: what is multiple choice comes in by the field that decides', async () => {
  const { records, problems } = await bring('36', 'medqa.jsonl');
  expect(problems).toEqual([]);
  expect(records).toMatchObject([
    { right: ['Pancreas'], record: { answerChoices: ['A', 'B', 'C', 'D'] } },
  ]);
  expect(answers(records)).toEqual(['B']);
});

test('an instruction for every record stands above the question, in preview, import and evaluation alike', async () => {
  const rows = [
    { note: 'Cough for three days.', hint: 'Short.', summary: 'Likely viral.' },
    { note: '', hint: '', summary: 'Nothing to say.' },
    { note: 'Fall from a chair.', hint: '', summary: 'Bruise.' },
  ];
  const bytes = new TextEncoder().encode(rows.map((row) => JSON.stringify(row)).join('\n'));
  const fileName = 'notes.jsonl';
  const instruction = 'Summarise this note.';
  const { fields } = await inspectRecords([bytes], fileName);
  const questionsBy = async (mapping: FieldMapping): Promise<string[][]> => {
    const { tried } = await tryRecords(() => [bytes], { fileName, mapping }, 10);
    const preview = tried.flatMap((one) =>
      'record' in one ? [one.record.messages[0]?.content ?? ''] : [],
    );
    const imported: string[] = [];
    for await (const { records } of importRecords([bytes], { fileName, mapping })) {
      imported.push(...records.map(({ record }) => record.messages[0]?.content ?? ''));
    }
    const known = [{ fields: fieldsKey(fields), mapping }];
    const { items } = await readQuestionFile({ chunks: () => [bytes], name: fileName, known });
    return [preview, imported, items.map(({ prompt }) => prompt)];
  };
  const alone = [`${instruction}\nCough for three days.`, `${instruction}\nFall from a chair.`];
  expect(await questionsBy({ instruction, input: 'note', response: 'summary' })).toEqual([
    alone,
    alone,
    alone,
  ]);
  const both = [
    `${instruction}\nCough for three days.\nShort.`,
    `${instruction}\nFall from a chair.`,
  ];
  expect(
    await questionsBy({ instruction, prompt: 'note', input: 'hint', response: 'summary' }),
  ).toEqual([both, both, both]);
});

test('an instruction stands above the first of several turns, and above options', async () => {
  const instruction = 'Answer as a nurse.';
  const { records } = await bring('02', 'clin.json', {
    mapping: { instruction, turns: 'QA_pairs', input: 'description' },
  });
  expect(records[0] && turns(records[0])[0]).toBe(
    `user: ${instruction}\nA person of 31 years has had a cough for three days and no fever.\nWhat is the likely cause in case 1?`,
  );
  const row = { item: 'Is it?', yes: 'so', no: 'not so', right: 'B' };
  const mapping = { instruction, prompt: 'item', choices: ['yes', 'no'], answer: 'right' };
  const read = readRecord(row, { shape: 'auto', mapping, answers: 'letters' });
  expect(read.record.messages[0]?.content).toBe(`${instruction}\nIs it?\nA. so\nB. not so`);
});
