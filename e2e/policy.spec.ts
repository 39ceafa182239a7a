import {
  dropFiles,
  expect,
  fixture,
  fixtures,
  goByPath,
  openStudio,
  test,
  textFile,
} from './studio.ts';

/**
 * What the content security policy stops, and that the studio itself runs into none of it: every page, a notice,
 * a tooltip and a dialog. All other journeys look for reports too (see watch in studio.ts).
 */

const PAGES = 'data model train experts evaluate chat export judge settings data/identifiers'.split(
  ' ',
);

/** Records that are enough to be searched in a thread of its own; the last is nearly the first. */
function recordsForThread(): string[] {
  const record = (i: number, end = i): string => {
    const words = Array.from({ length: 120 }, (_, k) => ((i + 1) * 1009 * (k + 1)) % 99_991);
    const response = [...words, end].join(' ');
    return JSON.stringify({ prompt: `Which numbers are number ${i}?`, response });
  };
  return [...Array.from({ length: 500 }, (_, i) => record(i)), record(0, 7)];
}

test('no page or widget meets the policy, and text becomes neither code, markup nor style', async ({
  page,
  watched,
}) => {
  await openStudio(page);
  const threads: string[] = [];
  page.on('worker', (thread) => threads.push(thread.url()));
  await dropFiles(page, [textFile('large.jsonl', recordsForThread().join('\n'))]);
  const near = page.getByRole('region', { name: 'Near-duplicates' });
  await expect(near).toContainText(/large: 1 record nearly the same/);
  expect(threads.some((address) => /search-worker-[\w-]+\.js$/.test(address))).toBe(true);
  await dropFiles(page, [await fixture(fixtures.knowledge)]);
  const sets = page.getByRole('table', { name: 'Data sets' });
  await expect(sets.locator('tbody tr')).toHaveCount(2);

  for (const name of PAGES) {
    await goByPath(page, name);
    await expect(page.locator('main h1')).toBeVisible();
    const tip = page
      .getByRole('button', { name: /^About / })
      .filter({ visible: true })
      .first();
    if ((await tip.count()) > 0) {
      await tip.hover();
      await expect(page.getByRole('tooltip')).toHaveCount(1);
      await page.keyboard.press('Escape');
    }
  }

  await goByPath(page, 'data');
  await sets.getByRole('button', { name: 'Remove large' }).click();
  const asked = page.getByRole('alertdialog');
  await expect(asked).toBeVisible();
  await expect(page.locator('body'), 'the page behind it is held still').toHaveCSS(
    'overflow-y',
    'hidden',
  );
  await asked.getByRole('button', { name: 'Remove data set' }).click();
  await expect(page.locator('[data-sonner-toaster]'), 'notices have their style').toHaveCSS(
    'position',
    'fixed',
  );
  await expect(page.getByText(/ was removed\.$/)).toBeVisible();
  await expect(page.locator('body')).not.toHaveCSS('overflow-y', 'hidden');
  expect(watched.faults).toEqual([]);

  const tried = await page.evaluate(() => {
    const refused = (attempt: () => unknown): boolean => {
      try {
        attempt();
        return false;
      } catch {
        return true;
      }
    };
    const style = document.createElement('style');
    style.textContent = 'h1 { letter-spacing: 77px }';
    document.head.append(style);
    const heading = document.querySelector('h1');
    heading?.setAttribute('style', 'word-spacing: 77px');
    const { letterSpacing, wordSpacing } = getComputedStyle(heading ?? document.body);
    return {
      markup: refused(() => (document.createElement('p').innerHTML = '<b>text</b>')),
      worker: refused(() => new Worker('./assets/page.js')),
      styles: [letterSpacing, wordSpacing].filter((spacing) => spacing === '77px'),
    };
  });
  expect(tried).toEqual({ markup: true, worker: true, styles: [] });
  await expect.poll(() => watched.faults.join('\n')).toContain('policy: require-trusted-types-for');
  expect(watched.faults.join('\n')).toContain('policy: style-src-elem');
  expect(watched.faults.join('\n')).toContain('policy: style-src-attr');
  watched.faults.length = 0;
});
