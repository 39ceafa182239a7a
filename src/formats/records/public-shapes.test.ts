/** Shapes of public medical data sets and of files that came out of other programs: what each must give. */
import { expect, test } from 'vitest';
import { readQuestionFile } from '../../engine/evaluation/questions/question-file.ts';
import { inspectRecords } from './record-inspect.ts';
import { Findings, importRecords } from './records.ts';
import type { ImportedRecord, ImportProblem, ReadingChoices } from './records.ts';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const lines = (...rows: readonly unknown[]): string =>
  rows.map((row) => `${JSON.stringify(row)}\n`).join('');

/** A file as the page brings it: by its shape, or by the mapping that is offered. */
async function bring(
  content: string | Uint8Array,
  fileName = 'file.jsonl',
  choices: ReadingChoices = {},
) {
  const bytes = typeof content === 'string' ? bytesOf(content) : content;
  const inspection = await inspectRecords([bytes], fileName);
  const { recognised, guess } = inspection;
  const findings = new Findings();
  const records: ImportedRecord[] = [];
  const problems: ImportProblem[] = [];
  const mapping = recognised === 0 && inspection.values > 0 ? { mapping: guess } : {};
  const options = { fileName, findings, ...mapping, ...choices };
  for await (const batch of importRecords([bytes], options)) {
    records.push(...batch.records);
    problems.push(...batch.problems);
  }
  const said = records.map(({ record }) => record.messages.map(({ content: text }) => text));
  return { ...inspection, records, problems, findings: findings.list(), said };
}

const evaluate = (content: string, fileName = 'file.jsonl') =>
  readQuestionFile({ chunks: () => [bytesOf(content)], name: fileName });

test('a list of wordings is one question, not a conversation; the other wordings are counted', async () => {
  const row = (n: number) => ({
    questions: [[`问${n}怎么治？`, `问${n}如何治疗？`]],
    answers: [`服用药物${n}。`],
  });
  const { said, findings } = await bring(lines(row(1), row(2)));
  expect(said).toEqual([
    ['问1怎么治？', '服用药物1。'],
    ['问2怎么治？', '服用药物2。'],
  ]);
  expect(findings).toEqual([
    {
      code: 'unused-field',
      field: 'questions[1:]',
      count: 2,
      line: 1,
      example: '["问1如何治疗？"]',
    },
  ]);
});

test('the paragraphs of a context stand below the question', async () => {
  const row = { QUESTION: 'Does it help?', CONTEXTS: ['One.', 'Two.'], final_decision: 'yes' };
  const { said, layout } = await bring(JSON.stringify({ 11: row, 12: row }), 'ori.json');
  expect(layout).toBe('by-key');
  expect(said).toEqual([['Does it help?\nOne.\nTwo.', 'yes']]);
});

test('a list of texts under a name of conversations is read by turns', async () => {
  const { said } = await bring(lines({ id: 1, data: ['q1', 'a1', 'q2', 'a2'] }));
  expect(said).toEqual([['q1', 'a1', 'q2', 'a2']]);
});

test('options that say their own letters are shown with them once', async () => {
  const csv =
    'Question,Options,Answer\n问题甲,"A 甲\nB 乙\nC 丙",B\n问题乙,"A 丁\nB 戊\nC 己",AC\n';
  const { said } = await bring(csv, 'exam.csv');
  expect(said).toEqual([
    ['问题甲\nA. 甲\nB. 乙\nC. 丙', 'B'],
    ['问题乙\nA. 丁\nB. 戊\nC. 己', 'AC'],
  ]);
  const kept = await bring(
    lines({ question: 'Which?', options: ['A cell', 'B cell', 'C cell'], answer: 'B' }),
  );
  expect(kept.said[0]?.[0]).toBe('Which?\nA. A cell\nB. B cell\nC. C cell');
});

test('a null among the choices is none, in the import as in an evaluation', async () => {
  const rows = lines(
    { input: 'q1', target: 'yes', answer_choices: ['yes', null, 'no'] },
    { input: 'q2', target: '2', answer_choices: [1, 2] },
  );
  const { records, problems } = await bring(rows);
  expect(problems).toEqual([]);
  expect(records.map(({ record }) => record.answerChoices)).toEqual([
    ['yes', 'no'],
    ['1', '2'],
  ]);
  const { items, leftOut } = await evaluate(rows);
  expect(leftOut).toEqual([]);
  expect(items.map(({ choices }) => choices)).toEqual([
    ['yes', 'no'],
    ['1', '2'],
  ]);
});

test('reasoning inside an answer is trained on, kept or dropped as reasoning beside it is', async () => {
  const rows = lines(
    { instruction: 'q1', output: '<think>\nhm\n</think>\n\na1' },
    { instruction: 'q2', output: '<think>\n\n</think>\n\na2' },
    { instruction: 'q3', output: '<think>never ends' },
  );
  const train = await bring(rows);
  expect(train.reasoned).toBe(1);
  expect(train.said[0]).toEqual(['q1', '<think>\nhm\n</think>\n\na1']);
  const keep = await bring(rows, 'file.jsonl', { reasoning: 'keep' });
  expect(keep.records.map(({ record }) => record.messages[1]?.untrained)).toEqual([
    '<think>\nhm\n</think>\n\n'.length,
    undefined,
    undefined,
  ]);
  const drop = await bring(rows, 'file.jsonl', { reasoning: 'drop' });
  expect(drop.said[0]).toEqual(['q1', 'a1']);
  expect(drop.findings).toEqual([{ code: 'reasoning-drop', count: 1, line: 1 }]);
  const { items } = await evaluate(rows);
  expect(items[0]?.answer).toBe('a1');
});

test('reasoning in a part of a message is reasoning; a part that is no text is named', async () => {
  const turns = (content: unknown) => ({
    messages: [
      { role: 'user', content: [{ type: 'text', text: 'q' }] },
      { role: 'assistant', content },
    ],
  });
  const thought = [
    { type: 'thinking', thinking: 'hm' },
    { type: 'text', text: 'a' },
  ];
  const rows = lines(turns(thought), turns([{ type: 'image_url', image_url: { url: 'u' } }]));
  const { said, problems } = await bring(rows, 'file.jsonl', { reasoning: 'drop' });
  expect(said).toEqual([['q', 'a']]);
  expect(problems.map(({ line, reason }) => [line, reason])).toEqual([
    [2, 'a part of "content" is not text (image_url)'],
  ]);
});

test('an answer that is not to be trained on is no reference', async () => {
  const row = (weight: number) => ({
    messages: [
      { role: 'user', content: `q${weight}` },
      { role: 'assistant', content: 'a', weight },
      { role: 'user', content: 'again' },
      { role: 'assistant', content: 'better' },
    ],
  });
  const { items, leftOut } = await evaluate(lines(row(0), row(1)));
  expect(items.map(({ prompt, answer }) => [prompt, answer])).toEqual([['q1', 'a']]);
  expect(leftOut.map(({ line, code }) => [line, code])).toEqual([[1, 'no-target']]);
});

test('a table without names of columns keeps its first row', async () => {
  const mmlu = '"Which, of these?",a,b,c,d,B\n"And which?",e,f,g,h,C\n';
  const { fields, values } = await bring(mmlu, 'anatomy_test.csv');
  expect(values).toBe(2);
  expect(fields.map(({ name }) => name)).toEqual([1, 2, 3, 4, 5, 6].map((n) => `column ${n}`));
  const web = '1\t1\t内科\t怎么治？\t吃药。\n2\t0\t外科\t怎么办？\t休息。\n';
  expect((await bring(web, 'web.tsv')).values).toBe(2);
  const form = 'What is your question?,A,B,C,D,answer\nx,a,b,c,d,B\n';
  expect((await bring(form, 'form.csv')).fields[0]?.name).toBe('What is your question?');
});

test('a table is one under other names, and JSON is JSON under the name of a table', async () => {
  const table = 'question\tanswer\nq1\ta1\nq2\ta2\n';
  expect((await bring(table, 'data.txt')).said).toEqual([
    ['q1', 'a1'],
    ['q2', 'a2'],
  ]);
  const json = lines({ instruction: 'q1', output: 'a1' }, { instruction: 'q2', output: 'a2' });
  expect((await bring(json, 'data.csv')).said).toEqual([
    ['q1', 'a1'],
    ['q2', 'a2'],
  ]);
});

test('what a server says instead of data, and any page, is named', async () => {
  for (const [content, found] of [
    ['{"error":"This data set is gated."}', 'message'],
    ['{"message":"Not Found","documentation_url":"https://x","status":"404"}', 'message'],
    ['\n\n  <div class="x">Access denied</div>', 'page'],
  ] as const) {
    await expect(bring(content, 'data.json')).rejects.toMatchObject({
      code: 'import-not-text',
      data: { found },
    });
  }
  const row = { message: 'q', reply: 'a' };
  expect((await bring(JSON.stringify(row), 'data.json')).values).toBe(1);
});

test('what other languages write instead of JSON is said, and costs no other row', async () => {
  const reasons = async (content: string): Promise<string[]> =>
    (await bring(content, 'data.json')).problems.map(({ data }) => String(data['detail']));
  expect(await reasons("{'instruction': 'q', 'output': 'a'}\n")).toEqual(['python']);
  expect(await reasons('{"instruction": "q", "input": None, "output": "a"}\n')).toEqual(['python']);
  const trailing = '[\n{"instruction":"q","output":"a",},\n{"instruction":"r","output":"b"}\n]';
  expect(await reasons(trailing)).toEqual(['comma-too-many']);
  const comment = '[\n// one\n{"instruction":"q","output":"a"}\n]';
  const { said, problems } = await bring(comment, 'data.json');
  expect(said).toEqual([['q', 'a']]);
  expect(problems[0]?.data).toEqual({ detail: 'comment' });
});

test('Big5 is not taken for GBK or Windows-1252; undecoded rows are told by their lines', async () => {
  // "問題,答案" and "第一種病怎麼治療呢,服用藥物並且休息" in Big5.
  const big5 =
    'b0ddc3442cb5aaaed70ab2c4a440bad8afabe7bbf2aa76c0f8a94f2caa41a5cec3c4aaaba8c3a55aa5f0aea70a';
  const bytes = Uint8Array.from(big5.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
  await expect(bring(bytes, 'big5.csv')).rejects.toMatchObject({ code: 'import-encoding' });
  const latin = Uint8Array.from('question,answer\nHow warm?,37 \u00b0C\n', (unit) =>
    unit.charCodeAt(0),
  );
  const { problems } = await bring(latin, 'latin.csv');
  expect(problems.map(({ line, code }) => [line, code])).toEqual([[2, 'invalid-utf8']]);
});

test('rows that stand beside the rows are counted one by one; no rows at all is an empty file', async () => {
  const row = (n: number) => ({ q: `q${n}`, a: `a${n}` });
  const { said, findings, problems } = await bring(
    JSON.stringify({ train: [row(1), row(2)], test: [row(3), row(4), row(5)] }),
    'both.json',
  );
  expect(said.length).toBe(2);
  expect(findings).toMatchObject([{ code: 'beside-rows', field: 'test', count: 3 }]);
  expect(problems).toMatchObject([{ code: 'list-not-read', data: { field: 'test', records: 3 } }]);
  expect((await bring('{"data": []}', 'data.json')).values).toBe(0);
});

test('names of fields that public sets use are offered', async () => {
  const guess = async (row: unknown) => (await bring(lines(row, row))).guess;
  expect(await guess({ prompt: 'q', chosen: 'a', rejected: 'b' })).toEqual({
    prompt: 'prompt',
    response: 'chosen',
  });
  expect(await guess({ input: 'q', reasoning_content: 'r', content: 'a' })).toEqual({
    prompt: 'input',
    response: 'content',
    reasoning: 'reasoning_content',
  });
  const arc = { question: { stem: 'q', choices: [{ text: 'x', label: 'A' }] }, answerKey: 'A' };
  expect(await guess(arc)).toEqual({
    prompt: 'question.stem',
    choices: ['question.choices'],
    answer: 'answerKey',
  });
});
