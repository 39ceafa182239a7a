/** How far scores can be believed: calibration and abstention of a measured model, on the real engine. */
import { expectLooks } from './appearance.ts';
import { chooseModel, dropFiles, expect, goTo, openStudio, test, textFile } from './studio.ts';

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
  const files = page.getByRole('region', { name: 'On which questions' });
  await files.getByRole('button', { name: 'None of the above' }).click();
  await dropFiles(page, [file]);
  await page.getByRole('button', { name: 'Measure 1 model state' }).click();

  const card = page.getByRole('region', { name: 'Calibration and abstention' });
  const table = card.getByRole('group', { name: 'Calibration of exam' });
  await expect(table.getByRole('row')).toHaveCount(4);
  await expect(table.getByRole('row', { name: /Subject: anatomy 20 / })).toContainText('too few');
  await expect(card.getByRole('img', { name: 'Reliability curve' })).toBeVisible();
  await expect(card.getByRole('img', { name: 'Risk–coverage curve' })).toBeVisible();

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
});
