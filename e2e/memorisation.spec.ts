/** What a run remembers: canaries are planted before it, every state is measured after it, and its model card says so. */
import { expectLooks } from './appearance.ts';
import {
  bringData,
  chooseModel,
  expect,
  goTo,
  importRecipe,
  openStudio,
  saved,
  shortRecipe,
  startTraining,
  tableRows,
  test,
  TRAINING_MS,
  waitForEnd,
} from './studio.ts';

test('a run with canaries says what each state remembers, and so does its model card', async ({
  page,
}) => {
  await openStudio(page);
  await bringData(page);
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

  await test.step('figures stay with the run, and the card has them', async () => {
    await page.reload();
    await page.getByRole('radio', { name: 'Memorisation' }).click();
    expect(await tableRows(table)).toEqual(rows);
    await goTo(page, 'Export');
    const card = await saved(page, page.getByRole('button', { name: 'Save model card' }));
    const text = card.bytes.toString('utf8');
    expect(text).toContain('## What the model remembers of its records');
    expect(text).toContain('planted as 4 records');
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
