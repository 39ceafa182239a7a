/** What the journeys share: a page that is watched, files that are dropped, tables that are read. */
import { readFile } from 'node:fs/promises';
import { test as base, expect, type Locator, type Page } from '@playwright/test';
import { quickRecipe } from '../src/engine/training/recipe/presets.ts';
import type { Recipe } from '../src/engine/training/recipe/recipe.ts';

/** What went wrong or was done in the page beside what a test looks at. */
interface Watched {
  readonly faults: string[];
  /** Requests to anywhere but the studio's own origin. */
  readonly elsewhere: string[];
  /** Times that the page itself, not its worker, asked for a GPU. */
  gpuCalls: number;
}

/** Follows everything that a page should never do. */
export async function watch(page: Page, origin: string): Promise<Watched> {
  const watched: Watched = { faults: [], elsewhere: [], gpuCalls: 0 };
  page.on('pageerror', (error) => watched.faults.push(`uncaught: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error') watched.faults.push(`console: ${message.text()}`);
  });
  page.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(origin) && !/^(blob|data):/.test(url)) watched.elsewhere.push(url);
  });
  await page.exposeFunction('pageAskedForGpu', () => {
    watched.gpuCalls += 1;
  });
  await page.exposeFunction('policyWasMet', (directive: string, what: string) => {
    watched.faults.push(`policy: ${directive} ${what}`);
  });
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => {
      const { policyWasMet } = globalThis as unknown as {
        policyWasMet: (directive: string, what: string) => void;
      };
      policyWasMet(event.effectiveDirective, `${event.blockedURI} ${event.sample}`);
    });
    // Init scripts run in the page only: what the worker does with the GPU is not counted.
    const { gpu } = navigator as { readonly gpu?: GPU };
    if (gpu) {
      const prototype = Object.getPrototypeOf(gpu) as object;
      const ask = Reflect.get(prototype, 'requestAdapter') as (...options: unknown[]) => unknown;
      Reflect.set(prototype, 'requestAdapter', (...options: unknown[]) => {
        (globalThis as unknown as { pageAskedForGpu: () => void }).pageAskedForGpu();
        return ask.apply(gpu, options);
      });
    }
    // As in browsers without the system's save dialog, which a test cannot operate: files are downloaded.
    for (const name of ['showSaveFilePicker', 'showOpenFilePicker', 'showDirectoryPicker']) {
      Reflect.deleteProperty(globalThis, name);
    }
  });
  return watched;
}

export const test = base.extend<{ watched: Watched }>({
  watched: [
    async ({ page, baseURL }, use) => {
      const watched = await watch(page, baseURL ?? '');
      await use(watched);
      expect(watched.faults, 'errors in the page').toEqual([]);
      expect(watched.elsewhere, 'requests to other origins').toEqual([]);
      expect(watched.gpuCalls, 'the page itself asked for a GPU').toBe(0);
    },
    { auto: true },
  ],
});

export { expect };

/** Training on a software adapter, on a busy machine: ends only what hangs. */
export const TRAINING_MS = 1_500_000;

export const fixtures = {
  knowledge: 'body.alpaca.jsonl',
  alignment: 'children.prompt-response.jsonl',
} as const;

export interface SomeFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

export async function fixture(name: string): Promise<SomeFile> {
  return { name, bytes: await readFile(new URL(`./fixtures/${name}`, import.meta.url)) };
}

export function textFile(name: string, text: string): SomeFile {
  return { name, bytes: new TextEncoder().encode(text) };
}

/** Opens the studio and waits until it has looked for a device. */
export async function openStudio(page: Page): Promise<void> {
  await page.goto('./');
  await page.getByRole('heading', { level: 1, name: 'Data' }).waitFor();
}

/** Drags files over the page and drops them. */
export async function dropFiles(page: Page, files: readonly SomeFile[]): Promise<void> {
  const given = files.map(({ name, bytes }) => ({
    name,
    base64: Buffer.from(bytes).toString('base64'),
  }));
  const dataTransfer = await page.evaluateHandle((list) => {
    const transfer = new DataTransfer();
    for (const { name, base64 } of list) {
      const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
      transfer.items.add(new File([bytes], name));
    }
    return transfer;
  }, given);
  await page.dispatchEvent('main', 'dragenter', { dataTransfer });
  await expect(page.getByText(/^Drop (to import|evaluation files)$/)).toBeVisible();
  await page.dispatchEvent('main', 'drop', { dataTransfer });
  await dataTransfer.dispose();
}

/** The two small data sets, each marked as what it is for. */
export async function bringData(page: Page): Promise<void> {
  await dropFiles(
    page,
    await Promise.all([fixture(fixtures.knowledge), fixture(fixtures.alignment)]),
  );
  await expect(page.getByRole('row', { name: /children/ })).toBeVisible();
  const kind = page.getByRole('radiogroup', { name: 'Kind of children.prompt-response' });
  const alignment = kind.getByRole('radio', { name: 'Alignment' });
  await alignment.click();
  await expect(alignment).toBeChecked();
}

/** Goes to a page by its step in the rail. */
export async function goTo(page: Page, step: string): Promise<void> {
  await page.getByRole('navigation', { name: 'Steps' }).getByRole('link', { name: step }).click();
  await expect(page.getByRole('heading', { level: 1, name: step })).toBeVisible();
}

/** To a page by its path, whatever language the studio is in. */
export async function goByPath(page: Page, path: string): Promise<void> {
  await page.evaluate((hash) => {
    location.hash = hash;
  }, `#/${path}`);
}

/** Texts of a table's body, row by row. */
export async function tableRows(table: Locator): Promise<string[][]> {
  return table
    .locator('tbody tr')
    .evaluateAll((rows) =>
      rows.map((row) => [...row.querySelectorAll('th, td')].map((cell) => cell.textContent)),
    );
}

/** The quick preset on a tenth of its batch: both stages on a software adapter in under a minute. */
export function smallRecipe(change: Partial<Recipe> = {}): Recipe {
  const quick = quickRecipe();
  return {
    ...quick,
    name: 'Small',
    batch: { records: 4, microBatchTokens: 256, maxLength: 128 },
    validation: { fraction: 0.1, maxRecords: 8, everySteps: 0 },
    checkpointEverySteps: 2,
    ...change,
  };
}

/** A few steps, for what does not depend on how many there are. */
export function shortRecipe(): Recipe {
  const small = smallRecipe({
    batch: { records: 8, microBatchTokens: 256, maxLength: 64 },
    validation: { fraction: 0.1, maxRecords: 2, everySteps: 0 },
  });
  return {
    ...small,
    stages: small.stages.map((stage) => ({ ...stage, data: { ...stage.data, fraction: 0.5 } })),
  };
}

/** On Evaluate, takes these files for questions, and none of those that come with the studio. */
export async function askOnly(page: Page, questions: readonly SomeFile[]): Promise<Locator> {
  const files = page.getByRole('region', { name: 'On which questions' });
  await files.getByRole('button', { name: 'None of the above' }).click();
  await dropFiles(page, questions);
  return files;
}

/** Hands a recipe to the Train page as a file. */
export async function importRecipe(page: Page, recipe: Recipe): Promise<void> {
  await goTo(page, 'Train');
  // After a run, the page shows its result first.
  const choice = page.getByRole('radio', { name: 'Set up', exact: true });
  if (await choice.isVisible()) await choice.click();
  // What was said of an earlier one goes first: else it would speak for this one.
  const told = page.getByText('Recipe imported from recipe.json');
  await expect(told).toHaveCount(0);
  await page.getByLabel('Import a recipe').setInputFiles({
    name: 'recipe.json',
    mimeType: 'application/json',
    buffer: Buffer.from(JSON.stringify(recipe)),
  });
  await expect(told).toBeVisible();
}

export async function chooseModel(page: Page, name: string): Promise<void> {
  await goTo(page, 'Model');
  await page.getByRole('radio', { name }).check();
}

/** Looks at the list of runs. */
export async function viewRuns(page: Page): Promise<void> {
  await goTo(page, 'Train');
  await page.getByRole('radio', { name: 'Runs', exact: true }).click();
}

/** Looks at the recipe of the next run. */
export async function setUp(page: Page): Promise<void> {
  await goTo(page, 'Train');
  await page.getByRole('radio', { name: 'Set up', exact: true }).click();
}

/** A run as its row in the list says it. */
export function runRow(page: Page, name: string): Locator {
  return page.getByRole('row', { name: new RegExp(`^Compare ${name} `) });
}

/** Optimiser steps done so far, as the Train page shows them. */
export async function stepsDone(page: Page): Promise<number> {
  const shown = await page
    .getByRole('progressbar', { name: 'Steps done' })
    .getAttribute('aria-valuenow');
  return Number(shown);
}

export function runStatus(page: Page): Locator {
  return page.getByRole('region', { name: 'Progress of the run' });
}

export async function startTraining(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Start training' }).click();
  await expect(runStatus(page)).toBeVisible({ timeout: TRAINING_MS });
}

/** Pauses the run that goes on, and waits until it rests. */
export async function pauseRun(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Pause', exact: true }).click();
  await expect(runStatus(page).getByText('paused', { exact: true })).toBeVisible({
    timeout: TRAINING_MS,
  });
}

export async function waitForEnd(page: Page): Promise<void> {
  await expect(runStatus(page).getByText('done', { exact: true })).toBeVisible({
    timeout: TRAINING_MS,
  });
}

/** A file that a press makes the browser save. */
export async function saved(page: Page, button: Locator): Promise<{ name: string; bytes: Buffer }> {
  const [download] = await Promise.all([page.waitForEvent('download'), button.click()]);
  return { name: download.suggestedFilename(), bytes: await readFile(await download.path()) };
}

/** Rows of the metrics file with its numbers as they are written, by column name. */
export async function metricsOf(page: Page, run: string): Promise<Record<string, string>[]> {
  await goTo(page, 'Export');
  const chooser = page.getByRole('combobox', { name: 'Run' });
  const labels = await chooser.locator('option').allTextContents();
  await chooser.selectOption({
    label: labels.find((label) => label.startsWith(`${run} · `)) ?? run,
  });
  const { bytes } = await saved(page, page.getByRole('button', { name: 'Save metrics' }));
  const [head = '', ...lines] = bytes.toString('utf8').trim().split(/\r?\n/);
  const names = head.split(',');
  return lines.map((line) => {
    const cells = line.split(',');
    return Object.fromEntries(names.map((name, i) => [name, cells[i] ?? '']));
  });
}

/**
 * Presses Undo as soon as this message offers it. The page itself does it: on a slow machine the message may be gone
 * before a hand from outside is there.
 */
export function undoWhenOffered(page: Page, message: string): Promise<void> {
  return page.evaluate(
    (said) =>
      new Promise<void>((resolve) => {
        const watcher = new MutationObserver(() => {
          const offer = [...document.querySelectorAll('li')].find(({ textContent }) =>
            textContent.includes(said),
          );
          const undo = [...(offer?.querySelectorAll('button') ?? [])].find(
            ({ textContent }) => textContent === 'Undo',
          );
          if (!undo) return;
          watcher.disconnect();
          undo.click();
          resolve();
        });
        watcher.observe(document.body, { subtree: true, childList: true, characterData: true });
      }),
    message,
  );
}
