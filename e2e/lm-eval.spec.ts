/**
 * lm-eval's tasks as a person brings them: files as their hubs publish them, asked as lm-eval asks them, and results that
 * agree with its own; and answers by chain of thought, with the words that decided.
 */
import { readFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import { expectLooks } from './appearance.ts';
import {
  askOnly,
  chooseModel,
  expect,
  goTo,
  openStudio,
  saved,
  test,
  textFile,
  type SomeFile,
} from './studio.ts';

const FOLDER = 'test/fixtures/lm-eval';

async function published(path: string, name = path.split('/').at(-1) ?? path): Promise<SomeFile> {
  return { name, bytes: await readFile(`${FOLDER}/data/${path}`) };
}

interface Scored {
  readonly task: string;
  readonly shots: number;
  readonly items: readonly { readonly lls: readonly number[]; readonly acc: number }[];
}

async function scoredByHarness(): Promise<Scored[]> {
  const text = gunzipSync(await readFile(`${FOLDER}/medcare-nano.jsonl.gz`)).toString('utf8');
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Scored);
}

interface Exported {
  readonly results: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly samples: Readonly<
    Record<string, readonly { readonly acc: number; readonly resps: [[number, null]][] }[]>
  >;
}

test('files of two tasks are recognised, and their likelihoods agree with those of lm-eval', async ({
  page,
}) => {
  await openStudio(page);
  await chooseModel(page, 'MedCare nano');
  await goTo(page, 'Evaluate');
  const files = await askOnly(page, [
    await published('headqa/es/test-00000-of-00001.parquet'),
    await published('cmmlu/test/genetics.csv', 'test/genetics.csv'),
    await published('cmmlu/dev/genetics.csv', 'dev/genetics.csv'),
  ]);
  await expect(files.getByText('Asked as lm-eval’s headqa_es: 8 questions')).toBeVisible();
  await expect(files.getByText('Asked as lm-eval’s cmmlu_genetics: 6 questions')).toBeVisible();
  await expect(files.getByText(/^Split dev of lm-eval’s cmmlu_genetics/)).toBeVisible();
  const shots = files.getByRole('textbox', { name: 'Examples above each question' });
  await shots.fill('3');
  await shots.blur();
  await expect(files.getByText(/^Examples come from the file of the split train/)).toBeVisible();
  const most = files.getByRole('textbox', { name: 'Maximum questions in all' });
  await most.fill('6');
  await most.blur();
  await page.getByRole('button', { name: 'Measure 1 model state' }).click();

  const table = page.getByRole('table', { name: 'Scores by task and model state' });
  await expect(table.getByRole('row', { name: /headqa_es/ })).toContainText('no examples');
  await expect(table.getByRole('row', { name: /headqa_es/ })).toContainText('acc_norm');
  await expect(table.getByRole('row', { name: /cmmlu_genetics/ })).toContainText('3 examples');
  await expectLooks(page, 'lm-eval');

  const { bytes } = await saved(page, page.getByRole('button', { name: 'Results for lm-eval' }));
  const own = JSON.parse(bytes.toString('utf8')) as Exported;
  for (const [task, examples] of [
    ['headqa_es', 0],
    ['cmmlu_genetics', 3],
  ] as const) {
    const due = (await scoredByHarness()).find(
      (one) => one.task === task && one.shots === examples,
    );
    expect(own.results[task]).toMatchObject({ alias: task, sample_len: 3 });
    for (const [place, { lls, acc }] of (due?.items ?? []).slice(0, 3).entries()) {
      const sample = own.samples[task]?.[place];
      expect(sample?.acc).toBe(acc);
      for (const [option, ll] of lls.entries()) {
        const error = Math.abs((sample?.resps[option]?.[0][0] ?? Number.NaN) - ll);
        expect(error).toBeLessThanOrEqual(1e-4);
      }
    }
  }
});

test('by chain of thought, every answer says what was asked and how it was read', async ({
  page,
}) => {
  await openStudio(page);
  await chooseModel(page, 'Stories 260k');
  await goTo(page, 'Evaluate');
  const question = {
    ...{ task: 'exam', kind: 'knowledge', metric: 'accuracy', choices: ['A', 'B'], answer: 'A' },
    prompt: 'What pumps blood?\nA. The heart\nB. The knee',
  };
  const files = await askOnly(page, [textFile('own.jsonl', JSON.stringify(question))]);
  await files
    .getByRole('combobox', { name: 'Multiple choice is decided by' })
    .selectOption({ label: 'Chain of thought' });
  const longest = files.getByRole('textbox', { name: /Longest written answer/ });
  await longest.fill('16');
  await longest.blur();
  await page.getByRole('button', { name: 'Measure 1 model state' }).click();
  const answers = page.getByRole('region', { name: 'Best and worst answers' });
  await answers.getByText('Question 1', { exact: true }).click();
  await expect(answers.getByText(/Think step by step/)).toBeVisible();
  await expect(answers.getByText(/^Nothing was read: no option is named/)).toBeVisible();
});
