import { chromium } from '@playwright/test';
import { findChromium } from '../scripts/adapters.mjs';
import { dropFiles, expect, fixture, fixtures, goTo, openStudio, test, watch } from './studio.ts';

/** Nothing to compute on: said plainly, and whatever needs no GPU works. */

test('a browser without a GPU says so, and data can still be brought in', async ({ baseURL }) => {
  const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const browser = await chromium.launch({
    executablePath: findChromium() ?? '',
    args: [...sandbox, '--disable-gpu'],
  });
  try {
    const page = await browser.newPage({ baseURL: baseURL ?? '' });
    const watched = await watch(page, baseURL ?? '');
    await openStudio(page);
    const alert = page.getByRole('alert');
    await expect(alert).toContainText('WebGPU is present but found no usable GPU.');
    await expect(alert).toContainText('What to do');
    await expect(page.getByText('Training, chat and evaluation need WebGPU')).toBeVisible();
    await expect(page.getByText('Chrome on Linux')).toBeVisible();

    await dropFiles(page, [await fixture(fixtures.knowledge), await fixture(fixtures.alignment)]);
    const sets = page.getByRole('table', { name: 'Data sets' });
    await expect(sets.locator('tbody tr')).toHaveCount(2);
    await expect(page.getByRole('region', { name: 'Rendered record' })).toBeVisible();

    await goTo(page, 'Train');
    const missing = page.getByRole('region', { name: 'Missing before training can start' });
    await expect(missing).toContainText('a WebGPU device');
    const start = page.getByRole('button', { name: 'Start training' });
    await expect(start).toHaveAttribute('aria-disabled', 'true');

    await goTo(page, 'Chat');
    await expect(page.getByRole('button', { name: 'Send' })).toHaveAttribute(
      'aria-disabled',
      'true',
    );
    await alert.first().getByRole('button', { name: 'Look for a GPU again' }).click();
    await expect(alert.first()).toContainText('found no usable GPU');
    expect(watched.faults).toEqual([]);
    expect(watched.gpuCalls).toBe(0);
  } finally {
    await browser.close();
  }
});
