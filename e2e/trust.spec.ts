/**
 * How far scores can be believed: calibration, abstention and questions among the training records, on the real engine.
 */
import { expectLooks } from './appearance.ts';
import {
  askOnly,
  bringData,
  chooseModel,
  dropFiles,
  expect,
  goTo,
  importRecipe,
  openStudio,
  shortRecipe,
  startTraining,
  test,
  textFile,
  TRAINING_MS,
  waitForEnd,
} from './studio.ts';

/** Forty questions of two subjects, with options of which nobody knows the right one. */
const questions = Array.from({ length: 40 }, (_, i) => ({
  ...{ task: 'exam', kind: 'knowledge', metric: 'accuracy', choices: ['A', 'B'] },
  prompt: `What is number ${i}?\nA. The heart ${i}\nB. The knee ${i}`,
  answer: i % 2 === 0 ? 'A' : 'B',
  subject: i % 4 < 2 ? 'anatomy' : 'surgery',
}));
const file = textFile('exam.jsonl', questions.map((item) => JSON.stringify(item)).join('\n'));

test('a measured model shows its calibration by subject, and what refusing below a sureness leaves', async ({
  page,
}) => {
  await openStudio(page);
  await chooseModel(page, 'Stories 260k');
  await goTo(page, 'Evaluate');
  const files = await askOnly(page, [file]);
  await page.getByRole('button', { name: 'Measure 1 model state' }).click();

  const card = page.getByRole('region', { name: 'Calibration and abstention' });
  const table = card.getByRole('group', { name: 'Calibration of exam' });
  await expect(table.getByRole('row')).toHaveCount(4);
  await expect(table.getByRole('row', { name: /Subject: anatomy 20 / })).toContainText('too few');
  await expect(card.getByRole('img', { name: 'Reliability curve' })).toBeVisible();
  await expect(card.getByRole('img', { name: 'Risk–coverage curve' })).toBeVisible();
  const cut = await card.locator('svg[role="img"]').evaluateAll((plots) =>
    plots.flatMap((plot) => {
      const { left, right } = plot.getBoundingClientRect();
      return [...plot.querySelectorAll('text')].filter((text) => {
        const box = text.getBoundingClientRect();
        return box.left < left || box.right > right;
      });
    }),
  );
  expect(cut.length, 'labels beyond the edge of a curve').toBe(0);

  const below = card.getByRole('textbox', { name: 'Abstain below (%)' });
  await below.fill('50');
  await below.blur();
  // The likelier of two options has at least a half.
  await expect(table.getByText('40 of 40 answered')).toBeVisible();
  await below.fill('99');
  await below.blur();
  await expect(table.getByText('Refuses every question.').first()).toBeVisible();
  await below.fill('55');
  await below.blur();
  await expectLooks(page, 'calibration');

  await page.reload();
  await expect(below).toHaveValue('55');
  await expect(table.getByRole('row')).toHaveCount(4);

  await test.step('“I do not know” is asked as one more option, and counted apart', async () => {
    // The choice of bundled files outlasted the reload, the dropped file did not.
    await dropFiles(page, [file]);
    await files.getByRole('checkbox', { name: 'Offer “I do not know” as one more option' }).check();
    await page.getByRole('button', { name: 'Measure 1 model state' }).click();
    const scores = page.getByRole('group', { name: 'Scores by task and model state' });
    await expect(scores.getByText(/^“I do not know”: \d+ of 40$/)).toBeVisible();
  });

  await test.step('Chat marks an answer of which the model is less sure', async () => {
    await goTo(page, 'Chat');
    await page.getByRole('combobox', { name: 'Right model' }).selectOption({ label: 'none' });
    const inChat = page.getByRole('textbox', { name: 'Abstain below (%)' });
    await expect(inChat).toHaveValue('55');
    await inChat.fill('99');
    await page.getByRole('textbox', { name: 'Maximum tokens' }).fill('6');
    await page.getByRole('textbox', { name: 'Prompt for both models' }).fill('What is it?');
    await page.keyboard.press('Enter');
    await expect(page.getByText('The model would rather not say')).toBeVisible();
    await inChat.fill('0');
    await inChat.blur();
    await expect(page.getByText('The model would rather not say')).toHaveCount(0);
  });
});

test('questions that the training records hold are found, and the scores without them are shown', async ({
  page,
}) => {
  await openStudio(page);
  await bringData(page);
  await chooseModel(page, 'Stories 260k');
  await importRecipe(page, shortRecipe());
  await startTraining(page);
  await waitForEnd(page);

  await goTo(page, 'Evaluate');
  await page.getByRole('button', { name: 'Choose its finished model and the base' }).click();
  const known = ['heart', 'lungs', 'eyes', 'ears', 'nerves', 'spleens'].map((part) => ({
    ...{ task: 'body', kind: 'knowledge', metric: 'rouge-l', answer: 'It helps the body.' },
    prompt: `What do${part === 'heart' ? 'es' : ''} the ${part} do?`,
  }));
  const files = await askOnly(page, [
    textFile('body.jsonl', known.map((item) => JSON.stringify(item)).join('\n')),
  ]);
  await files.getByRole('textbox', { name: /^Longest written answer/ }).fill('4');
  await page.getByRole('button', { name: 'Measure 2 model states' }).click();

  const card = page.getByRole('region', { name: 'Questions among the training records' });
  const table = card.getByRole('group', { name: 'Scores with and without overlapping questions' });
  await expect(table.getByRole('row', { name: /body .*nearly the same/ })).toHaveCount(1, {
    timeout: TRAINING_MS,
  });
  // The base, which was trained on nothing here, is compared when somebody asks.
  await card.getByRole('button', { name: /^Look in the records of/ }).click();
  await expect(table.getByRole('row', { name: /body .*nearly the same/ })).toHaveCount(2);
  await expectLooks(page, 'overlap');
});
