import type { Page } from '@playwright/test';
import { ARCHIVED_RUN, runArchive } from './run-archive.ts';
import {
  chooseModel,
  dropFiles,
  expect,
  fixture,
  fixtures,
  goTo,
  importRecipe,
  openStudio,
  runStatus,
  saved,
  smallRecipe,
  startTraining,
  test,
  TRAINING_MS,
  waitForEnd,
} from './studio.ts';

/** The list of runs, as a row says it. */
function runRow(page: Page, name: string) {
  return page.getByRole('table', { name: 'All runs' }).getByRole('row').filter({ hasText: name });
}

async function viewRuns(page: Page): Promise<void> {
  await goTo(page, 'Train');
  await page.getByRole('radio', { name: 'Runs', exact: true }).click();
}

async function setUp(page: Page): Promise<void> {
  await goTo(page, 'Train');
  await page.getByRole('radio', { name: 'Set up', exact: true }).click();
}

test('two tabs share one storage; cleared under them, it ends in words and starts anew', async ({
  page,
  context,
  baseURL,
}) => {
  test.setTimeout(TRAINING_MS);
  await openStudio(page);
  await dropFiles(page, [await runArchive()]);
  await expect(page.getByText(`“${ARCHIVED_RUN}” is in the list of runs.`)).toBeVisible();
  await page.getByRole('button', { name: 'Build run archive' }).click();
  const saveArchive = page.getByRole('button', { name: 'Save run archive' });
  await expect(saveArchive).toBeVisible();

  await goTo(page, 'Data');
  await dropFiles(
    page,
    await Promise.all([fixture(fixtures.knowledge), fixture(fixtures.alignment)]),
  );
  await expect(page.getByRole('row', { name: /children/ })).toBeVisible();
  await chooseModel(page, 'Stories 260k');
  await setUp(page);
  await importRecipe(page, smallRecipe({ checkpointEverySteps: 50 }));
  await startTraining(page);
  await page.getByRole('button', { name: 'Pause', exact: true }).click();
  await expect(runStatus(page).getByText('paused', { exact: true })).toBeVisible({
    timeout: TRAINING_MS,
  });

  // The second tab opens while the first has the run: nothing of it is taken for left behind.
  const other = await context.newPage();
  const faults: string[] = [];
  other.on('pageerror', (error) => faults.push(error.message));
  await openStudio(other);
  await other
    .getByRole('row', { name: /children/ })
    .getByRole('button', { name: /^Remove/ })
    .click();
  await other
    .getByRole('alertdialog')
    .getByRole('button', { name: /^Remove/ })
    .click();
  await expect(other.getByRole('alert')).toContainText('This data set is in use');
  await expect(other.getByRole('row', { name: /children/ })).toBeVisible();
  await viewRuns(other);
  await expect(runRow(other, 'Small')).toContainText('paused');

  await page.getByRole('button', { name: 'Resume', exact: true }).click();
  await waitForEnd(page);
  await expect(runRow(other, 'Small')).toContainText('done');
  await other.reload();
  await viewRuns(other);
  await expect(runRow(other, 'Small')).toContainText('done');

  // What was built before the other tab came is still there to be saved.
  await goTo(page, 'Export');
  await page.getByRole('combobox', { name: 'Run' }).selectOption({ label: await labelOf(page) });
  expect((await saved(page, saveArchive)).bytes.byteLength).toBeGreaterThan(1000);
  expect(faults).toEqual([]);
  await other.close();

  // The storage is cleared under a paused run.
  await setUp(page);
  await startTraining(page);
  await page.getByRole('button', { name: 'Pause', exact: true }).click();
  await expect(runStatus(page).getByText('paused', { exact: true })).toBeVisible({
    timeout: TRAINING_MS,
  });
  const devtools = await context.newCDPSession(page);
  await devtools.send('Storage.clearDataForOrigin', {
    origin: new URL(baseURL ?? '').origin,
    storageTypes: 'indexeddb,file_systems',
  });
  await page.getByRole('button', { name: 'Resume', exact: true }).click();
  await expect(page.getByRole('alert').first()).toContainText(
    'what the browser had stored of it was cleared or removed',
  );
  await expect(runStatus(page).getByText('failed', { exact: true })).toBeVisible();

  // Without a reload, too, there is a studio to work with.
  await goTo(page, 'Data');
  await dropFiles(page, [await fixture(fixtures.knowledge)]);
  await page.reload();
  await expect(page.getByRole('row', { name: /body/ })).toBeVisible();
  await expect(page.getByRole('row', { name: /children/ })).toHaveCount(0);
});

async function labelOf(page: Page): Promise<string> {
  const labels = await page
    .getByRole('combobox', { name: 'Run' })
    .locator('option')
    .allTextContents();
  return labels.find((label) => label.startsWith(ARCHIVED_RUN)) ?? ARCHIVED_RUN;
}
