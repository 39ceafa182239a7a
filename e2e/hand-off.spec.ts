import { unzipSync } from 'fflate';
import { expectAccessible, expectNoOverflow, PHONE, WIDE } from './appearance.ts';
import { bringData, expect, goTo, openStudio, runStatus, saved, test } from './studio.ts';

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
