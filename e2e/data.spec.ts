import { readFileSync } from 'node:fs';
import type { Page } from '@playwright/test';
import { expectAccessible, expectNoOverflow, PHONE, WIDE } from './appearance.ts';
import { dropFiles, expect, openStudio, saved, tableRows, test, textFile } from './studio.ts';

/** Data as people bring it: with faults, with columns of their own, from PromptCBLUE, and by mistake. */

const sets = (page: Page) => page.getByRole('table', { name: 'Data sets' });
const good = (prompt: string): string => JSON.stringify({ prompt, response: 'Yes.' });

test('a faulty file: each line with its place, filtered, saved; the good ones kept', async ({
  page,
}) => {
  await openStudio(page);
  const lines = [
    `\ufeff${good('a')}`,
    '{"prompt": oops}',
    good('b'),
    '[1]',
    '{"prompt": "c", "response": " "}',
    '{"prompt": "d", "response": {"text": 7}}',
    good('a'),
    '{"prompt": "e", "response": "f", "__proto__": {}}',
    String.raw`{"prompt": "\ud83d", "response": "g"}`,
    good('h'),
  ];
  await dropFiles(page, [textFile('notes.jsonl', lines.join('\r\n'))]);
  await expect(sets(page).locator('tbody tr')).toHaveCount(1);
  const [row = []] = await tableRows(sets(page));
  expect(row.slice(1, 2)).toEqual(['notes']);
  expect(row[4]).toBe('3');
  expect(row[6]).toContain('7 lines');
  expect(row[6]).toContain('1 duplicate');

  const list = page.getByRole('table', { name: 'Lines of notes that were left out' });
  const listed = list.getByRole('row');
  await expect(listed).toHaveCount(9);
  await expect(list.getByText('…', { exact: true })).toHaveCount(0);
  const places = await listed.evaluateAll((rows) =>
    rows
      .slice(1)
      .map((one) =>
        [...one.children].map(({ textContent }) => textContent.trim()).filter((_, i) => i !== 3),
      ),
  );
  expect(places).toEqual([
    ['notes.jsonl', '1', '1', 'bom'],
    ['notes.jsonl', '2', '12', 'broken-json'],
    ['notes.jsonl', '4', '–', 'not-an-object'],
    ['notes.jsonl', '5', '–', 'empty-response'],
    ['notes.jsonl', '6', '–', 'wrong-type'],
    ['notes.jsonl', '7', '–', 'duplicate'],
    ['notes.jsonl', '8', '34', 'prototype-key'],
    ['notes.jsonl', '9', '–', 'lone-surrogate'],
  ]);
  const { name, bytes } = await saved(page, page.getByRole('button', { name: 'Save as CSV' }));
  expect(name).toBe('notes-left-out.csv');
  const csv = bytes.toString('utf8').split('\r\n');
  expect(csv).toHaveLength(10);
  expect(csv[6]).toBe('notes.jsonl,7,,duplicate,it repeats line 1,no');
  await page.getByRole('combobox', { name: 'Reason' }).selectOption('duplicate');
  await expect(listed).toHaveCount(2);
  await expect(list).toContainText('it repeats line 1');

  // A record is found by its text, by its line and by its number.
  const search = page.getByRole('textbox', { name: 'Search the records' });
  await search.fill('H');
  await search.press('Enter');
  const selected = page.getByRole('listbox').getByRole('option', { selected: true });
  await expect(selected).toContainText('10');
  await page.getByLabel('Go to line').fill('1');
  await page.getByLabel('Go to line').press('Enter');
  await expect(selected).toContainText('a');
  await page.getByLabel('Go to line').fill('9');
  await page.getByLabel('Go to line').press('Enter');
  await expect(page.getByText('No record begins on line 9: this is the nearest.')).toBeVisible();
  await expect(selected).toContainText('b');
  await page.getByLabel('Which number is given').selectOption('record');
  await page.getByLabel('Go to record').fill('3');
  await page.getByLabel('Go to record').press('Enter');
  await expect(selected).toContainText('10');
  await expect(page.getByText('From a sample of')).toHaveCount(0);
  await expectAccessible(page, 'a faulty file');
});

test('columns that say nothing are named before anything is imported', async ({ page }) => {
  await openStudio(page);
  const table = 'no,item,one,two,right,unit\n1,Which?,this,that,0,A\n2,What?,so,not so,1,B\n';
  await dropFiles(page, [textFile('exam.csv', table)]);
  const mapper = page.getByRole('region', { name: /exam\.csv/ });
  await expect(mapper.getByText('Missing: Instruction or question, Response')).toBeVisible();
  await expect(sets(page)).toHaveCount(0);
  await mapper.getByRole('combobox', { name: 'What item is' }).selectOption('prompt');
  for (const column of ['one', 'two']) {
    await mapper.getByRole('combobox', { name: `What ${column} is` }).selectOption('choices');
  }
  await mapper.getByRole('combobox', { name: 'What right is' }).selectOption('answer');
  await mapper.getByRole('combobox', { name: 'What unit is' }).selectOption('task');
  // All values say that they count from 0, and the preview shows what that makes of each row.
  await expect(mapper.getByRole('radio', { name: 'number, from 0' })).toBeChecked();
  await expect(mapper.getByText('right: not so')).toBeVisible();
  await expect(mapper.getByText('answers allowed: A, B').first()).toBeVisible();
  await expect(mapper.getByText('B. not so')).toBeVisible();
  await expectAccessible(page, 'the column mapper');
  await page.setViewportSize(PHONE);
  await expectNoOverflow(page, 'the column mapper');
  await page.setViewportSize(WIDE);
  await mapper.getByRole('button', { name: 'Import exam.csv' }).click();
  await expect(sets(page)).toContainText('own columns');
  // Records were compared on the way, without a press.
  const near = page.getByRole('region', { name: 'Near-duplicates' });
  await expect(near).toContainText('No near-duplicates among 2 records.');
  await expect(mapper).toHaveCount(0);
  await expect(page.getByRole('listbox')).toContainText('Which? A. this B. that');

  // The next file with these columns begins with what was said, and may be left out.
  await dropFiles(page, [textFile('exam-2.csv', table.replace('Which?', 'Who?'))]);
  const again = page.getByRole('region', { name: /exam-2\.csv/ });
  await expect(again.getByText('Filled in as you chose for these columns before.')).toBeVisible();
  await expect(again.getByRole('combobox', { name: 'What right is' })).toHaveValue('answer');
  await again.getByRole('button', { name: 'Leave it out' }).click();
  await expect(again).toHaveCount(0);
  await expect(sets(page).locator('tbody tr')).toHaveCount(1);

  await test.step('a question of an evaluation that comes up in a set is counted and shown', async () => {
    await expect(near).toContainText(/None of \d+ questions of evaluations comes up/);
    const [line = ''] = readFileSync('public/samples/mmlu-medical.evaluation.jsonl', 'utf8').split(
      '\n',
    );
    const { prompt } = JSON.parse(line) as { readonly prompt: string };
    const lines = [good('When?'), JSON.stringify({ prompt, response: 'A' })];
    await dropFiles(page, [textFile('leaflet.jsonl', lines.join('\n'))]);
    await expect(near).toContainText(/1 of \d+ sample questions comes up in leaflet/);
    await near.getByText('Which questions, and where').click();
    await near.getByText(/^Question \d+ of the samples; leaflet, record 2$/).click();
    await expect(near.getByText('A lesion causing compression')).toHaveCount(2);
    await expectAccessible(page, 'questions in a set');
  });
});

test('letters over several lines: rows as Excel counts beside lines, encoding first, kind confirmed', async ({
  page,
}) => {
  await openStudio(page);
  const letter = (i: number) => `"Sehr geehrte Ärztin,\n\nBefund ${i} für Frau Müller."`;
  const rows = Array.from(
    { length: 12 },
    (_, i) => `${letter(i)};${i === 5 ? '' : `Verlauf ${i}`}`,
  );
  const text = `prompt;response\n${rows.join('\n')}\n`;
  await page.getByLabel('Choose data files').setInputFiles({
    name: 'letters.csv',
    mimeType: 'text/csv',
    buffer: Buffer.from(text, 'latin1'),
  });
  await expect(page.getByText('The file is not UTF-8: it was read as Windows-1252.')).toBeVisible();
  const list = page.getByRole('table', { name: 'Lines of letters that were left out' });
  await expect(list.getByRole('row').filter({ hasText: 'an answer is empty' })).toContainText(
    '717',
  );
  await expect(list.getByRole('columnheader', { name: 'Row' })).toBeVisible();
  await page.getByLabel('Go to row').fill('9');
  await page.getByLabel('Go to row').press('Enter');
  const selected = page.getByRole('listbox').getByRole('option', { selected: true });
  await expect(selected).toContainText('Verlauf 7');
  const other = page.getByRole('table', { name: 'What else letters holds' });
  await expect(other.locator('tbody tr').first()).toContainText('not UTF-8');
  await page.getByRole('button', { name: 'Make it alignment' }).click();
  await expect(page.getByText('Guessed: this set is')).toHaveCount(0);
  await expect(page.getByRole('radio', { name: 'Alignment' })).toBeChecked();
});

test('rows of an unknown shape lead to their fields, with the likeliest filled in', async ({
  page,
}) => {
  await openStudio(page);
  const asked = (i: number) =>
    JSON.stringify({ question: `What is case ${i}?`, answer: `Case ${i} is this.` });
  await dropFiles(page, [textFile('mixed.jsonl', [good('a'), asked(1), asked(2)].join('\n'))]);
  await expect(page.getByText('2 rows of this file have a shape')).toBeVisible();
  await page.getByRole('button', { name: 'Say which field is what' }).click();
  const mapper = page.getByRole('region', { name: /mixed\.jsonl/ });
  await expect(mapper).toContainText('Its records hold question, answer.');
  await expect(mapper.getByRole('combobox', { name: 'What answer is' })).toHaveValue('response');
  await expect(mapper.getByRole('radio', { name: 'guess from them: knowledge' })).toBeChecked();
  await mapper.getByRole('button', { name: 'Import mixed.jsonl' }).click();
  await expect(sets(page).locator('tbody tr')).toHaveCount(2);
  await expect(sets(page)).toContainText('mixed (2)');
});

test('what the values leave open is asked, and a file that is no data is named', async ({
  page,
}) => {
  await openStudio(page);
  const question = (i: number) =>
    JSON.stringify({ id: i, question: `Which, ${i}?`, options: ['this', 'that'], answer: 1 });
  await dropFiles(page, [
    textFile('open.jsonl', `${question(1)}\n${question(2)}\n`),
    textFile('page.jsonl', '<!doctype html><title>Sign in</title>'),
    textFile('notes.docx', 'x'),
  ]);
  await expect(page.getByText('page.jsonl is a web page')).toBeVisible();
  await expect(page.getByText('Not imported: notes.docx')).toBeVisible();
  const card = page.getByRole('region', { name: /open\.jsonl/ });
  await expect(card.getByRole('button', { name: 'Import open.jsonl' })).toBeDisabled();
  // Each way of reading the answers is shown with what it makes of a question, to choose by.
  const line = card.getByRole('listitem').filter({ hasText: 'line 1' });
  await expect(line.getByRole('term')).toHaveText(['number, from 0', 'number, from 1']);
  await expect(line.getByRole('definition')).toHaveText(['that', 'this']);
  await card.getByRole('radio', { name: 'number, from 1' }).click();
  await expect(card.getByText('right: this').first()).toBeVisible();
  await expectAccessible(page, 'the choices of a file');
  await card.getByRole('button', { name: 'Import open.jsonl' }).click();
  await expect(card).toHaveCount(0);
  const other = page.getByRole('table', { name: 'What else open holds' });
  await expect(other).toContainText('field not used');
});

test('PromptCBLUE without line breaks works as it is; a cancelled import leaves nothing', async ({
  page,
}) => {
  await openStudio(page);
  const cblue = (id: number) => ({
    input: `第 ${id} 句：患者咳嗽。找出实体：`,
    target: `症状：咳嗽 ${id}`,
    answer_choices: ['疾病', '症状'],
    task_type: 'ner',
    task_dataset: id % 2 === 0 ? 'CMeEE-V2' : 'IMCS-V2-NER',
    sample_id: `train-${id}`,
  });
  const joined = Array.from({ length: 60 }, (_, id) => JSON.stringify(cblue(id))).join('');
  await dropFiles(page, [textFile('train.json', joined)]);
  await expect(sets(page).locator('tbody tr')).toHaveCount(1);
  const [row = []] = await tableRows(sets(page));
  expect([row[3], row[4], row[6]]).toEqual(['input–target', '60', '0']);
  await expect(sets(page).getByRole('cell', { name: 'all records', exact: true })).toBeVisible();
  await expect(page.getByRole('radio', { name: 'Alignment' })).toBeChecked();
  await expect(page.getByText('CMeEE-V2, IMCS-V2-NER')).toBeVisible();
  await expect(page.getByText('Answers allowed: 疾病, 症状')).toBeVisible();
  await expect(page.getByRole('region', { name: 'Training and validation' })).toContainText(
    /\d+ for training/,
  );

  const lines = Array.from({ length: 60_000 }, (_, i) => good(`${'word '.repeat(80)}${i}`));
  await page.getByLabel('Choose data files').setInputFiles({
    name: 'wrong.jsonl',
    mimeType: 'application/jsonl',
    buffer: Buffer.from(lines.join('\n')),
  });
  await expect(page.getByText(/Reading wrong\.jsonl/)).toBeVisible();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await expect(page.getByRole('progressbar')).toHaveCount(0);
  await expect(sets(page).locator('tbody tr')).toHaveCount(1);
  await page.reload();
  await expect(sets(page).locator('tbody tr')).toHaveCount(1);
});
