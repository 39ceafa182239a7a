import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Locator, Page } from '@playwright/test';
import { expectAccessible, expectNoOverflow, PHONE, WIDE } from './appearance.ts';
import { chooseModel, expect, goByPath, goTo, openStudio, test } from './studio.ts';

/** A model whose tokenizer runs away on some texts: nobody is locked out, and the page says what is the matter. */

/** Takes some 2⁴⁰ steps on forty x that no y follows, and none on ordinary text. */
const RUNAWAY = {
  type: 'Split',
  pattern: { Regex: '(x+x+)+y' },
  behavior: 'Isolated',
  invert: false,
};
const TRIGGER = `${'x'.repeat(40)}!`;

async function runawayModel(folder: string): Promise<string> {
  await rm(folder, { recursive: true, force: true });
  await cp('public/models/medcare-nano', folder, { recursive: true });
  const path = join(folder, 'tokenizer.json');
  const tokenizer = JSON.parse(await readFile(path, 'utf8')) as Record<string, unknown>;
  const own = tokenizer['pre_tokenizer'];
  const pretokenizers = [RUNAWAY, ...(own ? [own] : [])];
  const changed = { ...tokenizer, pre_tokenizer: { type: 'Sequence', pretokenizers } };
  await writeFile(path, JSON.stringify(changed));
  return folder;
}

/** Both themes, both languages, wide and on a phone. */
async function look(page: Page, name: string): Promise<void> {
  for (const [language, colorScheme] of [
    ['en', 'light'],
    ['zh', 'dark'],
  ] as const) {
    await page.getByRole('banner').getByRole('combobox').selectOption(language);
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    for (const [width, size] of Object.entries({ wide: WIDE, phone: PHONE })) {
      await page.setViewportSize(size);
      await expectNoOverflow(page, `${name}, ${language}, ${width}`);
    }
    await expectAccessible(page, `${name}, ${language}`);
    await page.setViewportSize(WIDE);
  }
  await page.getByRole('banner').getByRole('combobox').selectOption('en');
}

test('a model that never ends with a text is set aside in words; another one answers', async ({
  page,
}, info) => {
  const folder = await runawayModel(join(info.outputDir, 'runaway'));
  await openStudio(page);
  await page.getByRole('button', { name: 'Use the sample data' }).click();
  await goTo(page, 'Model');
  await page.getByLabel('Choose a model folder').setInputFiles(folder);
  await expect(page.getByRole('radio', { name: 'runaway' })).toBeChecked();

  await goTo(page, 'Chat');
  const prompt = page.getByRole('textbox', { name: 'Prompt for both models' });
  const aside: Locator = page.getByRole('status').filter({ hasText: 'runaway is set aside' });
  await test.step('Stop answers while the tokenizer is at the text', async () => {
    await page.getByRole('combobox', { name: 'Right model' }).selectOption({ label: 'none' });
    await prompt.fill(TRIGGER);
    await prompt.press('Enter');
    await page.getByRole('button', { name: 'Stop' }).click();
    await expect(page.getByRole('article')).toContainText('stopped');
    await expect(page.getByRole('button', { name: 'Send' })).toBeVisible();
  });

  await test.step('once it has run away for long enough, the page says so, after a reload too', async () => {
    await page.getByRole('button', { name: 'Answer again with the next seed' }).click();
    await expect(page.getByRole('article').getByRole('alert')).toContainText('and was stopped');
    await expect(aside).toBeVisible();
    await expect(page.getByRole('button', { name: 'Send' })).toBeDisabled();
    await look(page, 'aside-chat');
    await page.reload();
    await expect(aside).toContainText('Choose another model');
    await goByPath(page, 'data');
    await expect(aside).toBeVisible();
    await expect(page.getByRole('alert')).toHaveCount(0);
    await look(page, 'aside-data');
  });

  await test.step('tried again, it reads the records that it can read', async () => {
    await page.getByRole('button', { name: 'Try the model again' }).click();
    await expect(page.getByRole('region', { name: 'Rendered record' })).toBeVisible();
    await expect(aside).toHaveCount(0);
  });

  await test.step('another model answers', async () => {
    await chooseModel(page, 'MedCare nano');
    await goTo(page, 'Chat');
    await page.getByRole('button', { name: 'New conversation' }).click();
    await page.getByRole('textbox', { name: 'Maximum tokens' }).fill('4');
    await page
      .getByRole('combobox', { name: 'Left model' })
      .selectOption({ label: 'Base · MedCare nano' });
    await prompt.fill('What is the heart?');
    await prompt.press('Enter');
    await expect(page.getByRole('article')).toContainText(/cut at the token limit|ended by itself/);
  });
});
