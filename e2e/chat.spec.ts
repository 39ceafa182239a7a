import { readFile } from 'node:fs/promises';
import { expectLooks } from './appearance.ts';
import { ARCHIVED_RUN, runArchive } from './run-archive.ts';
import { dropFiles, expect, goTo, openStudio, test, TRAINING_MS } from './studio.ts';

/** A conversation with a state that still has its experts: routing, changed prompts, what is kept of it. */

test('tokens show their experts; conversations are changed, named, found, saved and kept', async ({
  page,
}) => {
  await openStudio(page);
  await dropFiles(page, [await runArchive()]);
  await expect(page.getByText(`“${ARCHIVED_RUN}” is in the list of runs.`)).toBeVisible();
  await goTo(page, 'Chat');
  await page
    .getByRole('combobox', { name: 'Left model' })
    .selectOption({ label: `Stage 1 with NA · ${ARCHIVED_RUN}` });
  await page.getByRole('combobox', { name: 'Right model' }).selectOption({ label: 'none' });
  await page.getByRole('button', { name: 'Exact' }).click();
  await expect(page.getByRole('slider', { name: 'Temperature' })).toHaveAttribute(
    'aria-valuetext',
    'greedy',
  );
  await page.getByRole('textbox', { name: 'Maximum tokens' }).fill('6');
  const prompt = page.getByRole('textbox', { name: 'Prompt for both models' });
  await prompt.fill('What is the heart?');
  await expect(page.getByRole('meter', { name: /^Left: \d+ of [\d,]+ tokens$/ })).toBeVisible();
  await prompt.press('Enter');
  const reply = page.getByRole('article');
  await expect(reply).toContainText(/cut at the token limit|ended by itself/, {
    timeout: TRAINING_MS,
  });

  await reply.getByRole('button', { name: 'Show routing' }).click();
  const tokens = reply.getByRole('listbox', { name: /^Tokens of/ }).getByRole('option');
  await expect(tokens).toHaveCount(6, { timeout: TRAINING_MS });
  await tokens.first().focus();
  await page.keyboard.press('ArrowRight');
  await expect(tokens.nth(1)).toBeFocused();
  await expect(tokens.nth(1)).toHaveAttribute('aria-selected', 'true');
  await expect(reply.getByText('Token 2 of 6')).toBeVisible();
  // Every linear with a mixture: two chosen experts, whose weights sum to one.
  const rows = reply.getByRole('table').first().locator('tbody tr');
  expect(await rows.count()).toBeGreaterThan(2);
  const weights = await rows
    .first()
    .locator('td')
    .evaluateAll((cells) => cells.map((cell) => Number(cell.textContent.split(' · ')[1])));
  expect(weights.filter(Number.isFinite).reduce((a, b) => a + b, 0)).toBeCloseTo(1, 2);
  await tokens.nth(3).hover();
  await expect(reply.getByText('Token 4 of 6')).toBeVisible();
  await reply.getByText('All tokens as a table').click();
  await expect(reply.getByRole('table', { name: /^Tokens of/ }).locator('tbody tr')).toHaveCount(6);

  await expectLooks(page, 'Chat');

  await page.getByRole('button', { name: 'Change this prompt and go on from here' }).click();
  await page.getByRole('textbox', { name: 'Changed prompt' }).fill('And the lungs?');
  await page.getByRole('button', { name: 'Send changed prompt' }).click();
  await expect(reply).toContainText(/cut at the token limit|ended by itself/, {
    timeout: TRAINING_MS,
  });
  await expect(page.getByText('What is the heart?')).toHaveCount(0);

  await test.step('another model begins a new conversation, or goes on if it is told to', async () => {
    const left = page.getByRole('combobox', { name: 'Left model' });
    await left.selectOption({ label: `Merged · ${ARCHIVED_RUN}` });
    const notice = page.getByRole('status').filter({ hasText: 'begins a new conversation' });
    await expect(notice).toContainText(
      `The answers above are by ${ARCHIVED_RUN} · Stage 1 with NA.`,
    );
    await notice.getByRole('button', { name: /^Ask .* again$/ }).click();
    await expect(left.locator('option:checked')).toHaveText(`Stage 1 with NA · ${ARCHIVED_RUN}`);
    await expect(notice).toHaveCount(0);
    // The menu has a group for base models and one for each run.
    const groups = left.locator('optgroup');
    await expect(groups.first()).toHaveAttribute('label', 'Base models');
    await expect(groups.last()).toHaveAttribute('label', new RegExp(`^${ARCHIVED_RUN} · `));
    await left.selectOption({ label: `Merged · ${ARCHIVED_RUN}` });
    await prompt.fill('And the liver?');
    await prompt.press('Enter');
    const turns = page.getByRole('list', { name: 'Conversation', exact: true }).locator('> li');
    await expect(turns).toHaveCount(1);
    await expect(turns).toContainText('And the liver?');
    await expect(reply).toContainText(/cut at the token limit|ended by itself/, {
      timeout: TRAINING_MS,
    });
    const conversations = page.getByRole('list', { name: 'Conversations' });
    await conversations.getByRole('button', { name: 'Delete this conversation' }).first().click();
    await conversations.getByRole('button', { name: /^And the lungs\?/ }).click();
    await left.selectOption({ label: `Stage 1 with NA · ${ARCHIVED_RUN}` });
  });

  await page.getByRole('button', { name: 'Rename this conversation' }).click();
  await page.getByRole('textbox', { name: 'New title' }).fill('About organs');
  await page.keyboard.press('Enter');
  const list = page.getByRole('list', { name: 'Conversations' });
  const search = page.getByRole('searchbox', { name: 'Search conversations' });
  await search.fill('kidney');
  await expect(page.getByText('No conversation matches.')).toBeVisible();
  await search.fill('organs lungs');
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    list.getByRole('button', { name: 'Save as Markdown' }).click(),
  ]);
  expect(download.suggestedFilename()).toBe('About-organs.md');
  const text = await readFile(await download.path(), 'utf8');
  expect(text).toContain('# About organs\n\n*Not for clinical use.');
  expect(text).toContain('> And the lungs?');

  await page.reload();
  await expect(list.getByRole('button', { name: /^About organs/ })).toHaveAttribute(
    'aria-current',
    'true',
  );
  await expect(page.getByRole('list', { name: 'Conversation', exact: true })).toContainText(
    'And the lungs?',
  );
  await list.getByRole('button', { name: 'Delete this conversation' }).click();
  await expect(page.getByText('Nothing said yet')).toBeVisible();
});
