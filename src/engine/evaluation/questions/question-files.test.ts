/** Files of an evaluation read together: those of lm-eval's tasks by their splits, others each alone. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readQuestionFiles, type QuestionFile, type ReadFiles } from './question-files.ts';

const FOLDER = 'test/fixtures/lm-eval/data';

function fileOf(
  path: string,
  bytes = new Uint8Array(readFileSync(`${FOLDER}/${path}`)),
): QuestionFile {
  return { chunks: () => [bytes], name: path.split('/').at(-1) ?? path, path };
}

const text = (path: string, rows: readonly object[]): QuestionFile =>
  fileOf(path, new TextEncoder().encode(rows.map((row) => `${JSON.stringify(row)}\n`).join('')));

const medmcqa = (cop: number) => ({
  ...{ question: 'Which?', opa: 'a', opb: 'b', opc: 'c', opd: 'd', cop, id: `${cop}` },
  subject_name: 'Anatomy',
});

test('the split that lm-eval asks is asked, with examples from the split that it takes them from', async () => {
  const files = ['train', 'dev', 'test'].map((split) => fileOf(`medqa/${split}.json`));
  const { items, known } = await readQuestionFiles(files, { shots: 2 });
  expect(known.map(({ split, role, rows, shots }) => [split, role, rows, shots])).toEqual([
    ['train', 'examples', 14, 2],
    ['validation', 'unused', 14, 2],
    ['test', 'asked', 14, 2],
  ]);
  expect(items).toHaveLength(14);
  expect(items[0]?.prompt.match(/^Question: /gm)).toHaveLength(3);
  expect(items[0]?.harness?.question.match(/^Question: /gm)).toHaveLength(1);
});

test('examples alone are asked; without their split there are none', async () => {
  const [train, test] = [fileOf('medqa/train.json'), fileOf('medqa/test.json')];
  const alone = await readQuestionFiles([train], {});
  expect(alone.known).toMatchObject([{ role: 'asked', examples: 'train' }]);
  const without = await readQuestionFiles([test], { shots: 5 });
  expect(without.known).toMatchObject([{ role: 'asked', shots: 0 }]);
});

test('Parquet is read, also where it belongs to no task', async () => {
  const path = 'medmcqa/validation-00000-of-00001.parquet';
  const { items, leftOut } = await readQuestionFiles([fileOf(path)], { known: 'studio' });
  expect(leftOut).toEqual([]);
  expect(items).toHaveLength(14);
  expect(items[0]).toMatchObject({ metric: 'accuracy', choices: ['A', 'B', 'C', 'D'] });
  expect(items[0]?.harness).toBeUndefined();
  expect(items[0]?.task).toBe('Surgery');
});

test('HEAD-QA packed with Zstandard, its answers as two lists, is known', async () => {
  const packed = new Uint8Array(
    readFileSync('test/fixtures/lm-eval/packed/headqa-es-train.parquet'),
  );
  const { items, leftOut, known } = await readQuestionFiles(
    [fileOf('headqa/es/train-00000-of-00001.parquet', packed)],
    {},
  );
  expect(known).toMatchObject([{ task: 'headqa_es', split: 'train', rows: 8 }]);
  expect(leftOut).toEqual([]);
  expect(items.map(({ answer }) => answer).slice(0, 4)).toEqual(['A', 'B', 'C', 'D']);
  expect(items[0]?.harness?.options[2]).toBe('Can be added.');
});

test("PubMedQA's own file, an object with one entry for each paper, is known", async () => {
  const paper = (decision: string) => ({
    ...{ QUESTION: 'Does it work?', CONTEXTS: ['One.', 'Two.'], LABELS: ['RESULTS', 'METHODS'] },
    ...{ YEAR: '2011', final_decision: decision, LONG_ANSWER: 'It works.' },
  });
  const papers = { 21645374: paper('yes'), 16418930: paper('maybe') };
  const bytes = new TextEncoder().encode(JSON.stringify(papers, null, 4));
  const { items, known } = await readQuestionFiles([fileOf('test_set.json', bytes)], {});
  expect(known).toMatchObject([{ task: 'pubmedqa', split: 'test', rows: 2 }]);
  expect(items.map(({ answer }) => answer).sort()).toEqual(['A', 'C']);
});

/** The whole of PubMedQA in small, as its repository has it. */
const papersOf = (count: number): string =>
  `{${Array.from({ length: count }, (_, i) => {
    const decision = ['yes', 'yes', 'no', 'yes', 'maybe'][i % 5];
    const paper = { QUESTION: `Does ${i} work?`, CONTEXTS: ['a'], final_decision: decision };
    return `"${9000 - 7 * i}": ${JSON.stringify(paper)}`;
  }).join(',\n')}}`;

const numbersIn = (texts: readonly string[]): number[] =>
  texts.map((one) => Number(/Does (\d+) work\?\nAnswer:$/.exec(one)?.[1]));

/** Which papers the authors' split_dataset.py makes the test set of the same 121 papers, in its order. */
const TEST_SET = [
  ...[45, 36, 73, 58, 50, 35, 6, 118, 31, 15, 113, 105, 56, 26, 110, 65, 10, 80, 106, 30, 13, 53],
  ...[21, 96, 95, 61, 75, 101, 63, 85, 103, 108, 55, 8, 88, 81, 42, 92, 62, 32, 52, 107, 102, 87],
  ...[47, 17, 77, 82, 114, 4, 74, 84, 24, 94, 14, 79, 44, 99, 9, 29, 28],
];
/** The same of the training set of fold 0. */
const TRAINING_SET = [
  ...[48, 3, 23, 18, 72, 112, 109, 98, 20, 90, 7, 67, 59, 89, 1, 5, 40, 22, 57, 34, 49, 66, 0, 68],
  ...[51, 37, 27, 39, 120, 93, 78, 97, 117, 69, 104, 33, 86, 76, 46, 25, 115, 111, 70, 83, 2, 119],
  ...[60, 116, 54, 38, 100, 43, 71],
];

test('PubMedQA whole is divided as its authors divide it: the test set is asked, with examples', async () => {
  const bytes = new TextEncoder().encode(papersOf(121));
  const whole = fileOf('data/ori_pqal.json', bytes);
  const { items, known } = await readQuestionFiles([whole], { shots: 53 });
  expect(known).toMatchObject([{ split: 'test', role: 'asked', rows: 61, whole: 121, shots: 53 }]);
  expect(numbersIn(items.map(({ prompt }) => prompt))).toEqual(TEST_SET);
  // All of the training set stands above each question, in an order of its own.
  const first = [...(items[0]?.prompt.matchAll(/Does (\d+) work/g) ?? [])].map(([, n]) =>
    Number(n),
  );
  expect(first.slice(0, -1).sort()).toEqual(TRAINING_SET.toSorted());
  // A file of examples that is added comes before those of the whole.
  const train = fileOf('train_set.json', new TextEncoder().encode(papersOf(3)));
  const both = await readQuestionFiles([whole, train], { shots: 5 });
  expect(both.known.map(({ role, shots }) => [role, shots])).toEqual([
    ['asked', 3],
    ['examples', 3],
  ]);
});

test('PubMedQA is asked as it is where its name, or a row, does not bear the division out', async () => {
  const named = (path: string, papers: string): Promise<ReadFiles> =>
    readQuestionFiles([fileOf(path, new TextEncoder().encode(papers))], {});
  const other = await named('pqal.json', papersOf(121));
  expect(other.known).toMatchObject([{ split: null, role: 'asked', rows: 121, whole: 121 }]);
  const broken = await named('ori_pqal.json', papersOf(121).replace('"no"', '"perhaps"'));
  expect(broken.known).toMatchObject([{ split: null, rows: 120, whole: 120 }]);
  expect(broken.leftOut).toMatchObject([{ code: 'answer-no-choice', field: 'final_decision' }]);
});

const medqa = (letter: string, more: object = {}) => ({
  ...{ question: 'Which sign is first?', answer: 'unused', meta_info: 'step2&3' },
  ...{ options: { A: 'Fever', B: 'Rash', C: 'Cough', D: 'Pain' }, answer_idx: letter },
  ...{ metamap_phrases: ['sign'], ...more },
});

test("MedQA's own files are known, and their examples", async () => {
  const train = ['C', 'A'].map((letter) => medqa(letter));
  const rows = [medqa('B'), medqa('E'), medqa('D', { meta_info: 'stfep1' }), medqa('A')];
  const { items, known, leftOut } = await readQuestionFiles(
    [
      text('phrases_no_exclude_train.jsonl', train),
      text('phrases_no_exclude_test.jsonl', [...rows, medqa('A', { options: { A: 'Fever' } })]),
    ],
    { shots: 1 },
  );
  expect(known.map(({ task, split, role }) => [task, split, role])).toEqual([
    ['medqa_4options', 'train', 'examples'],
    ['medqa_4options', 'test', 'asked'],
  ]);
  const asked = 'Question: Which sign is first?\nA. Fever\nB. Rash\nC. Cough\nD. Pain\nAnswer:';
  expect(items.map(({ harness }) => harness?.question)).toEqual([asked, asked, asked]);
  expect(items[0]?.prompt).toMatch(/Answer: [AC]\n\nQuestion: /);
  expect(items.map(({ answer }) => answer)).toEqual(['B', 'D', 'A']);
  expect(leftOut.map(({ line, code, field }) => [line, code, field])).toEqual([
    [2, 'answer-no-choice', 'answer_idx'],
    [5, 'missing-field', 'B'],
  ]);
});

test.each([
  ['with five options', { options: { A: 'a', B: 'b', C: 'c', D: 'd', E: 'e' } }],
  ['of another country', { meta_info: 'taiwanese_test_Q' }],
])('MedQA %s is read as any other file', async (_, more) => {
  const { items, known } = await readQuestionFiles(
    [
      text(
        'test.jsonl',
        ['A', 'B', 'C'].map((letter) => medqa(letter, more)),
      ),
    ],
    {},
  );
  expect(known).toEqual([]);
  expect(items.map(({ answer }) => answer)).toEqual(['A', 'B', 'C']);
});

test("MedMCQA's own files count the options from 1", async () => {
  const own = await readQuestionFiles([text('dev.json', [1, 2, 4].map(medmcqa))], {});
  expect(own.items.map(({ answer, subject }) => [answer, subject])).toEqual([
    ['A', 'Anatomy'],
    ['B', 'Anatomy'],
    ['D', 'Anatomy'],
  ]);
  const published = await readQuestionFiles([text('dev.json', [0, 2, 3].map(medmcqa))], {});
  expect(published.items.map(({ answer }) => answer)).toEqual(['A', 'C', 'D']);
});

test('a row without an answer, or with another type, costs only itself', async () => {
  const rows = [0, -1, 7, 3].map(medmcqa);
  const { items, leftOut } = await readQuestionFiles(
    [text('x.jsonl', [...rows, { ...medmcqa(1), opa: ['a'] }])],
    {},
  );
  expect(items).toHaveLength(2);
  expect(leftOut.map(({ line, code, field }) => [line, code, field])).toEqual([
    [2, 'answer-no-choice', 'cop'],
    [3, 'answer-no-choice', 'cop'],
    [5, 'wrong-type', 'opa'],
  ]);
});

test('a file of a subject that is not medical is read as any other', async () => {
  const exam = { Question: '问？', A: '甲', B: '乙', C: '丙', D: '丁', Answer: 'A' };
  const { known } = await readQuestionFiles([text('test/astronomy.jsonl', [exam])], {});
  expect(known).toEqual([]);
});
