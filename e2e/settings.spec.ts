import { expectLooks } from './appearance.ts';
import { chooseModel, expect, openStudio, test, TRAINING_MS } from './studio.ts';

/** Settings: the device, kernels timed when asked, and the way back to the defaults. */

test('kernels are timed on request, shown, and set back', async ({ page }) => {
  await openStudio(page);
  await chooseModel(page, 'Stories 260k');
  await page.getByRole('link', { name: 'Settings' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Settings' })).toBeVisible();
  await expect(page.getByRole('region', { name: 'Device' }).getByText('software')).toBeVisible();

  const kernels = page.getByRole('region', { name: 'Kernel choices' });
  await expect(kernels.getByText('The defaults are in use', { exact: true })).toBeVisible();
  await kernels.getByRole('button', { name: 'Tune', exact: true }).click();
  // At least one computation is timed, however slow the machine; how many more is for its speed to say.
  const table = kernels.getByRole('table');
  await expect(table.getByText(/\d (ms|µs)$/).first()).toBeVisible({ timeout: TRAINING_MS });
  await expect(
    kernels.getByText(/^[1-9]\d* computations? timed in .* compiled and checked/),
  ).toBeVisible();
  await expect(kernels.getByRole('progressbar')).toHaveCount(0, { timeout: TRAINING_MS });

  // What was found is still there after a reload.
  await page.reload();
  await expect(table.getByRole('row').nth(1)).toBeVisible();
  await expectLooks(page, 'Settings');

  await kernels.getByRole('button', { name: 'Use defaults' }).click();
  await expect(kernels.getByText('The defaults are in use', { exact: true })).toBeVisible();
});
