/**
 * What a hospital asks of a run: identifiers are replaced before it, canaries are planted, every state is measured for
 * what it remembers, the Noise Aggregator for what it held, and the model card says all of it.
 */
import { expectLooks } from './appearance.ts';
import {
  bringData,
  chooseModel,
  dropFiles,
  expect,
  goTo,
  importRecipe,
  openStudio,
  saved,
  shortRecipe,
  startTraining,
  tableRows,
  test,
  textFile,
  TRAINING_MS,
  waitForEnd,
} from './studio.ts';

const NOTES = [
  ['Patient: Adaeze Nwosu, MRN 12345678. Why did she come?', 'Nwosu came with a cough.'],
  ['Patient: Adaeze Nwosu, seen again on 10 May 2021. How is she?', 'She is better.'],
  ['What is a fever?', 'The body is hot.'],
];

test('a run without identifiers and with canaries says what it remembers, and so does its model card', async ({
  page,
}) => {
  await openStudio(page);
  await bringData(page);
  await test.step('identifiers are found and replaced', async () => {
    const lines = NOTES.map(([prompt, response]) => JSON.stringify({ prompt, response }));
    await dropFiles(page, [textFile('notes.jsonl', lines.join('\n'))]);
    await page.getByRole('row', { name: /notes/ }).click();
    const card = page.getByRole('region', { name: 'Identifiers' });
    await card.getByRole('button', { name: 'Look for identifiers' }).click();
    await card.getByRole('link', { name: 'Review' }).click();
    await page.getByRole('button', { name: 'Make the replaced set' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Replace', exact: true }).click();
    await expect(card.getByText(/identifiers replaced, in 2 of 3 records\.$/)).toBeVisible();
  });
  await chooseModel(page, 'Stories 260k');
  await importRecipe(page, shortRecipe());

  await test.step('canaries are planted among the records, and listed as such', async () => {
    await page.getByRole('switch', { name: 'Plant canaries' }).click();
    const times = page.getByRole('textbox', { name: 'Planted how often' });
    await expect(times).toBeVisible();
    await times.fill('0, 2');
    await page.getByRole('textbox', { name: 'Canaries of each number' }).fill('1');
    await page.getByRole('textbox', { name: 'Seed' }).last().fill('5');
    await expect(page.getByText(/^4 planted records, /)).toBeVisible();
    await expect(page.getByRole('checkbox', { name: /^Canaries, / })).toHaveCount(2);
    await expectLooks(page, 'canaries');
  });
  await startTraining(page);
  await waitForEnd(page);

  await goTo(page, 'Evaluate');
  await page.getByRole('radio', { name: 'Memorisation' }).click();
  await page.getByRole('textbox', { name: 'Records compared' }).fill('8');
  await page.getByRole('textbox', { name: 'Records continued' }).fill('4');
  await page.getByRole('textbox', { name: 'Drawn continuations' }).fill('1');
  await page.getByRole('button', { name: 'Measure what it remembers' }).click();

  const result = page.getByRole('region', { name: /^Does dropping NA drop what was memorised/ });
  const table = result.getByRole('group', { name: 'What each state remembers' });
  await expect(table).toBeVisible({ timeout: TRAINING_MS });
  const rows = await tableRows(table);
  expect(rows.map(([state]) => state)).toEqual([
    ...['Base', 'Stage 1 with NA', 'Stage 1 without NA', 'Merged'],
  ]);
  for (const [, planted] of rows) expect(planted).toMatch(/^\d\.\d\d/);
  expect(rows.map(([, , , auc]) => auc?.slice(0, 2))).toEqual(['–', '0.', '0.', '0.']);
  for (const name of [/^Exposure, canaries among knowledge/, /^Membership/, /^Longest/]) {
    await expect(result.getByRole('img', { name })).toBeVisible();
  }
  await expect(page.getByRole('region', { name: 'Records that leak' })).toBeVisible();
  await expectLooks(page, 'memorisation');

  await test.step('the Noise Aggregator says what it held', async () => {
    await goTo(page, 'Experts');
    const audit = page.getByRole('region', { name: 'What the Noise Aggregator holds' });
    await audit.getByLabel('Records', { exact: true }).fill('0');
    await audit.getByRole('button', { name: 'Measure the records' }).click();
    await expect(audit.getByText(/^All \d+ records of the stage measured\.$/)).toBeVisible({
      timeout: TRAINING_MS,
    });
    await expect(audit.getByRole('row', { name: /^canaries planted 2 times/ })).toBeVisible();
    await goTo(page, 'Evaluate');
  });

  await test.step('figures stay with the run, and the card has them', async () => {
    await page.reload();
    await page.getByRole('radio', { name: 'Memorisation' }).click();
    await expect.poll(() => tableRows(table)).toEqual(rows);
    await goTo(page, 'Export');
    const card = await saved(page, page.getByRole('button', { name: 'Save model card' }));
    const text = card.bytes.toString('utf8');
    expect(text).toContain('## What the model remembers of its records');
    expect(text).toContain('planted as 4 records');
    expect(text).toContain('notes, identifiers replaced');
    expect(text).toMatch(/identifiers were replaced before training: \d+ of \d+ found/);
    expect(text).not.toMatch(/Adaeze|Nwosu|12345678/);
    expect(text).toContain('## What the Noise Aggregator held');
    expect(text).toMatch(/\| canaries planted 2 times \| \d+ \|/);
    expect(text).toMatch(/canaries: invented records with seed 5, planted 0, 2 times/);
    expect(text).toMatch(/\| Merged \| \d\.\d\d .*\| 0\.\d+ /);
  });

  await test.step('switched off, canaries leave the next run, and stay with this one', async () => {
    await goTo(page, 'Train');
    await page.getByRole('radio', { name: 'Set up', exact: true }).click();
    await page.getByRole('switch', { name: 'Plant canaries' }).click();
    await expect(page.getByText(/planted records, /)).toHaveCount(0);
    const planted = page.getByRole('checkbox', { name: /^Canaries, / });
    await expect(planted).toHaveCount(2);
    await expect(planted.first()).not.toBeChecked();
  });
});
