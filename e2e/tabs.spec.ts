import type { Locator, Page } from '@playwright/test';
import { ARCHIVED_RUN, runArchive } from './run-archive.ts';
import {
  bringData,
  chooseModel,
  dropFiles,
  expect,
  fixture,
  fixtures,
  goTo,
  importRecipe,
  openStudio,
  pauseRun,
  runRow,
  runStatus,
  saved,
  setUp,
  shortRecipe,
  startTraining,
  test,
  TRAINING_MS,
  viewRuns,
  waitForEnd,
} from './studio.ts';

/** The data set of the children's stories in the list, not the findings about its lines. */
const dataSetRow = (page: Page): Locator =>
  page.locator('table').getByRole('row', { name: /children/ });

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
  await bringData(page);
  await chooseModel(page, 'Stories 260k');
  await setUp(page);
  await importRecipe(page, shortRecipe());
  await startTraining(page);
  await pauseRun(page);

  // The second tab opens while the first has the run: nothing of it is taken for left behind.
  const other = await context.newPage();
  const faults: string[] = [];
  other.on('pageerror', (error) => faults.push(error.message));
  await openStudio(other);
  await dataSetRow(other)
    .getByRole('button', { name: /^Remove/ })
    .click();
  await other
    .getByRole('alertdialog')
    .getByRole('button', { name: /^Remove/ })
    .click();
  await expect(other.getByRole('alert')).toContainText('This data set is in use');
  await expect(dataSetRow(other)).toBeVisible();
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
  await pauseRun(page);
  const devtools = await context.newCDPSession(page);
  await devtools.send('Storage.clearDataForOrigin', {
    origin: new URL(baseURL ?? '').origin,
    storageTypes: 'indexeddb,file_systems',
  });
  await page.getByRole('button', { name: 'Resume', exact: true }).click();
  await expect(page.getByRole('alert').first()).toContainText(
    'its stored data was cleared or removed',
  );
  await expect(runStatus(page).getByText('failed', { exact: true })).toBeVisible();

  // Without a reload, too, there is a studio to work with.
  await goTo(page, 'Data');
  await dropFiles(page, [await fixture(fixtures.knowledge)]);
  // The list is read again once the import has ended, which a reload would cut off; until then it shows what was cleared.
  await expect(dataSetRow(page)).toHaveCount(0);
  const brought = page.locator('table').getByRole('row', { name: /body/ });
  await expect(brought).toBeVisible();
  await page.reload();
  await expect(brought).toBeVisible();
  await expect(dataSetRow(page)).toHaveCount(0);
});

test('a disk that is full in the middle of a run puts it at rest; with room again it goes on to its end', async ({
  page,
  context,
  baseURL,
}) => {
  test.setTimeout(TRAINING_MS);
  await openStudio(page);
  await bringData(page);
  await chooseModel(page, 'Stories 260k');
  await importRecipe(page, { ...shortRecipe(), checkpointEverySteps: 1 });
  await startTraining(page);
  await pauseRun(page);
  const devtools = await context.newCDPSession(page);
  const origin = new URL(baseURL ?? '').origin;
  await devtools.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 1 });
  // The press may meet the full disk itself: then the run stays paused, and says so.
  await page.getByRole('button', { name: 'Resume', exact: true }).click();
  const full = page.getByRole('alert').filter({ hasText: /storage is full/ });
  await expect(full).toBeVisible({ timeout: TRAINING_MS });
  await expect(full).toContainText('Remove runs, models');
  await devtools.send('Storage.overrideQuotaForOrigin', { origin });
  await page
    .getByRole('button', { name: /^Resume/ })
    .first()
    .click();
  await waitForEnd(page);
});

async function labelOf(page: Page): Promise<string> {
  const labels = await page
    .getByRole('combobox', { name: 'Run' })
    .locator('option')
    .allTextContents();
  return labels.find((label) => label.startsWith(ARCHIVED_RUN)) ?? ARCHIVED_RUN;
}
