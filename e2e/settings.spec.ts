import { expectAccessible, expectNoOverflow, PHONE, picture, WIDE } from './appearance.ts';
import { chooseModel, expect, openStudio, test } from './studio.ts';

/** Settings: the device, kernels timed when asked, and the way back to the defaults. */

test('kernels are timed on request, shown, and set back', async ({ page }) => {
  await openStudio(page);
  await chooseModel(page, 'Stories 260k');
  await page.getByRole('link', { name: 'Settings' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Settings' })).toBeVisible();
  await expect(page.getByRole('region', { name: 'Device' }).getByText('software')).toBeVisible();

  const kernels = page.getByRole('region', { name: 'Kernel choices' });
  await expect(kernels.getByText('The defaults are in use', { exact: true })).toBeVisible();
  // Twice: the first time compiles, which on this adapter takes what time there is.
  for (const name of ['Tune', 'Tune again']) {
    await kernels.getByRole('button', { name, exact: true }).click();
    const again = kernels.getByRole('button', { name: 'Tune again' });
    await expect(again).toBeVisible({ timeout: 60_000 });
    await expect(again).not.toHaveAttribute('aria-busy', 'true', { timeout: 60_000 });
  }
  const table = kernels.getByRole('table');
  await expect(table.getByRole('row').nth(1)).toBeVisible();
  await expect(table.getByText(/\d (ms|µs)$/).first()).toBeVisible();

  // What was found is still there after a reload.
  await page.reload();
  await expect(table.getByRole('row').nth(1)).toBeVisible();
  for (const theme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: theme });
    for (const [width, size] of Object.entries({ wide: WIDE, phone: PHONE })) {
      await page.setViewportSize(size);
      await picture(page, `settings-${theme}-${width}`);
      await expectNoOverflow(page, `Settings, ${theme}, ${width}`);
    }
    await expectAccessible(page, `Settings, ${theme}`);
  }
  await page.setViewportSize(WIDE);

  await kernels.getByRole('button', { name: 'Use defaults' }).click();
  await expect(kernels.getByText('The defaults are in use', { exact: true })).toBeVisible();
});
