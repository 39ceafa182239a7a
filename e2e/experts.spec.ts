import type { Page } from '@playwright/test';
import { expectAccessible, expectNoOverflow, PHONE, WIDE } from './appearance.ts';
import { runArchive } from './run-archive.ts';
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
  saved,
  smallRecipe,
  startTraining,
  tableRows,
  test,
  TRAINING_MS,
  waitForEnd,
} from './studio.ts';

/**
 * The experts page on a small run: figure 4 with every pair scored, files of the figures, growth that agrees
 * with the loss that was trained, a record token by token, and all of it in both languages.
 */

/** Ranks from 1, ties by their mean: written here once more, to check the page by. */
function ranks(values: readonly number[]): number[] {
  return values.map((value) => {
    const below = values.filter((other) => other < value).length;
    const equal = values.filter((other) => other === value).length;
    return below + (equal + 1) / 2;
  });
}

function correlation(x: readonly number[], y: readonly number[]): number {
  const mean = (all: readonly number[]) => all.reduce((a, b) => a + b, 0) / all.length;
  const [mx, my] = [mean(x), mean(y)];
  const products = (a: readonly number[], ma: number, b: readonly number[], mb: number) =>
    a.reduce((sum, value, i) => sum + (value - ma) * ((b[i] ?? 0) - mb), 0);
  return products(x, mx, y, my) / Math.sqrt(products(x, mx, x, mx) * products(y, my, y, my));
}

async function csvOf(page: Page, button: string): Promise<string[][]> {
  const { bytes } = await saved(page, page.getByRole('button', { name: button }));
  const text = bytes.toString('utf8').replace('\ufeff', '').trim();
  return text.split('\r\n').map((line) => line.split(','));
}

/** What is seen of a state under the slider. */
interface StageSeen {
  /** Shares of the options in per cent, here and in the state before. */
  readonly shares: readonly number[];
  readonly before: readonly number[];
  readonly experts: number;
}

const STAGES = ['Base', 'Stage 1 with NA', 'Stage 1 without NA', 'Stage 2, unmerged', 'Merged'];

/** The shares that an option's line tells: "A bear: 51.2%, before 49.0%". */
function sharesIn(text: string): number[] {
  const [said = ''] = /: .*?%(?:, before .*?%)?/.exec(text) ?? [];
  return [...said.matchAll(/(\d+(?:\.\d+)?)%/g)].map(([, share]) => Number(share));
}

test('figure 4, growth and tokens of a run', async ({ page }) => {
  await openStudio(page);
  await dropFiles(page, [await fixture(fixtures.knowledge), await fixture(fixtures.alignment)]);
  await chooseModel(page, 'Stories 260k');
  await importRecipe(page, smallRecipe());
  await startTraining(page);
  await waitForEnd(page);
  const trained = await metricsOf(page, 'Small');
  await goTo(page, 'Experts');

  await test.step('every pair answers the questions, and the ranks correlate as the table has it', async () => {
    await page.getByLabel('Choose evaluation files').setInputFiles({
      name: 'children.evaluation.jsonl',
      mimeType: 'application/jsonl',
      buffer: Buffer.from((await fixture('children.evaluation.jsonl')).bytes),
    });
    await page.getByRole('button', { name: 'Score 6 pairs' }).click();
    await expect(page.getByText('Spearman’s ρ', { exact: true })).toBeVisible({
      timeout: TRAINING_MS,
    });
    await expect(page.getByText('6 pairs; exact: all 720 permutations')).toBeVisible({
      timeout: TRAINING_MS,
    });
    await page.getByRole('radio', { name: 'log-likelihood' }).click();
    const rows = await csvOf(page, 'Save expert-pairs-mismatch as CSV');
    expect(rows[0]).toEqual(['expert_1', 'expert_2', 'share', 'times', 'logLikelihood']);
    const numbers = rows.slice(1).map((row) => row.map(Number));
    expect(numbers).toHaveLength(6);
    const times = numbers.map(([, , , count = Number.NaN]) => count);
    const scores = numbers.map(([, , , , score = Number.NaN]) => score);
    expect(scores.every((score) => score < 0)).toBe(true);
    expect(new Set(scores).size).toBe(6);
    const rho = correlation(ranks(times), ranks(scores));
    const shown = page.getByRole('region', { name: 'Rank correlation of (a) and (b)' });
    await expect(shown.getByText(rho.toFixed(3).replace('-', '−'), { exact: true })).toBeVisible();
  });

  await test.step('figures are files that stand alone', async () => {
    const svg = await saved(
      page,
      page.getByRole('button', { name: 'Save expert-pairs-score as SVG' }),
    );
    const text = svg.bytes.toString('utf8');
    expect(svg.name).toBe('expert-pairs-score.svg');
    expect(text).not.toMatch(/var\(|\s(class|style|tabindex)=/);
    expect(text.match(/<rect/g)?.length).toBeGreaterThan(7);
    const [, width, height] = /width="(\d+)" height="(\d+)"/.exec(text) ?? [];
    const png = await saved(
      page,
      page.getByRole('button', { name: 'Save expert-pairs-score as PNG' }),
    );
    // Twice the pixels of the drawing, in the header of the file.
    expect(png.bytes.readUInt32BE(16)).toBe(2 * Number(width));
    expect(png.bytes.readUInt32BE(20)).toBe(2 * Number(height));
  });

  await test.step('arrow keys go from pair to pair', async () => {
    const grid = page.getByRole('grid', { name: 'Share of decisions by pair of experts' });
    await grid.getByRole('gridcell').first().focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowRight');
    await expect(grid.getByRole('gridcell', { name: /^Experts 2 and 3: / })).toBeFocused();
    await expect(page.getByText(/^Experts 2 and 3 together: /)).toBeVisible();
  });

  await test.step('the overlap at the start of stage 2 is the loss that was trained there', async () => {
    await page.getByRole('radio', { name: '|A Aᵀ|' }).click();
    const rows = await csvOf(page, 'Save branch-overlap as CSV');
    const start = rows.filter(
      ([, branch, stage, step]) => branch === 'KA · Align' && stage === '2' && step === '0',
    );
    expect(start).toHaveLength(5);
    // Means over three linears of means over 8 × 8 products; eq. 10 sums them all.
    const sum = start.reduce((total, [, , , , value]) => total + Number(value) * 3 * 64, 0);
    const first = trained.find(({ stage, step }) => stage === '2' && step === '1');
    expect(Math.abs(sum / Number(first?.['orthogonal']) - 1)).toBeLessThan(1e-5);
  });

  await test.step('a record is followed token by token', async () => {
    await page.getByRole('radio', { name: 'a record' }).click();
    await page.getByRole('button', { name: 'Show the experts' }).click();
    const tokens = page.getByRole('list', { name: 'Tokens with their experts' });
    await expect(tokens.getByRole('button').nth(8)).toBeVisible({ timeout: TRAINING_MS });
    const map = page.getByRole('slider', { name: 'Experts of every token at every linear' });
    await map.focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowDown');
    await expect(map).toHaveAttribute('aria-valuetext', /^Token 2 .*layer 1, up: \d \(\d+%\), \d/);
    const table = page.getByRole('table', { name: 'Experts of the chosen token at every layer' });
    expect(await tableRows(table)).toHaveLength(5);
  });

  await test.step('one question goes through the stages, and every step changes what it must', async () => {
    const card = page.getByRole('region', { name: 'One question through the stages' });
    await card.getByRole('textbox', { name: 'Question' }).fill('Who lives in the wood?');
    await card.getByRole('textbox', { name: 'Possible answers' }).fill('A bear\nThe sun');
    await card.getByRole('button', { name: 'Ask every state' }).click();
    await expect(card.getByRole('button', { name: 'Ask every state' })).toBeVisible({
      timeout: TRAINING_MS,
    });
    const slider = card.getByRole('slider', { name: 'State of the model' });
    await slider.focus();
    const seen: StageSeen[] = [];
    for (const [place, name] of STAGES.entries()) {
      if (place > 0) await page.keyboard.press('ArrowRight');
      await expect(slider).toHaveAttribute('aria-valuetext', `${name}, ${place + 1} of 5`);
      await expect(card.getByRole('region', { name: `Answer of ${name}` })).toBeVisible();
      const options = card.getByRole('listitem').filter({ hasText: /A bear|The sun/ });
      const shares = (await options.allTextContents()).map((text) => sharesIn(text));
      expect(shares.map(({ length }) => length)).toEqual(place === 0 ? [1, 1] : [2, 2]);
      expect(shares.reduce((sum, [share = Number.NaN]) => sum + share, 0)).toBeCloseTo(100, 0);
      seen.push({
        shares: shares.map(([share = Number.NaN]) => share),
        before: shares.map(([, before = Number.NaN]) => before),
        experts: await card.getByRole('listitem', { name: /^Expert \d: \d+%$/ }).count(),
      });
    }
    const [base, mixture, dropped, aligned, merged] = seen;
    // A router is there only while NA is attached.
    expect(seen.map(({ experts }) => experts)).toEqual([0, 4, 0, 0, 0]);
    expect(mixture?.shares).not.toEqual(base?.shares);
    expect(dropped?.shares).not.toEqual(mixture?.shares);
    expect(aligned?.shares).not.toEqual(dropped?.shares);
    // A merge changes nothing but roundings.
    merged?.shares.forEach((share, i) => expect(share).toBeCloseTo(aligned?.shares[i] ?? 0, 0));
    // The mark is the state before.
    expect(seen.slice(1).map(({ before }) => before)).toEqual(
      seen.slice(0, -1).map(({ shares }) => shares),
    );
    await expectAccessible(page, 'stages');
  });

  await test.step('records behind a selected phrase of an answer', async () => {
    await goTo(page, 'Chat');
    await page
      .getByRole('combobox', { name: 'Left model' })
      .selectOption({ label: 'Merged · Small' });
    await page.getByRole('combobox', { name: 'Right model' }).selectOption({ label: 'none' });
    await page.getByRole('textbox', { name: 'Maximum tokens' }).fill('12');
    const prompt = page.getByRole('textbox', { name: 'Prompt for both models' });
    await prompt.fill('Who lives in the wood?');
    await prompt.press('Enter');
    const reply = page.getByRole('article');
    await expect(reply).toContainText(/cut at the token limit|ended by itself/, {
      timeout: TRAINING_MS,
    });
    // The first word, at the left of the answer's first line.
    await reply
      .locator('[data-markdown] > *')
      .first()
      .dblclick({ position: { x: 6, y: 8 } });
    const selected = await page.evaluate(() => String(getSelection()).trim());
    expect(selected).not.toBe('');
    await reply.getByRole('button', { name: 'Which record taught this?' }).click();
    const asked = reply.getByRole('region', { name: 'Which record taught this?' });
    const phrase = asked.getByRole('textbox', { name: 'Phrase of the answer' });
    await expect(phrase).toHaveValue(selected);
    await asked.getByRole('button', { name: 'Find records' }).click();
    const found = asked.getByRole('list', { name: 'Training records, the most alike first' });
    await expect(found.getByText(/^likeness/)).toHaveCount(8, { timeout: TRAINING_MS });
    const likeness = (await found.getByText(/^likeness/).allTextContents()).map((text) =>
      Number(text.replace('likeness ', '').replace('−', '-')),
    );
    expect(likeness).toEqual(likeness.toSorted((a, b) => b - a));
    for (const value of likeness) expect(Math.abs(value)).toBeLessThanOrEqual(1);
    await expect(found.getByText(/^(body|children).*, line \d+$/)).toHaveCount(8);
    await expectAccessible(page, 'teaching records');
    await phrase.fill('words that no answer has');
    await expect(asked.getByRole('button', { name: 'Find records' })).toBeDisabled();
    await goTo(page, 'Experts');
  });

  await test.step('what NA holds of each record, and sets without the noisiest tenth', async () => {
    const audit = page.getByRole('region', { name: 'What the Noise Aggregator holds' });
    await audit.getByLabel('Records', { exact: true }).fill('30');
    await audit.getByRole('button', { name: 'Measure the records' }).click();
    await expect(audit.getByText(/^30 of \d+ records of the stage measured\.$/)).toBeVisible({
      timeout: TRAINING_MS,
    });
    await expect(audit.getByText(/loss of these records/)).toBeVisible();
    const rows = await csvOf(page, 'Save noise-audit as CSV');
    const held = rows.slice(1).map((row) => Number(row[6]));
    expect(held).toHaveLength(30);
    expect(held.every(Number.isFinite)).toBe(true);
    const list = audit.getByRole('region', { name: 'Records by what NA holds of them' });
    await expect(list.getByRole('row')).toHaveCount(21);
    const [most = Number.NaN] = held.toSorted((a, b) => b - a);
    await expect(list.getByRole('row').nth(1)).toContainText(most.toFixed(4).replace('-', '−'));
    await list.getByRole('row').nth(1).getByRole('button').click();
    const opened = await list.getByRole('row').nth(1).getByRole('button').textContent();
    await expect(list.getByRole('region', { name: opened ?? '' })).not.toBeEmpty();
    await list.getByLabel('Search').fill('words that no record has');
    await expect(list.getByText('No measured record holds this text.')).toBeVisible();
    await list.getByLabel('Search').fill('');
    await audit
      .getByRole('button', { name: 'Make sets without the noisiest tenth (3)', exact: true })
      .click();
    await expect(audit.getByText(/^Made: .+ They are on the Data page/)).toBeVisible();
  });

  await test.step('in both languages, wide and on a phone, with what was measured still there', async () => {
    for (const language of ['en', 'zh']) {
      await page.evaluate((chosen) => {
        localStorage.setItem('medcare-studio.language', JSON.stringify(chosen));
      }, language);
      await page.reload();
      const title = language === 'zh' ? '路由错配（论文图 4）' : 'Routing mismatch (figure 4)';
      await expect(page.getByRole('heading', { name: title })).toBeVisible();
      await expect(page.getByRole('grid')).toHaveCount(2);
      for (const size of [WIDE, PHONE]) {
        await page.setViewportSize(size);
        await expectAccessible(page, `experts, ${language}, ${size.width}`);
        await expectNoOverflow(page, `experts, ${language}, ${size.width}`);
      }
      await page.setViewportSize(WIDE);
    }
  });
});

test('routers that always choose the same experts are named; one expert a token makes no pairs', async ({
  page,
}) => {
  await openStudio(page);
  for (const [active, said] of [
    [2, /: experts 1 and 2 for 100% of the tokens/],
    [1, /: expert 1 for 100% of the tokens/],
  ] as const) {
    await test.step(`K = ${active}`, async () => {
      const id = `0a1b2c3d-0000-4000-8000-00000000e2e${active}`;
      await dropFiles(page, [await runArchive(id, active)]);
      await goTo(page, 'Experts');
      await expect(page.getByText('3 of 3 routers always choose the same experts')).toBeVisible();
      await expect(page.getByText(said)).toBeVisible();
      const pairs = page.getByText('there are no pairs to compare');
      await expect(pairs).toHaveCount(active === 1 ? 1 : 0);
      await expect(page.getByText('(a) How often each pair is chosen')).toHaveCount(active - 1);
    });
  }
});
