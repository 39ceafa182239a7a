import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Locator, Page } from '@playwright/test';
import { unzipSync } from 'fflate';
import {
  chooseModel,
  dropFiles,
  expect,
  fixture,
  fixtures,
  goTo,
  importRecipe,
  metricsOf,
  openStudio,
  runStatus,
  saved,
  smallRecipe,
  startTraining,
  stepsDone,
  tableRows,
  test,
  TRAINING_MS,
  waitForEnd,
} from './studio.ts';

/**
 * The whole path as a person goes it: files with faults in, both stages trained, a reload in the middle,
 * curves and experts as they were measured, two models in conversation, and the model taken along.
 */

/** Runs are named after their recipe; the second one of a recipe gets a number. */
const CUT_OFF = 'Small';
const WHOLE = 'Small 2';
const QUESTION = 'What does the heart do?';

type Row = Readonly<Record<string, string>>;

/** Everything that was computed in a run, digit by digit; only times are left out. */
function computed(rows: readonly Row[]): string[] {
  return rows.map((row) => {
    const { milliseconds: _time, ...rest } = row;
    return Object.values(rest).join(' ');
  });
}

function numbers(rows: readonly Row[], name: string): number[] {
  return rows.map((row) => Number(row[name]));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** Points of a path made of M and L commands. */
async function pathPoints(path: Locator): Promise<{ x: number; y: number }[]> {
  const outline = (await path.getAttribute('d')) ?? '';
  return [...outline.matchAll(/[ML](-?[\d.]+)[ ,](-?[\d.]+)/g)].map(([, x, y]) => ({
    x: Number(x),
    y: Number(y),
  }));
}

/**
 * A curve stands for its values when its points lie on one straight scale over them: the scale is taken
 * from the two extreme values, and every other point has to be where it puts it.
 */
function expectDrawn(drawn: readonly number[], values: readonly number[]): void {
  expect(drawn).toHaveLength(values.length);
  const low = values.indexOf(Math.min(...values));
  const high = values.indexOf(Math.max(...values));
  const [a = NaN, b = NaN] = [values[low], values[high]];
  const [from = NaN, to = NaN] = [drawn[low], drawn[high]];
  expect(b).toBeGreaterThan(a);
  expect(Math.abs(to - from)).toBeGreaterThan(10);
  values.forEach((value, i) => {
    const due = from + ((value - a) / (b - a)) * (to - from);
    expect(Math.abs((drawn[i] ?? NaN) - due), `point ${i}`).toBeLessThan(0.25);
  });
}

async function expectProblems(
  page: Page,
  set: string,
  expected: readonly (readonly [line: string, column: string, code: string])[],
): Promise<void> {
  await page.getByRole('button', { name: set, exact: true }).click();
  const table = page.getByRole('table', { name: `Lines of ${set} that were left out` });
  const rows = table.getByRole('row');
  // The head is one of them.
  await expect(rows).toHaveCount(expected.length + 1);
  await expect(table.getByText('…', { exact: true })).toHaveCount(0);
  const cells = await rows.evaluateAll((all) =>
    all.slice(1).map((row) => [...row.children].map(({ textContent }) => textContent)),
  );
  expect(cells.map(([, line, column, , code]) => [line, column, code])).toEqual(expected);
}

/** Asks both sides, and waits until both have answered. */
async function ask(page: Page, text: string): Promise<Locator> {
  const turns = page.getByRole('list', { name: 'Conversation', exact: true }).locator('> li');
  const before = await turns.count();
  await page.getByRole('textbox', { name: 'Prompt for both models' }).fill(text);
  await page.getByRole('button', { name: 'Send' }).click();
  await expect(turns).toHaveCount(before + 1);
  return turns.last().getByRole('article');
}

/**
 * Presses Stop as soon as an answer has its first tokens. The page itself does it: until a hand from outside is there,
 * the answer may have ended.
 */
async function stopAtFirstTokens(page: Page): Promise<void> {
  await page.evaluate(() => {
    const watcher = new MutationObserver(() => {
      const answer = document.querySelector('article[aria-busy="true"]');
      if (!/\d+ tokens?/.test(answer?.textContent ?? '')) return;
      const stop = [...document.querySelectorAll('button')].find(
        ({ textContent }) => textContent === 'Stop',
      );
      if (!stop) return;
      watcher.disconnect();
      stop.click();
    });
    watcher.observe(document.body, { subtree: true, childList: true, characterData: true });
  });
}

async function finished(replies: Locator): Promise<string[]> {
  await expect(replies).toHaveCount(2, { timeout: TRAINING_MS });
  for (const reply of await replies.all()) {
    await expect(reply).toHaveAttribute('aria-busy', 'false', { timeout: TRAINING_MS });
    await expect(reply).toContainText(/ended by itself|cut at the token limit/);
  }
  return replies.evaluateAll((articles) =>
    articles.map((article) => article.querySelector('[data-markdown]')?.textContent ?? ''),
  );
}

test('from files to a merged model that can be taken along', async ({ page }, info) => {
  await openStudio(page);

  await test.step('two files with bad lines: the good ones are kept, the others listed', async () => {
    await dropFiles(page, [await fixture(fixtures.knowledge), await fixture(fixtures.alignment)]);
    const sets = page.getByRole('table', { name: 'Data sets' });
    await expect(sets.locator('tbody tr')).toHaveCount(2);
    const rows = await tableRows(sets);
    // Train, name, kind, shape, records, how many teach little (counted later), left out.
    expect(rows.map((cells) => [cells[3], cells[4], cells[6]])).toEqual([
      ['alpaca', '24', '5 lines1 duplicate'],
      ['prompt–response', '20', '3 lines'],
    ]);
    await expect(
      page
        .getByRole('radiogroup', { name: 'Kind of body.alpaca' })
        .getByRole('radio', { checked: true }),
    ).toHaveText('Knowledge');
    await expect(
      page
        .getByRole('radiogroup', { name: 'Kind of children.prompt-response' })
        .getByRole('radio', { checked: true }),
    ).toHaveText('Alignment');
    await expectProblems(page, 'body.alpaca', [
      ['3', '81', 'broken-json'],
      ['8', '–', 'empty-response'],
      ['14', '26', 'invalid-utf8'],
      ['21', '–', 'not-an-object'],
      ['22', '–', 'duplicate'],
    ]);
    // Rows keep the physical line that they came from, past the lines that were left out.
    const records = page.getByRole('listbox', { name: 'Records of body.alpaca' });
    await expect(records.getByRole('option').nth(2)).toContainText('What is a fever?');
    await expect(records.getByRole('option').nth(2)).toContainText(/^4/);
    await expectProblems(page, 'children.prompt-response', [
      ['5', '–', 'wrong-type'],
      ['12', '–', 'unknown-shape'],
      ['23', '77', 'broken-json'],
    ]);
  });

  await test.step('the model, and what training will need', async () => {
    await chooseModel(page, 'Stories 260k');
    await importRecipe(page, smallRecipe());
    await goTo(page, 'Model');
    const plan = page.getByRole('table', { name: 'Planned bytes by item and stage' });
    await expect(plan).toContainText('Base weights');
    await expect(plan).toContainText('Activations');
    await expect(page.getByText(/Within the device’s limits\. Peak [\d.]+ MB\./)).toBeVisible();
    await goTo(page, 'Data');
    const rendered = page.getByRole('region', { name: 'Rendered record' });
    await expect(rendered.locator('mark').first()).toBeVisible();
    const answer = (await rendered.locator('mark').allTextContents()).join('');
    expect(answer).toContain('The child is sick.');
    expect(answer).not.toContain('Is the child sick or well?');
  });

  let planned = 0;
  await test.step('a reload in the middle of training; the run is offered and goes on', async () => {
    await goTo(page, 'Train');
    await startTraining(page);
    await expect(runStatus(page).getByText(/^stage 1, step [2-9]/)).toBeVisible({
      timeout: TRAINING_MS,
    });
    const bar = page.getByRole('progressbar', { name: 'Steps done' });
    planned = Number(await bar.getAttribute('aria-valuemax'));
    expect(await stepsDone(page)).toBeLessThan(planned);
    await page.reload();
    await goTo(page, 'Train');
    const notice = page.getByRole('status').filter({ hasText: 'was interrupted' });
    await expect(notice).toContainText(
      /“Small” was interrupted. It can go on from stage \d, step \d/,
    );
    await notice.getByRole('button', { name: 'Resume' }).click();
    await waitForEnd(page);
    expect(await stepsDone(page)).toBe(planned);
  });

  const resumed = await metricsOf(page, CUT_OFF);
  const steps = resumed.filter(({ kind }) => kind === 'step');
  const first = steps.filter(({ stage }) => stage === '1');
  const second = steps.filter(({ stage }) => stage === '2');

  await test.step('curves stand for what was measured', async () => {
    expect(steps).toHaveLength(planned);
    // 40 records of both kinds and then 18 of alignment, 4 a step.
    expect([first.length, second.length]).toEqual([10, 5]);
    await goTo(page, 'Train');
    await page.getByRole('radio', { name: 'Runs' }).click();
    const chart = page.getByRole('figure', { name: /^Loss/ });
    const raw = chart.locator('path[data-line="raw"]');
    await expect.poll(async () => (await pathPoints(raw)).length).toBe(steps.length);
    const points = await pathPoints(raw);
    expectDrawn(
      points.map(({ y }) => -y),
      numbers(steps, 'nll'),
    );
    expectDrawn(
      points.map(({ x }) => x),
      steps.map((_, i) => i),
    );
    const smoothed = await pathPoints(chart.locator('path[data-line="drawn"]'));
    expect(smoothed).toHaveLength(steps.length);
    const rate = page
      .getByRole('figure', { name: 'Learning rate' })
      .locator('path[data-line="drawn"]');
    expectDrawn(
      (await pathPoints(rate)).map(({ y }) => -y),
      numbers(steps, 'learning_rate'),
    );
    const orthogonal = page
      .getByRole('figure', { name: /^Orthogonal/ })
      .locator('path[data-line="drawn"]');
    expectDrawn(
      (await pathPoints(orthogonal)).map(({ y }) => -y),
      numbers(second, 'orthogonal'),
    );
    await expect(chart.locator('[data-value]')).toHaveText(
      Number(steps.at(-1)?.['nll']).toFixed(3),
    );
    const weights = await tableRows(
      page.getByRole('table', { name: 'Validation loss by model state' }),
    );
    const points1 = resumed.filter(({ kind }) => kind === 'validation');
    expect(weights.map(([, , , knowledge, alignment]) => [knowledge, alignment])).toEqual(
      points1.map((row) => [
        Number(row['knowledge_nll']).toFixed(4),
        Number(row['alignment_nll']).toFixed(4),
      ]),
    );
    // Something was learnt.
    const nll = numbers(first, 'nll');
    expect(sum(nll.slice(-3))).toBeLessThan(sum(nll.slice(0, 3)));
  });

  await test.step('the heatmap counts every token that trained, also across the reload', async () => {
    await goTo(page, 'Experts');
    // One decision per token and linear: 5 layers with gate, up and down.
    const decisions = sum(numbers(first, 'tokens')) * 5 * 3;
    await expect(
      page.getByText(`${decisions.toLocaleString('en-US')} decisions`, { exact: true }),
    ).toBeVisible();
    await page.getByText('Pairs as a table').click();
    const pairs = await tableRows(
      page.getByRole('table', { name: 'Pairs of experts, most frequent first' }),
    );
    // Four experts make six pairs; with K = 2 every decision is one pair.
    expect(pairs).toHaveLength(6);
    const times = pairs.map(([, , count = '']) => Number(count.replaceAll(',', '')));
    expect(sum(times)).toBe(decisions);
    expect(times).toEqual(times.toSorted((a, b) => b - a));
    const grid = page.getByRole('grid', { name: 'Share of decisions by pair of experts' });
    for (const [pair = '', , count = ''] of pairs) {
      const share = (Number(count.replaceAll(',', '')) / decisions) * 100;
      await expect(
        grid.getByRole('gridcell', { name: `Experts ${pair}: ${share.toFixed(1)}%` }),
      ).toBeVisible();
    }
    // The load of the experts: K of them per decision.
    const load = await tableRows(
      page.getByRole('table', { name: 'Load and mean weight by expert' }),
    );
    const chosen = sum(load.map(([, , share = '']) => Number.parseFloat(share)));
    expect(Math.abs(chosen - 200)).toBeLessThan(0.5);

    await page.getByRole('textbox', { name: 'Text' }).fill('Lily saw a big dog.');
    await page.getByRole('button', { name: 'Show the experts' }).click();
    const tokens = page.getByRole('list', { name: 'Tokens with their experts' });
    await expect(tokens.getByRole('button').first()).toBeVisible({ timeout: TRAINING_MS });
    for (const token of await tokens.getByRole('button').all()) {
      const weights = [...(await token.innerText()).matchAll(/0\.\d\d|1\.00/g)].map(Number);
      expect(weights).toHaveLength(2);
      expect(Math.abs(sum(weights) - 1)).toBeLessThan(0.011);
    }
  });

  await test.step('the same run without a break gives the same numbers to the last bit', async () => {
    await goTo(page, 'Train');
    await page.getByRole('radio', { name: 'Set up' }).click();
    await startTraining(page);
    await expect(runStatus(page)).toContainText(WHOLE);
    // The page is free for other things while it trains, and training does not wait for the page.
    await goTo(page, 'Data');
    await page.getByRole('button', { name: 'Next record' }).click();
    await expect(page.getByText('2 of 20')).toBeVisible();
    await goTo(page, 'Train');
    await waitForEnd(page);
    expect(computed(await metricsOf(page, WHOLE))).toEqual(computed(resumed));
  });

  await test.step('the merged model beside the base: streams, and stops when told', async () => {
    await goTo(page, 'Chat');
    await expect(page.getByText('Not for clinical use')).toBeVisible();
    const left = page.getByRole('combobox', { name: 'Left model' });
    const right = page.getByRole('combobox', { name: 'Right model' });
    await left.selectOption({ label: 'Base · Stories 260k' });
    await right.selectOption({ label: `Merged · ${WHOLE}` });
    // As many as the context holds: a short answer would be there before it could be stopped.
    await page.getByRole('textbox', { name: 'Maximum tokens' }).fill('480');
    await stopAtFirstTokens(page);
    const replies = await ask(page, QUESTION);
    await expect(replies.first()).toContainText('stopped', { timeout: TRAINING_MS });
    await expect(page.getByRole('button', { name: 'Send' })).toBeVisible();
  });

  const folder = info.outputPath('exported');
  await test.step('export, save, and bring the folder in as a new model', async () => {
    await goTo(page, 'Export');
    await expect(page.getByText('Not for clinical use. Answers may be wrong.')).toBeVisible();
    await page.getByRole('button', { name: 'Build merged model' }).click();
    const button = page.getByRole('button', { name: 'Save merged model' });
    await expect(button).toBeVisible({ timeout: TRAINING_MS });
    const { name, bytes } = await saved(page, button);
    expect(name).toBe('Small-2.zip');
    const files = Object.entries(unzipSync(new Uint8Array(bytes)));
    expect(files.map(([path]) => path.slice(path.indexOf('/') + 1)).sort()).toEqual([
      'README.md',
      'config.json',
      'generation_config.json',
      'model.safetensors',
      'recipe.json',
      'tokenizer.json',
      'tokenizer_config.json',
    ]);
    for (const [path, content] of files) {
      const file = join(folder, path.slice(path.indexOf('/') + 1));
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, content);
    }
    await goTo(page, 'Model');
    await page.getByLabel('Choose a model folder').setInputFiles(folder);
    await expect(page.getByRole('radio', { name: 'exported' })).toBeChecked();
  });

  await test.step('the imported folder says what the merged model says, token by token', async () => {
    await goTo(page, 'Chat');
    await page.getByRole('button', { name: 'New conversation' }).click();
    await page
      .getByRole('combobox', { name: 'Left model' })
      .selectOption({ label: 'Base · exported' });
    await page
      .getByRole('combobox', { name: 'Right model' })
      .selectOption({ label: `Merged · ${WHOLE}` });
    await page.getByRole('slider', { name: 'Temperature' }).press('Home');
    await page.getByRole('slider', { name: 'Repetition penalty' }).press('Home');
    await page.getByRole('textbox', { name: 'Maximum tokens' }).fill('48');
    const [imported = '', merged = ''] = await finished(await ask(page, QUESTION));
    expect(imported.length).toBeGreaterThan(10);
    expect(imported).toBe(merged);
    // It is not the base model that was taken along.
    await page
      .getByRole('combobox', { name: 'Left model' })
      .selectOption({ label: 'Base · Stories 260k' });
    await page.getByRole('button', { name: 'New conversation' }).click();
    const [base] = await finished(await ask(page, QUESTION));
    expect(base).not.toBe(merged);
  });
});
