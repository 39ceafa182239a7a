import { expectAccessible, expectNoOverflow, PHONE } from './appearance.ts';
import { expect, openStudio, runStatus, test, TRAINING_MS } from './studio.ts';

/** The first minute: what the first page says, the tour by keyboard, and three clicks to a run. */

test('the tour by keyboard, then three clicks to training, in Chinese as well', async ({
  page,
}) => {
  await openStudio(page);
  await expect(page.getByText('Why two stages')).toBeVisible();

  await test.step('the tour explains the stages of the recipe in use', async () => {
    await page.getByRole('button', { name: 'Show me how it works' }).press('Enter');
    const tour = page.getByRole('dialog', { name: 'How MedCare trains' });
    await expect(tour).toContainText('1 of 7');
    const first = tour.getByRole('img').first();
    await expect(first).toHaveAttribute('aria-label', /LoRA r 4 trains.*NA 4 × r 4, top-2 trains/);
    await expectAccessible(page, 'tour');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    await expect(tour.getByRole('heading', { level: 3 })).toContainText('Knowledge aggregation');
    await expect(tour).toContainText('NA is dropped');
    for (let step = 0; step < 40; step += 1) {
      await page.keyboard.press('Tab');
      const inside = await tour.evaluate((dialog) => dialog.contains(document.activeElement));
      expect(inside, 'the focus stays in the dialog').toBe(true);
    }
    await page.keyboard.press('Escape');
    await expect(tour).toBeHidden();
  });

  await test.step('it speaks Chinese, on a phone too, and can be started again', async () => {
    await page.getByRole('combobox', { name: 'Language' }).selectOption('zh');
    await expect(page.locator('html')).toHaveAttribute('lang', 'zh-CN');
    await expect(page.getByRole('heading', { level: 1, name: '数据' })).toBeVisible();
    await page.setViewportSize(PHONE);
    await page.getByRole('button', { name: '导览' }).click();
    const tour = page.getByRole('dialog', { name: 'MedCare 如何训练' });
    for (let step = 0; step < 6; step += 1) await page.keyboard.press('ArrowRight');
    await expect(tour).toContainText('第 7 步，共 7 步');
    await expectAccessible(page, 'tour, Chinese, phone');
    await expectNoOverflow(page, 'tour, Chinese, phone');
    await tour.getByRole('button', { name: '前往数据' }).click();
    await page.setViewportSize({ width: 1440, height: 900 });
    await page.getByRole('combobox', { name: '语言' }).selectOption('en');
  });

  await test.step('a worked example opens with one click, and leads from page to page', async () => {
    await page.getByRole('button', { name: 'Open a worked example' }).click();
    await expect(runStatus(page)).toContainText('Worked example');
    await expect(page.getByText('A finished run. Look at the losses')).toBeVisible();
    await page.getByRole('link', { name: 'Next: Experts' }).click();
    await expect(page.getByRole('heading', { level: 1, name: 'Experts' })).toBeVisible();
    await page.getByRole('link', { name: 'Next: Evaluate' }).click();
    const scores = page.getByRole('region', { name: 'Results that came with “Worked example”' });
    await expect(scores.getByText('medmcqa').first()).toBeVisible();
    await expect(scores.getByText('Merged').first()).toBeVisible();
    await page.getByRole('link', { name: 'Next: Chat' }).click();
    await expect(page.getByText('1.3 million parameters')).toBeVisible();
    // Prompts in the form of its training, though its records are not here.
    const prompt = page.getByRole('button', { name: /^MTS-Dialog section headers: Which section/ });
    await prompt.click();
    await expect(page.getByRole('textbox', { name: 'Prompt for both models' })).toHaveValue(
      /^Which section of the clinical note does this dialogue belong to\?\n./,
    );
    await page.getByRole('textbox', { name: 'Prompt for both models' }).fill('Doctor: Any rash?');
    await page.getByRole('button', { name: /^Begin with “Which section/ }).click();
    await expect(page.getByRole('textbox', { name: 'Prompt for both models' })).toHaveValue(
      /^Which section .*\?\nDoctor: Any rash\?$/,
    );
    await page.getByRole('link', { name: 'Next: Try it on your data' }).click();
  });

  await test.step('three clicks', async () => {
    await page.getByRole('button', { name: 'Use the sample data' }).click();
    await page.getByRole('link', { name: 'Continue to training' }).click();
    // The guide through the example does not stand over a person's own run.
    await expect(page.getByRole('button', { name: 'Start training' })).toBeVisible();
    await expect(page.getByText('A finished run. Look at the losses')).toHaveCount(0);
    await page.getByRole('button', { name: 'Start training' }).click();
    await expect(runStatus(page)).toContainText('Quick look', { timeout: TRAINING_MS });
    // Nothing is asked on the way: both stages end in merges, so that the run ends in a merged model.
    await expect(page.getByText('Merged model').or(page.getByText('merged model'))).not.toHaveCount(
      0,
    );
  });
});
