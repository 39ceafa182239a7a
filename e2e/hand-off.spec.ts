import { unzipSync } from 'fflate';
import { expectAccessible, expectDrawn, expectNoOverflow, PHONE, WIDE } from './appearance.ts';
import { paperRecipe } from '../src/engine/training/recipe/presets.ts';
import {
  bringData,
  expect,
  goTo,
  importRecipe,
  openStudio,
  runStatus,
  saved,
  test,
  viewRuns,
} from './studio.ts';

test('a planned run is handed off as a bundle, waits, and goes on here after a question', async ({
  page,
}) => {
  await openStudio(page);
  await bringData(page);
  await goTo(page, 'Train');
  await page.getByRole('button', { name: 'Hand off to a cluster' }).click();
  const dialog = page.getByRole('dialog', { name: /Hand “.+” off to a cluster\?/ });
  await expect(dialog.getByText(/which anybody can turn back into text/)).toBeVisible();
  await expect(dialog.getByText('How it comes back')).toBeVisible();
  await expectAccessible(page, 'hand-off');
  for (const size of [PHONE, WIDE]) {
    await page.setViewportSize(size);
    await expectNoOverflow(page, `hand-off, ${size.width} wide`);
  }
  await expect(dialog.getByText(/^About \d/)).toBeVisible();
  await dialog.getByRole('button', { name: 'Make the bundle' }).click();
  const save = dialog.getByRole('button', { name: 'Save the bundle' });
  await expect(save).toBeVisible();
  const records = dialog.getByRole('checkbox', { name: 'Put the records in' });
  await expect(records).toBeDisabled();
  await expect(records).toBeChecked();
  await expectDrawn(records);
  const { name, bytes } = await saved(page, save);
  expect(name).toMatch(/\.handoff\.zip$/);
  const paths = Object.keys(unzipSync(new Uint8Array(bytes)));
  const inside = paths.map((path) => path.slice(path.indexOf('/') + 1));
  expect(inside).toEqual(
    expect.arrayContaining([
      ...['handoff.json', 'README.md', 'run/manifest.json', 'records/1.safetensors'],
      'trainer/medcare_train/cli.py',
    ]),
  );
  await dialog.getByRole('button', { name: 'Close' }).click();
  await page.getByRole('radio', { name: 'Runs', exact: true }).click();
  await expect(runStatus(page).getByText('handed off', { exact: true })).toBeVisible();
  await page.reload();
  await goTo(page, 'Train');
  await page.getByRole('radio', { name: 'Runs', exact: true }).click();
  await expect(page.getByText(/^Handed off to be trained elsewhere/)).toBeVisible();
  await page.getByRole('button', { name: 'Go on here' }).click();
  const asked = page.getByRole('alertdialog', { name: /^Go on with/ });
  await asked.getByRole('button', { name: 'Cancel' }).click();
  await expect(runStatus(page).getByText('handed off', { exact: true })).toBeVisible();
});

test('a run that is too large here is offered to a cluster: beyond a budget, and beyond any buffer', async ({
  page,
}) => {
  await openStudio(page);
  await bringData(page);
  await goTo(page, 'Model');
  await page.getByRole('combobox', { name: 'Memory budget' }).selectOption('2 GB');
  const paper = paperRecipe();
  const batch = { ...paper.batch, microBatchTokens: 65536, maxLength: 512 };
  await importRecipe(page, { ...paper, checkpointing: 'none', batch });
  const notice = page.getByRole('status').filter({ hasText: 'This run is planned at' });
  const dialog = page.getByRole('dialog', { name: /Hand “.+” off to a cluster\?/ });
  await notice.getByRole('button', { name: 'Hand off to a cluster' }).click();
  await expect(dialog.getByText(/^About \d/)).toBeVisible();
  await dialog.getByRole('button', { name: 'Close' }).click();

  const wide = paperRecipe({ rank: 256, sharedExperts: 1, experts: 64, active: 2 });
  await importRecipe(page, { ...wide, checkpointing: 'none', batch });
  const missing = page.getByRole('region', { name: 'Missing before training can start' });
  await expect(missing).toContainText(
    /this device allows .+ \d+ other buffers are too large, too\./,
  );
  await expect(missing.getByRole('listitem')).toHaveCount(1);
  await expect(page.getByRole('button', { name: 'Start training' })).toHaveAttribute(
    'aria-disabled',
    'true',
  );
  await missing.getByRole('button', { name: 'Hand off to a cluster' }).click();
  await expectAccessible(page, 'refused and handed off');
  await dialog.getByRole('button', { name: 'Make the bundle' }).click();
  await expect(dialog.getByRole('button', { name: 'Save the bundle' })).toBeVisible();
  await dialog.getByRole('button', { name: 'Close' }).click();
  await viewRuns(page);
  await expect(runStatus(page).getByText('handed off', { exact: true })).toBeVisible();
});
