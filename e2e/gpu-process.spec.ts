import type { Browser, Page } from '@playwright/test';
import {
  bringData,
  chooseModel,
  expect,
  importRecipe,
  metricsOf,
  openStudio,
  pauseRun,
  runRow,
  setUp,
  shortRecipe,
  startTraining,
  test as base,
  TRAINING_MS,
  viewRuns,
  waitForEnd,
  watch,
} from './studio.ts';

/** A browser of this test's own: its GPU process ends, and no other test may have it after that. */
const test = base.extend<{ ownBrowser: Browser }>({
  ownBrowser: async ({ playwright, launchOptions }, use) => {
    const browser = await playwright.chromium.launch(launchOptions);
    await use(browser);
    await browser.close();
  },
});

/** Ends the browser's GPU process as a crash of the driver does. */
async function endGpuProcess(browser: Browser): Promise<void> {
  const devtools = await browser.newBrowserCDPSession();
  const { processInfo } = await devtools.send('SystemInfo.getProcessInfo');
  const gpu = processInfo.find(({ type }) => type.toLowerCase() === 'gpu');
  if (!gpu) throw new Error('this browser has no GPU process');
  process.kill(gpu.id, 'SIGKILL');
  await devtools.detach();
}

/** Everything computed in the steps of a run, as its metrics file writes it. */
async function losses(page: Page, run: string): Promise<string[]> {
  const rows = await metricsOf(page, run);
  return rows.map(({ milliseconds: _time, ...row }) => JSON.stringify(row));
}

test('the GPU process ends under a run, and once more: the run goes on by itself, to the losses it has without', async ({
  ownBrowser,
  baseURL,
}) => {
  test.setTimeout(TRAINING_MS);
  const page = await ownBrowser.newPage(baseURL === undefined ? {} : { baseURL });
  const watched = await watch(page, baseURL ?? '');
  await openStudio(page);
  await bringData(page);
  await chooseModel(page, 'Stories 260k');
  await importRecipe(page, shortRecipe());
  await startTraining(page);
  // Paused and let go, the run has all but its first steps before it, however fast the machine is.
  await pauseRun(page);
  await page.getByRole('button', { name: 'Resume', exact: true }).click();
  await endGpuProcess(ownBrowser);
  const lost = page.getByRole('status').filter({ hasText: 'The GPU was lost' });
  await expect(lost).toHaveText(
    /The run goes on by itself from its last checkpoint: stage 1, step \d+/,
  );
  // The browser gives another device at once.
  await waitForEnd(page);
  await expect(page.getByRole('alert')).toHaveCount(0);

  // After the second crash the page has none until a person reloads it.
  await endGpuProcess(ownBrowser);
  await page.getByRole('button', { name: 'Open the device again' }).click();
  const gone = page.getByRole('alert');
  await expect(gone).toHaveText(/the browser does not give this page another one/);
  await expect(gone).toContainText('Everything stored; runs up to their last checkpoint.');
  await page.reload();
  await expect(page.getByRole('banner').getByText(/software/)).toBeVisible();
  await setUp(page);
  await startTraining(page);
  await viewRuns(page);
  await expect(runRow(page, 'Small 2')).toContainText('done', { timeout: TRAINING_MS });
  expect(await losses(page, 'Small')).toEqual(await losses(page, 'Small 2'));
  expect(watched.faults).toEqual([]);
});
