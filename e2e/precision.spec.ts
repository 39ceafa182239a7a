import { paperRecipe } from '../src/engine/training/recipe/presets.ts';
import { expectAccessible, expectLooks, expectNoOverflow, PHONE, WIDE } from './appearance.ts';
import {
  chooseModel,
  dropFiles,
  expect,
  fixture,
  fixtures,
  goTo,
  importRecipe,
  openStudio,
  startTraining,
  smallRecipe,
  tableRows,
  test,
  TRAINING_MS,
  waitForEnd,
} from './studio.ts';

const card = { name: 'Precision and memory' } as const;

test('a precision is chosen by its bytes and its measured error, trained in, and kept', async ({
  page,
}) => {
  await openStudio(page);
  await dropFiles(page, [await fixture(fixtures.knowledge), await fixture(fixtures.alignment)]);
  await chooseModel(page, 'Stories 260k');
  await goTo(page, 'Model');
  const precision = page.getByRole('region', card);
  const choices = precision.getByRole('radio');
  await expect(choices).toHaveCount(5);
  // The file has float32: kept as stored, or in float32.
  await expect(precision.getByText('the file’s own numbers')).toHaveCount(2);
  await expect(precision.getByRole('radio', { name: 'Float32' })).toBeChecked();

  // With the keyboard, as radio buttons go.
  await precision.getByRole('radio', { name: '8 bit' }).focus();
  await page.keyboard.press('ArrowDown');
  await expect(precision.getByRole('radio', { name: '4 bit' })).toBeChecked();
  await precision.getByRole('button', { name: 'Measure the error' }).click();
  await expect(precision.getByText('Same greedy token')).toBeVisible({ timeout: TRAINING_MS });
  await precision.getByText('All 36 matrices as a table').click();
  const rows = await tableRows(precision.getByRole('table', { name: 'Error of every matrix' }));
  expect(rows).toHaveLength(36);
  for (const [, format, error = ''] of rows) {
    // Rows of 172 are no whole groups of 32: those of "down" stay in float16.
    const rounded = Number(error.replace('%', ''));
    expect(['Q4_0', 'float16']).toContain(format);
    expect(rounded).toBeGreaterThan(format === 'Q4_0' ? 5 : 0);
    expect(rounded).toBeLessThan(format === 'Q4_0' ? 12 : 0.1);
  }
  await expectLooks(page, 'precision');

  await page.reload();
  await expect(precision.getByRole('radio', { name: '4 bit' })).toBeChecked();
  await expect(precision.getByText('Same greedy token')).toBeVisible();
  await importRecipe(page, smallRecipe());
  await startTraining(page);
  await waitForEnd(page);
});

test('a run beyond the budget is offered what fits, applied with one button and taken back', async ({
  page,
}) => {
  await openStudio(page);
  await dropFiles(page, [await fixture(fixtures.knowledge), await fixture(fixtures.alignment)]);
  await goTo(page, 'Model');
  await page.getByRole('combobox', { name: 'Memory budget' }).selectOption('2 GB');
  const huge = paperRecipe();
  await importRecipe(page, {
    ...huge,
    checkpointing: 'none',
    batch: { ...huge.batch, microBatchTokens: 65536, maxLength: 512 },
  });
  const notice = page.getByRole('status').filter({ hasText: 'This run is planned at' });
  await expect(notice).toContainText('more than the budget of 2 GB.');
  await expect(notice).toContainText('It fits at');
  await expect(notice).toContainText(/micro-batches of [\d,]+ instead of 65,536 tokens/);
  // A budget is a measure to plan with: it does not keep anybody from starting.
  await expect(page.getByRole('button', { name: 'Start training' })).not.toHaveAttribute(
    'aria-disabled',
  );
  for (const size of [WIDE, PHONE]) {
    await page.setViewportSize(size);
    const where = `proposal-${size === WIDE ? 'wide' : 'phone'}`;
    await expectNoOverflow(page, where);
    await expectAccessible(page, where);
  }
  await page.setViewportSize(WIDE);
  await notice.getByRole('button', { name: 'Apply to the recipe' }).click();
  await expect(notice).toHaveCount(0);
  const run = page.getByRole('region', { name: 'This run' });
  await expect(run).toContainText(/(1\.\d+|2) GB at the peak/);
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(notice).toBeVisible();

  await page.reload();
  await expect(notice).toContainText('budget of 2 GB.');
  await notice.getByRole('combobox', { name: 'Memory budget' }).selectOption('24 GB');
  await expect(notice).toHaveCount(0);
});
