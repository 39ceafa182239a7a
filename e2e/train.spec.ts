import type { Locator, Page } from '@playwright/test';
import { quickRecipe } from '../src/engine/training/recipe/presets.ts';
import type { Recipe } from '../src/engine/training/recipe/recipe.ts';
import { expectAccessible, expectNoOverflow, PHONE, WIDE } from './appearance.ts';
import {
  chooseModel,
  dropFiles,
  expect,
  fixture,
  fixtures,
  goTo,
  importRecipe,
  openStudio,
  runStatus,
  startTraining,
  tableRows,
  test,
  TRAINING_MS,
  undoWhenOffered,
} from './studio.ts';

/** Three steps in all, everything measured after each of them. */
function tinyRecipe(name: string, weight: number): Recipe {
  const quick = quickRecipe();
  return {
    ...quick,
    name,
    stages: quick.stages.map((stage) => ({
      ...stage,
      data: { ...stage.data, fraction: 0.3 },
      orthogonal: stage.orthogonal && { ...stage.orthogonal, weight },
    })),
    batch: { records: 6, microBatchTokens: 256, maxLength: 128 },
    validation: { fraction: 0.1, maxRecords: 4, everySteps: 1 },
    samples: { prompts: 1, everySteps: 0, maxTokens: 4 },
    checkpointEverySteps: 1,
  };
}

async function view(page: Page, name: 'Set up' | 'Runs' | 'Compare'): Promise<void> {
  await page.getByRole('radio', { name, exact: true }).click();
}

/** Waits until the run that is looked at is done. */
async function ended(page: Page, run: Locator): Promise<void> {
  await run.click();
  await expect(runStatus(page).getByText('done', { exact: true })).toBeVisible({
    timeout: TRAINING_MS,
  });
}

test('dry run, queue, samples, best step, notes and comparison', async ({ page }) => {
  await openStudio(page);
  const files = await Promise.all([fixture(fixtures.knowledge), fixture(fixtures.alignment)]);
  await dropFiles(page, files);
  await expect(page.getByRole('row', { name: /children/ })).toBeVisible();

  await chooseModel(page, 'Stories 260k');

  // The fullest step, before anything is started: what lay on the device is what was planned.
  await importRecipe(page, tinyRecipe('Pushed', 1));
  await page.getByRole('button', { name: 'Dry run', exact: true }).click();
  await expect(page.getByText(/^The fullest step of stage [12] fits\.$/)).toBeVisible({
    timeout: TRAINING_MS,
  });
  await expect(page.getByText('as planned')).toBeVisible();

  // One runs, two wait; they change places, and one goes.
  await startTraining(page);
  await view(page, 'Set up');
  await importRecipe(page, tinyRecipe('Measured only', 0));
  const queue = page.getByRole('list', { name: 'What waits for the device, in its order' });
  for (const count of [1, 2, 3]) {
    await page.getByRole('button', { name: 'Queue', exact: true }).click();
    await expect(queue.getByRole('listitem')).toHaveCount(count);
  }
  await page.getByRole('button', { name: 'Move Measured only 3 up' }).click();
  await page.getByRole('button', { name: 'Take Measured only 2 out of the queue' }).click();
  await expect(queue.getByRole('listitem')).toContainText([
    /Measured only(?! \d)/,
    'Measured only 3',
  ]);

  // Held, the queue waits through the end of the run and a reload; told to go on, it does.
  await page.getByRole('button', { name: 'Hold the queue' }).click();
  await view(page, 'Runs');
  const list = page.getByRole('table', { name: 'All runs' });
  const run = (name: string) => list.getByRole('button', { name, exact: true });
  await ended(page, run('Pushed'));
  await page.reload();
  await goTo(page, 'Train');
  await expect(queue.getByRole('listitem')).toHaveCount(2);
  await page.getByRole('button', { name: 'Take Measured only 3 out of the queue' }).click();
  await expect(page.getByText(/Held: nothing starts by itself\.$/)).toBeVisible();
  await page.getByRole('button', { name: 'Continue the queue' }).click();
  await expect(queue).toHaveCount(0, { timeout: TRAINING_MS });
  await view(page, 'Runs');
  await ended(page, run('Measured only'));

  // What can be told of its loss is what validation found, and not the last batch.
  await expect(page.getByRole('region', { name: 'Progress of the run' })).toContainText(
    /Validation loss, \w+ \(n = \d+\)\d\.\d{3} → \d\.\d{3}/,
  );

  // What it answered before and after, and which step was best.
  await run('Pushed').click();
  await expect(
    page.getByRole('table', { name: /^greedy answers/ }).locator('tbody tr'),
  ).toHaveCount(1);
  await expect(page.getByText('Not for clinical use. Answers may be wrong.')).toBeVisible();
  const validation = page.getByRole('table', { name: 'Validation loss by model state' });
  await expect(validation.getByText('best of its stage').first()).toBeVisible();
  await expect(page.getByText('Dry run before the start')).toBeVisible();

  // Tags and notes are kept, and found.
  await page.getByRole('textbox', { name: 'Tags' }).fill('baseline, λ');
  await page.getByRole('textbox', { name: 'Notes' }).fill('Overlap pushed down as in the paper.');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.getByText('Kept with the run')).toBeVisible();
  await page.reload();
  await goTo(page, 'Train');
  await view(page, 'Runs');
  await page.getByLabel('Search runs').fill('overlap pushed');
  await expect(list.locator('tbody tr')).toHaveCount(1);
  await expect(list.locator('tbody tr')).toContainText('baseline');
  await page.getByLabel('Search runs').fill('');

  // Two runs over each other, and by what they differ.
  await list.getByRole('checkbox', { name: 'Compare Pushed' }).check();
  await list.getByRole('checkbox', { name: 'Compare Measured only', exact: true }).check();
  await view(page, 'Compare');
  await expect(page.getByRole('list', { name: 'Runs in the charts' })).toContainText('Pushed');
  await expect(page.getByText('λ 1 → 0', { exact: true })).toBeVisible();
  const summary = await tableRows(page.getByRole('table', { name: 'What each run came to' }));
  expect(summary.map(([name]) => name)).toEqual([
    'Result',
    expect.stringMatching(/^Validation loss, /),
    ...summary.slice(2, -1).map(() => expect.stringMatching(/^Validation loss, /)),
    'Data sets',
  ]);
  const [, one, both] = summary.at(-1) ?? [];
  expect(one).toMatch(/\w/);
  expect(both).toBe(one);
  const figures = await tableRows(
    page.getByRole('table', { name: /^Figures that the runs ended/ }),
  );
  expect(figures.find(([name]) => name === 'State')).toEqual(['State', 'done', 'done']);
  const [, steps, other] = figures.find(([name]) => name === 'Optimiser steps') ?? [];
  expect(Number(steps)).toBeGreaterThan(1);
  expect(other).toBe(steps);
  const cursor = page.getByRole('slider', { name: 'Loss (nll per target token): step' });
  await cursor.focus();
  await page.keyboard.press('Home');
  await expect(cursor).toHaveAttribute('aria-valuetext', /^Step 1: Pushed \d.*, Measured only \d/);
  await expectAccessible(page, 'comparison');
  await page.setViewportSize(PHONE);
  await expectNoOverflow(page, 'comparison');
  await page.setViewportSize(WIDE);
});

test('every ablation can be chosen, and says by what it differs', async ({ page }) => {
  await openStudio(page);
  await goTo(page, 'Train');
  const ablation = page.getByRole('combobox', { name: 'Ablation' });
  await ablation.selectOption('da-keep-na');
  const stages = page.getByRole('list', { name: 'Stages of the recipe' });
  await expect(stages.getByText('keep NA').first()).toBeVisible();
  await ablation.selectOption('base');
  await expect(page.getByText('Nothing is trained: the base model is measured')).toBeVisible();
  await ablation.selectOption('forced-pair');
  await expect(stages.getByText('force routing of NA')).toBeVisible();
  await ablation.selectOption('none');
  await page.getByText('Optimiser', { exact: true }).click();
  await page.getByLabel('Learning rate', { exact: true }).fill('0.001');
  await expect(page.getByText('Learning rate 0.002 → 0.001')).toBeVisible();
  await page.getByRole('button', { name: 'Back to the preset' }).click();
  await expect(page.getByText('Learning rate 0.002 → 0.001')).toHaveCount(0);

  // A stage that is removed comes back as it was.
  const before = await stages.innerText();
  const editors = page.locator('summary').filter({ hasText: /^Stage \d: / });
  await expect(editors).toHaveCount(2);
  await editors.first().click();
  const undone = undoWhenOffered(page, 'Stage 1 was removed.');
  await page.getByRole('button', { name: 'Remove this stage' }).first().click();
  await undone;
  await expect(editors).toHaveCount(2);
  await expect.poll(() => stages.innerText()).toBe(before);
});
