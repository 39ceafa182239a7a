/** Fills a studio: a small run, two measured states and an answered question. */
import type { Page } from '@playwright/test';
import {
  chooseModel,
  dropFiles,
  expect,
  fixture,
  fixtures,
  goTo,
  importRecipe,
  smallRecipe,
  startTraining,
  TRAINING_MS,
  waitForEnd,
} from './studio.ts';

/** Trains two steps, measures two states on four questions, and asks one. */
export async function fillStudio(page: Page): Promise<void> {
  await dropFiles(page, [await fixture(fixtures.knowledge), await fixture(fixtures.alignment)]);
  await chooseModel(page, 'Stories 260k');
  await importRecipe(
    page,
    smallRecipe({ batch: { records: 20, microBatchTokens: 256, maxLength: 128 } }),
  );
  await startTraining(page);
  await waitForEnd(page);

  await goTo(page, 'Evaluate');
  const questions = page.getByRole('region', { name: 'On which questions' });
  for (const file of await questions.getByRole('checkbox').all()) await file.uncheck();
  await dropFiles(page, [await fixture('children.evaluation.jsonl')]);
  const states = page.getByRole('region', { name: 'What is measured' });
  for (const state of await states.getByRole('checkbox').all()) await state.uncheck();
  await states.getByRole('checkbox').first().check();
  await states.getByRole('checkbox').last().check();
  await page.getByRole('button', { name: 'Measure 2 model states' }).click();
  await expect(page.getByRole('table').getByText('children').first()).toBeVisible({
    timeout: TRAINING_MS,
  });
  const measure = page.getByRole('button', { name: 'Measure 2 model states' });
  await expect(measure).not.toHaveAttribute('aria-busy', 'true', { timeout: TRAINING_MS });
  await goTo(page, 'Chat');
  await page.getByRole('textbox', { name: 'Maximum tokens' }).fill('24');
  const prompt = page.getByRole('textbox', { name: 'Prompt for both models' });
  await prompt.fill('What does the heart do?');
  await prompt.press('Enter');
  const replies = page.getByRole('article');
  await expect(replies).toHaveCount(2, { timeout: TRAINING_MS });
  await expect(replies.last()).toHaveAttribute('aria-busy', 'false', { timeout: TRAINING_MS });
}
