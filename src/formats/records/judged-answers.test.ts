/** Answers that people judged, options that carry their names, and answers that are labels. */
import { expect, test } from 'vitest';
import { readAnswers } from '../../engine/evaluation/answers/read-answers.ts';
import { reportAnswers } from '../../engine/evaluation/report.ts';
import { readQuestionFile } from '../../engine/evaluation/questions/question-file.ts';
import { closedAnswers, codedAnswers } from './closed-answers.ts';
import type { JsonValue } from '../texts/json.ts';
import { inspectRecords, tryRecords } from './record-inspect.ts';
import { Findings, guessKind, importRecords } from './records.ts';
import type { ImportedRecord, ImportProblem } from './records.ts';
import { groupIn } from './row-layout.ts';

const lines = (rows: readonly unknown[]): Uint8Array =>
  new TextEncoder().encode(rows.map((row) => `${JSON.stringify(row)}\n`).join(''));

const many = <T>(count: number, of: (i: number) => T): T[] =>
  Array.from({ length: count }, (_, i) => of(i));

/** Brings a file through preview, import and evaluation, as the page does. */
async function everywhere(bytes: Uint8Array, fileName = 'f.jsonl') {
  const { recognised, guess } = await inspectRecords([bytes], fileName);
  const mapping = recognised === 0 ? { mapping: guess } : {};
  const options = { fileName, ...mapping };
  const { tried } = await tryRecords(() => [bytes], options, 1000);
  const findings = new Findings();
  const records: ImportedRecord[] = [];
  const problems: ImportProblem[] = [];
  for await (const batch of importRecords([bytes], { ...options, findings })) {
    records.push(...batch.records);
    problems.push(...batch.problems);
  }
  const { items, leftOut } = await readQuestionFile({ chunks: () => [bytes], name: fileName });
  const shown = tried.flatMap((one) => ('record' in one ? [one.line] : []));
  expect(shown).toEqual(records.map(({ line }) => line));
  expect(leftOut.map(({ line }) => line)).toEqual(problems.map(({ line }) => line));
  return { recognised, records, problems, findings: findings.list(), items };
}

const answersOf = (records: readonly ImportedRecord[]) =>
  records.map(({ record }) => record.messages.at(-1)?.content);

test('an answer that people marked as bad is left out, counted, and no reference', async () => {
  const said = (i: number) => `A sentence ${i}.`;
  const ask = (i: number) => [{ role: 'user', content: `q${i}` }];
  const reply = (i: number) => [{ role: 'assistant', content: said(i) }];
  const files = [
    many(4, (i) => ({ prompt: `q${i}`, completion: said(i), label: i % 2 === 0 })),
    many(4, (i) => ({ prompt: ask(i), completion: reply(i), label: i % 2 === 0 })),
    many(4, (i) => ({ messages: [...ask(i), ...reply(i)], kto_tag: i % 2 === 0 })),
    many(4, (i) => ({ question: `q${i}`, answer: said(i), label: i % 2 === 0 })),
  ];
  for (const rows of files) {
    const { records, problems, findings, items } = await everywhere(lines(rows));
    expect(answersOf(records)).toEqual([said(0), said(2)]);
    expect(items.map(({ answer }) => answer)).toEqual([said(0), said(2)]);
    expect(problems.map(({ line, code }) => [line, code])).toEqual([
      [2, 'no-target'],
      [4, 'no-target'],
    ]);
    expect(problems[0]?.reason).toContain('marked as bad');
    expect(findings).toEqual([{ code: 'marked-bad', count: 2, line: 2 }]);
  }
  const table = new TextEncoder().encode('prompt,completion,label\nq1,One.,True\nq2,Two.,False\n');
  const { records, problems } = await everywhere(table, 'f.csv');
  expect(answersOf(records)).toEqual(['One.']);
  expect(problems.map(({ line }) => line)).toEqual([3]);
});

test('a label that is itself the answer, or says it once more, marks nothing', async () => {
  const again = many(4, (i) => ({
    prompt: `q${i}`,
    response: i % 2 === 0 ? 'yes' : 'no',
    label: i % 2 === 0,
  }));
  expect((await everywhere(lines(again))).records).toHaveLength(4);
  const own = many(4, (i) => ({ text: `t${i}`, label: i % 2 === 0 }));
  expect(answersOf((await everywhere(lines(own))).records)).toEqual([
    ...['true', 'false', 'true', 'false'],
  ]);
});

test('of two answers the chosen one is trained on, also where both are conversations', async () => {
  const turns = (answer: string) => [
    { role: 'user', content: 'q' },
    { role: 'assistant', content: answer },
  ];
  const rows = [
    { prompt: 'q1', chosen: 'good', rejected: 'bad' },
    { prompt: 'q', chosen: turns('better'), rejected: turns('worse') },
    { chosen: turns('best'), rejected: turns('worst') },
  ];
  const { records, findings } = await everywhere(lines(rows));
  expect(answersOf(records)).toEqual(['good', 'better', 'best']);
  expect(records[1]?.record.messages).toHaveLength(2);
  expect(findings.map(({ field, count }) => [field, count])).toEqual([['rejected', 3]]);
});

test('options that say what they are called are named by that: lists of answers with their ids', async () => {
  const options = (count: number) => many(count, (i) => ({ aid: i + 1, atext: `text ${i + 1}` }));
  const right = [5, 1, 3, 2, 4, 5];
  const rows = right.map((ra, i) => ({ qid: `${i}`, qtext: `q${i}`, ra, answers: options(5) }));
  const columns = right.map((ra, i) => ({
    ...{ qtext: `q${i}`, ra: String(ra) },
    answers: { aid: [1, 2, 3, 4, 5], atext: options(5).map(({ atext }) => atext) },
  }));
  // The order of options says nothing where each has a name.
  const turned = right.map((ra, i) => ({
    ...{ question: `q${i}`, answer: String(ra) },
    options: options(5)
      .reverse()
      .map(({ aid, atext }) => ({ id: String(aid), text: atext })),
  }));
  for (const file of [rows, columns]) {
    const { recognised, records, items } = await everywhere(lines(file));
    expect(recognised).toBe(6);
    expect(answersOf(records)).toEqual([...'EACBDE']);
    expect(items.map(({ metric, answer }) => [metric, answer])).toEqual(
      [...'EACBDE'].map((letter) => ['accuracy', letter]),
    );
  }
  expect(answersOf((await everywhere(lines(turned))).records)).toEqual([...'AECDBA']);
  // A row without a right answer alone is left out.
  const voided = [...rows, { qtext: 'void', ra: 0, answers: options(5) }];
  const more = await everywhere(
    lines([...voided, ...rows.map((row) => ({ ...row, qtext: `again ${row.qid}` }))]),
  );
  expect(more.records).toHaveLength(12);
  expect(more.problems.map(({ line }) => line)).toEqual([7]);
});

test('answers that are a few short ones over and over are labels: scored by accuracy, or as text when told', async () => {
  const rows = many(9, (i) => ({
    ...{ question: `q${i}`, context: { contexts: ['c'] }, long_answer: `Long ${i}.` },
    final_decision: ['yes', 'no', 'maybe'][i % 3],
  }));
  const { items, records } = await everywhere(lines(rows));
  expect(items.every(({ metric, kind }) => metric === 'accuracy' && kind === 'alignment')).toBe(
    true,
  );
  expect(items[0]?.choices).toEqual(['yes', 'no', 'maybe']);
  expect(guessKind(records.map(({ record }) => record))).toBe('alignment');
  const written = ['No. It is yes for few.', 'No, it did not.', 'Maybe.', 'yes or no'];
  const answers = written.map((text) => ({ text, written: null, reference: null }));
  const { tasks } = reportAnswers(items, answers, { choices: 'likelihood', seed: 1 });
  // Right are "No", and "maybe" of the second and third; labels in words are written and read.
  expect(tasks[0]).toMatchObject({ items: 4, value: 0.5, labels: ['yes', 'no', 'maybe'] });
  const asText = await readQuestionFile(
    { chunks: () => [lines(rows)], name: 'f.jsonl' },
    undefined,
    'text',
  );
  expect(asText.items.every(({ metric }) => metric === 'rouge-l')).toBe(true);
  const mixed = [
    ...rows,
    { ...rows[0], question: 'q9', final_decision: 'It depends on the dose.' },
  ];
  expect((await everywhere(lines(mixed))).items[0]?.metric).toBe('rouge-l');
});

test('labels of one task among several are labels; other tasks stay text', async () => {
  const labelled = many(8, (i) => ({
    task: 'l',
    prompt: `p${i}`,
    response: i % 2 ? '是' : '否。',
  }));
  const open = many(8, (i) => ({ task: 'o', prompt: `p${i}`, response: `回答${i}` }));
  const { items } = await everywhere(lines([...labelled, ...open]));
  const of = (task: string) => items.filter((item) => item.task === task);
  expect(new Set(of('l').map(({ metric, choices }) => `${metric} ${choices?.join()}`))).toEqual(
    new Set(['accuracy 否,是']),
  );
  expect(new Set(of('o').map(({ metric }) => metric))).toEqual(new Set(['rouge-l']));
});

test('which answers are labels', () => {
  expect(closedAnswers([...'ABDABDABD'])).toEqual([...'ABCD']);
  expect(closedAnswers(['Yes', 'yes', 'No.', 'yes'])).toEqual(['yes', 'No']);
  expect(closedAnswers(['yes', 'yes', 'yes'])).toBeNull();
  expect(closedAnswers(['red', 'blue', 'red'])).toBeNull();
  expect(closedAnswers(['red', 'blue', 'red', 'blue', 'red', 'blue'])).toEqual(['red', 'blue']);
  expect(closedAnswers(many(40, (i) => `w${i % 7}`))).toBeNull();
  expect(closedAnswers(many(40, (i) => `${i % 2} ${'long '.repeat(10)}`))).toBeNull();
  expect(closedAnswers([])).toBeNull();
});

/** Rows of an exam: a question each, with its options. */
const exam = (name: string, count: number) =>
  many(count, (i) => ({
    ...{ qid: `${i + 1}`, qtext: `${name} ${i}`, ra: `${(i % 4) + 1}` },
    answers: many(4, (j) => ({ aid: j + 1, atext: `${name} ${i} ${j}` })),
  }));

test('rows that lie in groups are rows, each on its own line; what stands beside them is counted', async () => {
  const exams = {
    E2013: { name: 'E_2013', year: '2013', data: exam('a', 3) },
    E2014: { name: 'E_2014', year: '2014', data: exam('b', 2) },
  };
  const whole = { version: '1', language: 'en', exams };
  for (const space of [undefined, 1]) {
    const bytes = new TextEncoder().encode(JSON.stringify(whole, null, space));
    const { records, items, findings } = await everywhere(bytes, 'exams.json');
    expect(answersOf(records)).toEqual([...'ABCAB']);
    expect(items.map(({ metric }) => metric)).toEqual(many(5, () => 'accuracy'));
    const beside = findings.filter(({ code }) => code === 'beside-rows');
    expect(Object.fromEntries(beside.map(({ field, count }) => [field, count]))).toEqual({
      ...{ version: 1, language: 1, name: 2, year: 2 },
    });
    const text = new TextDecoder().decode(bytes).split('\n');
    // A line begins with the row; the first thing in it is its id.
    if (space === 1) {
      expect(records.map(({ line }) => text[line]?.trim())).toEqual(
        [1, 2, 3, 1, 2].map((id) => `"qid": "${id}",`),
      );
    }
  }
});

test('rows by key in groups by key, on one line or many', async () => {
  const set = (name: string) =>
    Object.fromEntries(
      many(3, (i) => [
        `${name}-${i}`,
        { question: `${name} ${i}`, options: { A: 'x', B: 'y' }, answer: 'AB'[i % 2] },
      ]),
    );
  for (const space of [undefined, 2]) {
    const bytes = new TextEncoder().encode(
      JSON.stringify({ medqa: set('m'), pubmedqa: set('p') }, null, space),
    );
    expect(answersOf((await everywhere(bytes, 'bench.json')).records)).toEqual([...'ABAABA']);
  }
});

test('a row with rows in it is a row where it says something itself', () => {
  const data = [{ instruction: 'i', output: 'o' }];
  const inside = (value: JsonValue) => groupIn(JSON.stringify(value), value);
  expect(inside({ year: '2013', data })?.rows.map(({ value }) => value)).toEqual(data);
  expect(inside({ remark: 'What is it about?', data })).toBeUndefined();
  expect(inside({ prompt: 'p', response: 'r', data })).toBeUndefined();
  expect(inside({ data: [{ a: 1 }] })).toBeUndefined();
});

test('names of public sets: a body with its ideal answer, a dialogue with its note, pairs with a label', async () => {
  const table =
    'ID,section_header,section_text,dialogue\n1,CC,Cough.,"Doctor: hi\nPatient: cough"\n';
  const cases: readonly (readonly [string, string, readonly string[]])[] = [
    [
      'bioasq.json',
      JSON.stringify({
        questions: [
          { body: 'Is it?', type: 'yesno', exact_answer: 'yes', ideal_answer: ['Yes, it is.'] },
          { body: 'Why?', type: 'summary', ideal_answer: ['Because.'] },
        ],
      }),
      ['Yes, it is.', 'Because.'],
    ],
    ['mts.csv', table, ['Cough.']],
    [
      'nli.jsonl',
      `${JSON.stringify({ sentence1: 'a', sentence2: 'b', gold_label: 'neutral' })}\n`,
      ['neutral'],
    ],
    [
      'live.jsonl',
      many(
        2,
        (i) =>
          `${JSON.stringify({ question: 'q', answers: [{ text: `Answer ${i}.`, url: 'u' }] })}\n`,
      ).join(''),
      ['Answer 0.', 'Answer 1.'],
    ],
  ];
  for (const [name, text, answers] of cases) {
    const { records, problems } = await everywhere(new TextEncoder().encode(text), name);
    expect(problems).toEqual([]);
    expect(answersOf(records)).toEqual(answers);
  }
});

test('codes of a classification are right or wrong, however seldom each is', async () => {
  expect(codedAnswers(['N39.0', 'I21.9', 'n39.0', 'A01AB03.'])).toEqual([
    'N39.0',
    'I21.9',
    'A01AB03',
  ]);
  expect(codedAnswers(['N39.0', 'N39.0'])).toBeNull();
  expect(codedAnswers(['N39.0', 'none'])).toBeNull();
  expect(codedAnswers(['42', '43'])).toBeNull();
  expect(codedAnswers([])).toBeNull();
  const rows = ['N39.0', 'I21.9', 'J18.9', 'K35.8'].map((response) => ({
    prompt: `Case ${response}`,
    response,
  }));
  const { items } = await everywhere(lines(rows));
  for (const { metric, choices } of items) {
    expect([metric, choices?.join()]).toEqual(['accuracy', 'N39.0,I21.9,J18.9,K35.8']);
  }
  const read = readAnswers(
    { task: 't', metric: 'accuracy', items },
    ['N39.0', 'J19.9\ufffdJ19.9\ufffd', 'The code is J18.9.', ''].map((text) => ({
      ...{ text, written: null, reference: null },
    })),
  );
  expect(read.map(({ given }) => given)).toEqual([['N39.0'], [''], ['J18.9'], ['']]);
});
