import { test as plain } from '@playwright/test';
import { startJudge } from '../test/judge/test-judge.ts';
import type { TestJudge } from '../test/judge/test-judge.ts';
import { expectLooks } from './appearance.ts';
import { expect, openStudio, saved, TRAINING_MS, watch } from './studio.ts';

/** The judge against a real server on this computer: off, one request as it was shown, then the others. */

const test = plain.extend<{ judge: TestJudge }>({
  judge: async ({ page, baseURL }, use) => {
    const judge = await startJudge();
    const watched = await watch(page, baseURL ?? '');
    await use(judge);
    await judge.close();
    const own = new RegExp(`^${judge.address}/chat/completions$`);
    expect(watched.elsewhere.filter((url) => !own.test(url))).toEqual([]);
    // The browser itself reports statuses that are errors.
    expect(watched.faults.filter((fault) => !fault.includes('Failed to load resource'))).toEqual(
      [],
    );
  },
});

test('nothing goes out before it was shown and approved; then scores, faults and the ledger', async ({
  page,
  judge,
}) => {
  await openStudio(page);
  await page.goto('./#/judge');
  await expect(page.getByRole('heading', { level: 1, name: 'Judge' })).toBeVisible();
  await expect(page.getByText('This sends text out of the browser.')).toBeVisible();
  const begin = page.getByRole('button', { name: 'Answer the questions' });
  await expect(begin).toHaveAttribute('aria-disabled', 'true');
  await page.getByRole('textbox', { name: 'Address' }).fill(judge.address);
  await page.getByRole('textbox', { name: 'Model', exact: true }).fill('judge-1');
  await page.getByLabel('Key', { exact: true }).fill('secret-key');
  await page.getByRole('button', { name: 'Turn the judge on' }).click();
  await expect(page.getByText(`Requests go to ${judge.address}/chat/completions`)).toBeVisible();
  await expect(page.getByRole('navigation', { name: 'Steps' })).toContainText('A judge is on');

  const lines = ['heart', 'liver', 'lung'].map((organ) =>
    JSON.stringify({ task: 'organs', question: `What is the ${organ}?`, reference: 'An organ.' }),
  );
  await page.getByLabel('File of open questions').setInputFiles({
    name: 'organs.jsonl',
    mimeType: 'application/jsonl',
    buffer: Buffer.from(lines.join('\n')),
  });
  await page.getByRole('textbox', { name: 'Answer tokens' }).fill('4');
  await page
    .getByRole('combobox', { name: 'First state' })
    .selectOption({ label: 'Base · Stories 260k' });
  await begin.click();
  const request = page.getByRole('region', { name: 'The next request, as it will be sent' });
  const body = request.getByRole('region', { name: 'Body' });
  await expect(body).toContainText('What is the heart?', { timeout: TRAINING_MS });
  await expect(request).not.toContainText('secret-key');
  await expect(request.getByRole('button', { name: 'Send all 3 that are left' })).toHaveAttribute(
    'aria-disabled',
    'true',
  );
  expect(judge.requests).toEqual([]);

  const shown = await body.textContent();
  judge.answer({ kind: 'text', text: 'A good answer!' }, { kind: 'scores', scores: [5, 4, 3, 2] });
  await request.getByRole('button', { name: 'Send this request' }).click();
  const results = page.getByRole('region', { name: 'Results' });
  await expect(
    results.getByRole('row', { name: /All answers .* 5\.00 4\.00 3\.00 2\.00 3\.50 1 0/ }),
  ).toBeVisible();
  expect(judge.requests.map((sent) => sent.body)).toEqual([shown, shown]);
  expect(judge.requests[0]?.headers.authorization).toBe('Bearer secret-key');
  await expect(results.getByText('not the JSON asked for', { exact: true })).toBeVisible();

  judge.answer({ kind: 'scores', scores: [1, 2, 3, 4] }, { kind: 'status', status: 401 });
  await request.getByRole('button', { name: 'Send all 2 that are left' }).click();
  await expect(page.getByText('Every answer has been sent or skipped.')).toBeVisible();
  await expect(
    results.getByRole('row', { name: /All answers .* 3\.00 3\.00 3\.00 3\.00 3\.00 2 1/ }),
  ).toBeVisible();
  const ledger = page.getByRole('region', { name: 'What went out' });
  await expect(ledger.locator('tbody tr')).toHaveCount(4);
  await expect(ledger.locator('tbody tr').first()).toContainText(
    `POST ${judge.address}/chat/completions`,
  );

  await results.getByText('Log of judgements').click();
  await results.getByText('What is the heart?').first().click();
  await expectLooks(page, 'Judge');
  const csv = await saved(page, results.getByRole('button', { name: 'Save as CSV' }));
  expect(csv.bytes.toString('utf8').split('\r\n')).toHaveLength(1 + 3 + 1);

  // Off again after a reload; what was judged is still there, and the key is not.
  await page.reload();
  await expect(page.getByRole('button', { name: 'Turn the judge on' })).toBeVisible();
  await expect(page.getByLabel('Key', { exact: true })).toHaveValue('');
  await page.getByRole('button', { name: 'Open the judging session of organs.jsonl' }).click();
  await expect(results.getByRole('row', { name: /All answers/ })).toBeVisible();
});
