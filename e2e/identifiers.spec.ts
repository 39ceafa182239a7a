/** Identifiers: found in records, looked through with the keyboard, replaced in a new set. */
import { readFile } from 'node:fs/promises';
import { expectNoOverflow, expectWholeChoices, PHONE, WIDE } from './appearance.ts';
import { dropFiles, expect, goTo, openStudio, test, textFile } from './studio.ts';

const row = (prompt: string, response: string): string => JSON.stringify({ prompt, response });
const NOTES = [
  row(
    'Patient: Adaeze Nwosu, MRN 12345678. She came with a cough.',
    'Nwosu was seen on 3 May 2021.',
  ),
  row('患者张丽华，电话13812345678。主诉咳嗽三天。', '建议复查胸片。'),
  row('What is Wilson disease?', 'A disorder of copper.'),
  row('Patient: Adaeze Nwosu, seen again on 10 May 2021.', 'She is better.'),
].join('\n');

test('identifiers are found, decided by keys, taken back, and replaced in a set that a run may train on', async ({
  page,
}) => {
  await openStudio(page);
  await dropFiles(page, [textFile('notes.jsonl', NOTES)]);
  const card = page.getByRole('region', { name: 'Identifiers' });
  await card.getByRole('button', { name: 'Look for identifiers' }).click();
  await expect(card.getByText('8 identifiers found in 3 of 4 records')).toBeVisible();
  await card.getByRole('link', { name: 'Review' }).click();

  const list = page.getByRole('listbox', { name: 'Findings' });
  const option = (text: string) => list.getByRole('option', { name: text, exact: true });
  await test.step('keys move, decide of one or of all of a form, and take back', async () => {
    await expect(page.getByRole('heading', { name: 'Identifiers in notes' })).toBeVisible();
    await expect(page.getByText('No method finds every identifier.')).toBeVisible();
    await expect(list.getByRole('option')).toHaveCount(8);
    await expect(list).toBeFocused();
    await expect(option('Adaeze Nwosu, Names, not decided')).toHaveCount(2);
    await page.keyboard.press('Shift+A');
    await expect(option('Adaeze Nwosu, Names, replace')).toHaveCount(2);
    // What was done is said in the language that is chosen later, too.
    const language = page.getByRole('banner').getByRole('combobox');
    await language.selectOption('zh');
    await expect(page.getByText('2 处：替换')).toBeVisible();
    await language.selectOption('en');
    await expect(page.getByText('2 findings: replace')).toBeVisible();
    await list.focus();
    await page.keyboard.press('z');
    await expect(option('Adaeze Nwosu, Names, not decided')).toHaveCount(2);
    await page.keyboard.press('y');
    await expect(option('Adaeze Nwosu, Names, replace')).toHaveCount(2);
    await page.keyboard.press('Control+z');
    await expect(option('Adaeze Nwosu, Names, not decided')).toHaveCount(2);
    // In a text field, the key belongs to the text.
    await page.getByRole('textbox', { name: 'Search the identifiers' }).focus();
    await page.keyboard.press('Control+Shift+z');
    await expect(option('Adaeze Nwosu, Names, not decided')).toHaveCount(2);
    await page.getByRole('button', { name: 'Redo' }).press('Meta+Shift+z');
    await expect(option('Adaeze Nwosu, Names, replace')).toHaveCount(2);
    await list.focus();
    await page.keyboard.press('End');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('k');
    await expect(option('Adaeze Nwosu, Names, keep')).toHaveCount(1);
    await page.keyboard.press('z');
    await expect(option('Adaeze Nwosu, Names, keep')).toHaveCount(0);
  });

  await test.step('filters and the search leave what was asked for', async () => {
    await page.getByRole('button', { name: /^Telephone, fax/ }).click();
    await expect(list.getByRole('option')).toHaveCount(1);
    // Kept as it is.
    await list.press('k');
    await expect(option('13812345678, Telephone, fax, keep')).toHaveCount(1);
    await page.getByRole('button', { name: /^All kinds/ }).click();
    const search = page.getByRole('textbox', { name: 'Search the identifiers' });
    await search.fill('may 2021');
    await search.press('Enter');
    await expect(list.getByRole('option')).toHaveCount(2);
  });

  await test.step('the record shows what would stand there', async () => {
    const mark = page.locator('mark[aria-current]').last();
    await expect(mark.locator('del')).toHaveText('3 May 2021');
    await expect(mark.locator('ins')).toHaveText(/^\d{1,2} \w+ 20\d\d$/);
    await page.getByRole('combobox', { name: 'All kinds: replaced by' }).selectOption('kind');
    await expect(mark.locator('ins')).toHaveText('[DATE]');
    await page.getByRole('combobox', { name: 'All kinds: replaced by' }).selectOption('surrogate');
  });

  await test.step('on a phone, the choices of the dialog are whole, in both languages', async () => {
    const language = page.getByRole('banner').getByRole('combobox');
    const dialog = page.getByRole('dialog');
    await page.setViewportSize(PHONE);
    for (const [shown, make] of Object.entries({
      zh: '生成替换后的数据集',
      en: 'Make the replaced set',
    })) {
      await language.selectOption(shown);
      await page.getByRole('button', { name: make }).click();
      await expect(dialog.getByRole('row')).toHaveCount(5);
      await expectWholeChoices(dialog.getByRole('combobox'), shown);
      await expectNoOverflow(page, `replacing, phone, ${shown}`);
      await page.keyboard.press('Escape');
      await expect(dialog).toBeHidden();
    }
    await page.setViewportSize(WIDE);
  });

  await test.step('the new set takes the place of the original, its report only counts', async () => {
    await page.getByRole('button', { name: 'Make the replaced set' }).click();
    const dialog = page.getByRole('dialog');
    await expect(dialog.getByText('5 findings are replaced without')).toBeVisible();
    await dialog.getByRole('checkbox', { name: /^Save a list/ }).check();
    await dialog
      .getByRole('textbox', { name: 'Passphrase', exact: true })
      .fill('a long passphrase');
    await dialog.getByRole('textbox', { name: 'Passphrase again' }).fill('a long passphrase');
    const saved = page.waitForEvent('download');
    await dialog.getByRole('button', { name: 'Replace', exact: true }).click();
    const mapping = await readFile(await (await saved).path(), 'utf8');
    expect(mapping).toContain('AES-GCM');
    expect(mapping).not.toContain('Nwosu');
    await expect(page.getByRole('heading', { level: 1, name: 'Data' })).toBeVisible();
    await expect(card.getByText('7 of 8 identifiers replaced, in 3 of 4 records.')).toBeVisible();
    const report = page.waitForEvent('download');
    await card.getByRole('button', { name: 'Save report (JSON)' }).click();
    const text = await readFile(await (await report).path(), 'utf8');
    expect(text).not.toMatch(/Nwosu|12345678|张丽华/);
    expect(JSON.parse(text)).toMatchObject({ kinds: { NAME: { replaced: 4, accepted: 2 } } });
    const sets = page.getByRole('region', { name: 'Data sets' });
    await expect(sets.getByRole('row')).toHaveCount(2);
    await expect(
      sets.getByRole('checkbox', { name: 'Train on notes, identifiers replaced' }),
    ).toBeChecked();
    const records = page.getByRole('listbox', { name: /^Records of/ });
    await expect(records.getByRole('option')).toHaveCount(4);
    await expect(records).toContainText('13812345678');
    await expect(records).toContainText('What is Wilson disease?');
    await expect(records).not.toContainText(/Adaeze|Nwosu|张丽华|3 May 2021/);
  });

  await test.step('it is there after a reload, and may train', async () => {
    await page.reload();
    await expect(card.getByText('7 of 8 identifiers replaced, in 3 of 4 records.')).toBeVisible();
    await goTo(page, 'Train');
    await expect(page.getByText('notes, identifiers replaced').first()).toBeVisible();
  });
});

test('the place of the list is asked for first: a closed dialog changes nothing, a refused one downloads', async ({
  page,
}) => {
  // As in Chromium, whose own dialog a test cannot operate.
  await page.addInitScript(() => {
    const refusals = ['AbortError', 'SecurityError'];
    Reflect.set(globalThis, 'showSaveFilePicker', () =>
      Promise.reject(new DOMException('refused', refusals.shift())),
    );
  });
  await openStudio(page);
  await dropFiles(page, [textFile('notes.jsonl', NOTES)]);
  const card = page.getByRole('region', { name: 'Identifiers' });
  await card.getByRole('button', { name: 'Look for identifiers' }).click();
  await card.getByRole('link', { name: 'Review' }).click();
  await page.getByRole('button', { name: 'Make the replaced set' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('checkbox', { name: /^Save a list/ }).check();
  const passphrase = dialog.getByRole('textbox', { name: 'Passphrase', exact: true });
  await passphrase.fill('a long passphrase');
  await dialog.getByRole('textbox', { name: 'Passphrase again' }).fill('a long passphrase');
  const replace = dialog.getByRole('button', { name: 'Replace', exact: true });

  await replace.click();
  await expect(dialog.getByText('No place was chosen for the list')).toBeVisible();
  await expect(passphrase).toHaveValue('a long passphrase');

  const saved = page.waitForEvent('download');
  await replace.click();
  expect((await saved).suggestedFilename()).toBe('notes-identifiers-replaced.mapping.json');
  await expect(page.getByRole('heading', { level: 1, name: 'Data' })).toBeVisible();
  await expect(card.getByText('8 of 8 identifiers replaced, in 3 of 4 records.')).toBeVisible();
});
