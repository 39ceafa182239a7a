import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { unzipSync } from 'fflate';
import { expectAccessible, expectNoOverflow, PHONE, WIDE } from './appearance.ts';
import {
  dropFiles,
  expect,
  goTo,
  metricsOf,
  openStudio,
  runStatus,
  saved,
  test,
  TRAINING_MS,
  viewRuns,
  waitForEnd,
  type SomeFile,
} from './studio.ts';

/**
 * A run that was paused in the middle of a stage is handed off, two processes of PyTorch end it
 * (test/fixtures/hand-off), and it comes back: curves, experts, chat and export; then the same run is ended in the tab.
 */

const PAUSED = 'Two processes';
const BACK = 'Two processes (handed off)';
const PAUSED_AFTER = 3;

async function given(name: string): Promise<SomeFile> {
  const bytes = await readFile(new URL(`../test/fixtures/hand-off/${name}`, import.meta.url));
  return { name, bytes };
}

/** The files of an archive or a bundle by their path in its folder. */
function unpacked(bytes: Uint8Array): Map<string, Uint8Array> {
  const files = Object.entries(unzipSync(new Uint8Array(bytes)));
  return new Map(files.map(([path, content]) => [path.slice(path.indexOf('/') + 1), content]));
}

function jsonIn(files: ReadonlyMap<string, Uint8Array>, name: string): unknown {
  return JSON.parse(new TextDecoder().decode(files.get(name)));
}

interface Step {
  readonly stage: number;
  readonly nll: number;
  readonly gradientNorm: number;
}

interface Sealed {
  readonly path: string;
  readonly sha256: string;
}

interface Bundle {
  readonly records: readonly Sealed[];
  readonly split: readonly (readonly number[])[];
  readonly base: { readonly files: readonly Sealed[] };
}

/** The steps that an archive holds. */
function stepsIn(files: ReadonlyMap<string, Uint8Array>): Step[] {
  const lines = new TextDecoder().decode(files.get('curves/steps-0001.jsonl')).trim().split('\n');
  return lines.map((line) => (JSON.parse(line) as { readonly metrics: Step }).metrics);
}

/** The steps of a run as the studio writes them to a file of metrics. */
async function stepsOf(page: Page, run: string): Promise<Step[]> {
  const rows = (await metricsOf(page, run)).filter(({ kind }) => kind === 'step');
  return rows.map((row) => ({
    stage: Number(row['stage']) - 1,
    nll: Number(row['nll']),
    gradientNorm: Number(row['gradient_norm']),
  }));
}

/** The two sets on which the run trains, as it knows them. */
async function bringItsData(page: Page): Promise<void> {
  await dropFiles(page, [
    await given('illnesses.alpaca.jsonl'),
    await given('sections.messages.jsonl'),
  ]);
  for (const [name, kind] of [
    ['illnesses.alpaca', 'Knowledge'],
    ['sections.messages', 'Alignment'],
  ] as const) {
    const choice = page
      .getByRole('radiogroup', { name: `Kind of ${name}` })
      .getByRole('radio', { name: kind });
    await choice.click();
    await expect(choice).toBeChecked();
  }
}

async function openArchive(page: Page, file: string, run: string): Promise<void> {
  await dropFiles(page, [await given(file)]);
  await expect(page.getByText(`“${run}” is in the list of runs.`)).toBeVisible();
}

/** The answer of a state of a run, without chance. */
async function answerOf(page: Page, state: string): Promise<string> {
  await page.getByRole('combobox', { name: 'Left model' }).selectOption({ label: state });
  await page.getByRole('button', { name: 'New conversation' }).click();
  await page.getByRole('textbox', { name: 'Prompt for both models' }).fill('What is a fever?');
  await page.getByRole('button', { name: 'Send' }).click();
  const reply = page.getByRole('article');
  await expect(reply).toHaveCount(1);
  await expect(reply).toContainText(/ended by itself|cut at the token limit/, {
    timeout: TRAINING_MS,
  });
  return (await reply.locator('[data-markdown]').textContent()) ?? '';
}

test('a paused run is ended by two processes and comes back; in the tab it ends alike', async ({
  page,
}) => {
  const cluster = unpacked((await given('cluster.run.zip')).bytes);
  await openStudio(page);
  await bringItsData(page);
  await openArchive(page, 'paused.run.zip', PAUSED);

  await test.step('its bundle from the page holds what the command line’s held, and the checkpoint', async () => {
    await viewRuns(page);
    await page.getByRole('button', { name: 'Hand off to a cluster' }).click();
    const dialog = page.getByRole('dialog', { name: `Hand “${PAUSED}” off to a cluster?` });
    await dialog.getByRole('button', { name: 'Make the bundle' }).click();
    const { bytes } = await saved(page, dialog.getByRole('button', { name: 'Save the bundle' }));
    const bundle = unpacked(bytes);
    const told = jsonIn(bundle, 'handoff.json') as Bundle;
    const due = JSON.parse(new TextDecoder().decode((await given('handoff.json')).bytes)) as Bundle;
    expect(told.records).toEqual(due.records);
    expect(told.split).toEqual(due.split);
    expect(told.base.files).toEqual(expect.arrayContaining([...due.base.files]));
    const paused = unpacked((await given('paused.run.zip')).bytes);
    const checkpoint = paused.get('checkpoint.safetensors') ?? new Uint8Array();
    const handed = bundle.get('run/checkpoint.safetensors') ?? new Uint8Array(1);
    expect(Buffer.compare(handed, checkpoint)).toBe(0);
    await dialog.getByRole('button', { name: 'Close' }).click();
    await expect(runStatus(page).getByText('handed off', { exact: true })).toBeVisible();
  });

  await test.step('the archive of two processes opens, and the run that waits says so', async () => {
    await openArchive(page, 'cluster.run.zip', BACK);
    await viewRuns(page);
    await page.getByRole('row', { name: new RegExp(`^Compare ${PAUSED} (?!\\()`) }).click();
    const notice = page.getByRole('status').filter({ hasText: `Came back as “${BACK}”` });
    await expect(notice).toBeVisible();
    await expectAccessible(page, 'came back');
    for (const size of [PHONE, WIDE]) {
      await page.setViewportSize(size);
      await expectNoOverflow(page, `came back, ${size.width} wide`);
    }
    await notice.getByRole('button', { name: 'Show', exact: true }).click();
    await expect(runStatus(page).getByText('done', { exact: true })).toBeVisible();
    await expect(runStatus(page)).toContainText(/2 × CPU \(PyTorch \d+\.\d+/);
    await expect(runStatus(page)).toContainText('8 / 8');
  });

  const due = stepsIn(cluster);
  await test.step('curves and states are those that the archive holds', async () => {
    const table = page.getByRole('table', { name: 'Validation loss by model state' });
    const points = jsonIn(cluster, 'curves/validation.json') as { readonly alignment: number }[];
    await expect(table.locator('tbody tr')).toHaveCount(points.length);
    for (const { alignment } of points) await expect(table).toContainText(alignment.toFixed(4));
    const found = await stepsOf(page, BACK);
    expect(found.map(({ stage }) => stage)).toEqual(due.map(({ stage }) => stage));
    found.forEach(({ nll }, i) => expect(nll).toBeCloseTo(due[i]?.nll ?? Number.NaN, 6));
  });

  await test.step('the heat map has every choice that the routers made', async () => {
    await goTo(page, 'Experts');
    const { counts } = jsonIn(cluster, 'routing.json') as {
      readonly counts: readonly { readonly tokens: number }[];
    };
    const decisions = counts.reduce((sum, { tokens }) => sum + tokens, 0);
    await expect(
      page.getByText(`${decisions.toLocaleString('en-US')} decisions`, { exact: true }),
    ).toBeVisible();
    await expect(
      page.getByRole('grid', { name: 'Share of decisions by pair of experts' }),
    ).toBeVisible();
  });

  let [base, back] = ['', ''];
  await test.step('it answers, and differently from its base', async () => {
    await goTo(page, 'Chat');
    await page.getByRole('combobox', { name: 'Right model' }).selectOption({ label: 'none' });
    await page.getByRole('button', { name: 'Exact' }).click();
    await page.getByRole('textbox', { name: 'Maximum tokens' }).fill('24');
    base = await answerOf(page, 'Base · MedCare nano');
    back = await answerOf(page, `Merged · ${BACK}`);
    expect(back.length).toBeGreaterThan(5);
    expect(back).not.toBe(base);
  });

  await test.step('its merged model is taken along', async () => {
    await goTo(page, 'Export');
    const chooser = page.getByRole('combobox', { name: 'Run' });
    const labels = await chooser.locator('option').allTextContents();
    await chooser.selectOption({
      label: labels.find((label) => label.startsWith(`${BACK} · `)) ?? '',
    });
    await page.getByRole('button', { name: 'Build merged model' }).click();
    const button = page.getByRole('button', { name: 'Save merged model' });
    await expect(button).toBeVisible({ timeout: TRAINING_MS });
    const { bytes } = await saved(page, button);
    const model = unpacked(bytes);
    expect([...model.keys()]).toEqual(
      expect.arrayContaining(['config.json', 'model.safetensors', 'tokenizer.json', 'README.md']),
    );
    expect(model.get('model.safetensors')?.length).toBeGreaterThan(1_000_000);
    expect(new TextDecoder().decode(model.get('README.md'))).toContain(BACK);
  });

  await test.step('the run that waits goes on here, and ends as it did on the cluster', async () => {
    await viewRuns(page);
    await page.getByRole('row', { name: new RegExp(`^Compare ${PAUSED} (?!\\()`) }).click();
    await page.getByRole('button', { name: 'Go on here' }).click();
    const asked = page.getByRole('alertdialog', { name: `Go on with “${PAUSED}” here?` });
    await asked.getByRole('button', { name: 'Go on here' }).click();
    await waitForEnd(page);
    const found = await stepsOf(page, PAUSED);
    expect(found).toHaveLength(due.length);
    found.forEach(({ nll, gradientNorm }, i) => {
      expect(Math.abs(nll / (due[i]?.nll ?? Number.NaN) - 1)).toBeLessThan(1e-4);
      expect(Math.abs(gradientNorm / (due[i]?.gradientNorm ?? Number.NaN) - 1)).toBeLessThan(1e-2);
    });
    expect(due.length).toBeGreaterThan(PAUSED_AFTER);
    await goTo(page, 'Chat');
    expect(await answerOf(page, `Merged · ${PAUSED}`)).toBe(back);
  });
});
