/**
 * Evaluate as a person uses it: own questions in one file, a grid of two recipes cut off by a reload and
 * resumed, its table, and the two results compared and looked into, all on the real engine.
 */
import type { Page } from '@playwright/test';
import { expectAccessible, expectNoOverflow } from './appearance.ts';
import {
  askOnly,
  chooseModel,
  dropFiles,
  expect,
  fixture,
  fixtures,
  goTo,
  importRecipe,
  openStudio,
  pauseRun,
  saved,
  shortRecipe,
  smallRecipe,
  type SomeFile,
  startTraining,
  tableRows,
  test,
  textFile,
  TRAINING_MS,
  viewRuns,
  waitForEnd,
} from './studio.ts';

const questions = [
  {
    ...{ task: 'exam', kind: 'knowledge', metric: 'accuracy', choices: ['A', 'B'], answer: 'A' },
    prompt: 'What pumps blood?\nA. The heart\nB. The knee',
  },
  {
    ...{ task: 'exam', kind: 'knowledge', metric: 'accuracy', choices: ['A', 'B'], answer: 'B' },
    prompt: 'What breathes?\nA. The foot\nB. The lung',
  },
  {
    ...{ task_dataset: 'KUAKE-QQR', input: '咳嗽怎么办 / 咳嗽如何处理', target: '完全一致' },
    answer_choices: ['完全一致', '语义无直接关联'],
  },
];
/** Rows that are left out: one lacks what a question needs, one has no answer. */
const leftOut = [{ task: 'exam' }, { ...questions[2], target: '', answer_choices: null }];
/** As PromptCBLUE's own files may be: one object right after the other. */
const file = textFile(
  'own.jsonl',
  [...questions, ...leftOut].map((item) => JSON.stringify(item)).join(''),
);

/** What the models of a run were told before every question. */
const TOLD = 'Answer in one short sentence.';

async function showGrid(page: Page): Promise<void> {
  await goTo(page, 'Evaluate');
  await page.getByRole('radio', { name: 'Ablation grid' }).click();
}

test('a grid of recipes goes on after a reload, and its results are compared item by item', async ({
  page,
}) => {
  await openStudio(page);
  await dropFiles(page, [await fixture(fixtures.knowledge), await fixture(fixtures.alignment)]);
  await chooseModel(page, 'Stories 260k');
  await importRecipe(
    page,
    smallRecipe({ batch: { records: 20, microBatchTokens: 256, maxLength: 128 } }),
  );

  await goTo(page, 'Evaluate');
  const files = await askOnly(page, [file]);
  await files.getByRole('combobox', { name: 'Multiple choice is decided by' }).selectOption({
    label: 'Generated answer',
  });
  await files.getByRole('checkbox', { name: /Perplexity/ }).check();

  await page.getByRole('radio', { name: 'Ablation grid' }).click();
  await page.getByRole('button', { name: 'No recipe' }).click();
  await page.getByRole('checkbox', { name: 'Base model' }).check();
  await page.getByRole('checkbox', { name: 'MKA, NA dropped (w/o DA)' }).check();
  await page.getByRole('button', { name: 'Start 2 recipes' }).click();
  const cells = page.getByRole('table', { name: 'Recipes of this grid' });
  const base = cells.getByRole('row', { name: 'Base model' });
  await expect(base.getByText('done')).toBeVisible({ timeout: TRAINING_MS });

  await test.step('a reload keeps what is measured, and the rest goes on', async () => {
    await page.reload();
    await showGrid(page);
    await expect(base.getByText('done')).toBeVisible();
    await page.getByRole('button', { name: 'Continue the grid' }).click();
    await expect(page.getByText('2 of 2 done')).toBeVisible({ timeout: TRAINING_MS });
    const table = page.getByRole('table', { name: /^Table 3/ });
    const rows = await tableRows(table);
    expect(rows.map(([name]) => name)).toEqual(['Base model', 'MKA, NA dropped (w/o DA)']);
    for (const [, ...scores] of rows) {
      // Task and average of either kind, each with its interval.
      expect(scores).toHaveLength(4);
      for (const score of scores) expect(score).toMatch(/^\d+\.\d%\d+\.\d–\d+\.\d$/);
    }
    await expectAccessible(page, 'the grid');
    await expectNoOverflow(page, 'the grid');
  });

  await test.step('results side by side, compared and looked into', async () => {
    await page.getByRole('radio', { name: 'Model states' }).click();
    const results = page.getByRole('table', { name: 'Scores by task and model state' });
    const rows = await tableRows(results);
    expect(rows.map(([task]) => task)).toEqual([
      ...['exam', 'Knowledge average', 'KUAKE-QQR', 'Alignment average'],
    ]);
    expect(rows[0]?.[1]).toContain('by generated answer');
    expect(rows[0]?.[1]).toContain('answers up to 128 tokens');
    // What was measured tells how long the same questions take again.
    await dropFiles(page, [file]);
    await expect(files.getByText(/^3 questions × 1 model state ≈ \d.* as earlier/)).toBeVisible();
    expect(rows[2]?.[2]).toMatch(/form \d+%perplexity \d/);
    await page.getByText('2 rows of the files were left out').click();
    const out = await tableRows(page.getByRole('table', { name: 'Rows that were left out' }));
    expect(out.map(([, place, at]) => [place, at])).toEqual([
      ['line 1', 'kind, metric, prompt'],
      ['line 1', 'target'],
    ]);
    const compared = page.getByRole('table', { name: 'Paired comparison by task' });
    await expect(compared.getByRole('row', { name: /exam/ })).toContainText(
      /points.*p 1No difference visible on 2 questions\./,
    );
    const samples = page.getByRole('region', { name: 'Best and worst answers' });
    await samples.getByRole('combobox', { name: 'Task' }).selectOption('KUAKE-QQR');
    await samples.getByText('Question 3').click();
    await expect(samples.getByText('完全一致').first()).toBeVisible();
    const answers = await saved(page, page.getByRole('button', { name: 'Answers as JSONL' }));
    const lines = answers.bytes.toString('utf8').trim().split('\n');
    expect(lines).toHaveLength(6);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ task: 'exam', wanted: ['A'] });
    await expectAccessible(page, 'results');
    await expectNoOverflow(page, 'results');
  });
});

/** The fixture's questions with what the model is told before each of them. */
async function toldFile(): Promise<SomeFile> {
  const { bytes } = await fixture(fixtures.alignment);
  const rows = new TextDecoder().decode(bytes).trim().split('\n');
  const told = rows.slice(0, 12).map((row) => {
    const { prompt, response } = JSON.parse(row) as { prompt: string; response: string };
    return {
      messages: [
        { role: 'system', content: TOLD },
        { role: 'user', content: prompt },
        { role: 'assistant', content: response },
      ],
    };
  });
  return textFile('told.jsonl', told.map((row) => JSON.stringify(row)).join('\n'));
}

test('a grid waits in the queue behind a training run, and goes on after it; Chat tells its models what they were told in training', async ({
  page,
}) => {
  await openStudio(page);
  await dropFiles(page, [await fixture(fixtures.knowledge), await toldFile()]);
  const kind = page.getByRole('radiogroup', { name: 'Kind of told' });
  await kind.getByRole('radio', { name: 'Alignment' }).click();
  await chooseModel(page, 'Stories 260k');
  await importRecipe(page, shortRecipe());
  await startTraining(page);
  // At rest, the run keeps its place before the grid for as long as this takes.
  await pauseRun(page);

  await goTo(page, 'Evaluate');
  await askOnly(page, [file]);
  await page.getByRole('radio', { name: 'Ablation grid' }).click();
  await page.getByRole('button', { name: 'No recipe' }).click();
  await page.getByRole('checkbox', { name: 'Base model' }).check();
  await page.getByRole('checkbox', { name: 'MKA, NA dropped (w/o DA)' }).check();
  await page.getByRole('button', { name: 'Start 2 recipes' }).click();
  const queue = page.getByRole('list', { name: 'What waits for the device, in its order' });
  await expect(queue.getByRole('listitem')).toHaveCount(1);
  const cells = page.getByRole('table', { name: 'Recipes of this grid' });
  await expect(cells.getByText('waiting', { exact: true })).toHaveCount(2);

  await viewRuns(page);
  await page.getByRole('button', { name: 'Resume', exact: true }).click();
  await waitForEnd(page);
  // Nobody presses anything: the grid begins by itself and trains its own run.
  await showGrid(page);
  await expect(queue).toHaveCount(0, { timeout: TRAINING_MS });
  await expect(page.getByText('2 of 2 done')).toBeVisible({ timeout: TRAINING_MS });
  await expect(cells.getByText('done', { exact: true })).toHaveCount(2);
  await viewRuns(page);
  await expect(page.getByRole('row', { name: /^Compare Small Small .*done/ })).toBeVisible();
  await expect(page.getByRole('row', { name: /MKA, NA dropped .* done/ })).toBeVisible();

  await test.step('the system prompt of the training stands in Chat, and one of one’s own is kept', async () => {
    await goTo(page, 'Chat');
    const system = page.getByRole('textbox', { name: 'System prompt' });
    await expect(system).toHaveValue(TOLD);
    await expect(page.getByText(/^From the training of .*\(told\)/)).toBeVisible();
    await expect(page.getByRole('button', { name: /^told: / })).toBeVisible();
    await system.fill('Be kind.');
    await expect(page.getByText('Your own text stays.', { exact: false })).toBeVisible();
    await page.reload();
    await expect(system).toHaveValue('Be kind.');
    await page.getByRole('button', { name: 'Use this one instead' }).click();
    await expect(system).toHaveValue(TOLD);
    // A base model alone was told nothing.
    await page.getByRole('combobox', { name: 'Right model' }).selectOption({ label: 'none' });
    await expect(system).toHaveValue('');
  });
});
