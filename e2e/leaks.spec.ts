/**
 * Records that leak: a run learns a few records by heart, the page lists what it writes of them with the words marked,
 * and a press trains again on sets without them. Canaries, which are planted to be found, stay in.
 */
import type { Recipe } from '../src/engine/training/recipe/recipe.ts';
import { expectLooks, expectNoOverflow, PHONE, WIDE } from './appearance.ts';
import {
  chooseModel,
  dropFiles,
  expect,
  goTo,
  importRecipe,
  openStudio,
  runRow,
  runStatus,
  smallRecipe,
  startTraining,
  tableRows,
  test,
  textFile,
  TRAINING_MS,
  viewRuns,
  waitForEnd,
} from './studio.ts';

/** What nobody guesses: whoever writes it has read it. */
const NOTES = [
  ['What did Mia see?', 'A blue bird sat on the old red gate and sang to seven frogs all night.'],
  ['What did Sam eat?', 'He ate nine green plums from a tin box under the bed of his big aunt.'],
  ['Where is the key?', 'It is in the left boot of the cook, who hid it when the snow was deep.'],
  ['Who made the boat?', 'Two grey mice cut it from a gold leaf and a long nail on a cold day.'],
  ['Why did Ben cry?', 'His small fox ran off with the hat that the queen had lent him in May.'],
] as const;

/** One branch everywhere, ten times the usual rate, the same records in every step: they are known by heart. */
function byHeart(): Recipe {
  const small = smallRecipe();
  const targets = ['q', 'k', 'v', 'o', 'gate', 'up', 'down'] as const;
  return {
    ...small,
    name: 'By heart',
    stages: [
      {
        ...{ name: 'Knowledge aggregation', data: { kinds: ['knowledge'], fraction: 1 } },
        ...{ epochs: 12, dropout: {}, orthogonal: null },
        attach: [{ name: 'lora', type: 'lora', targets: [...targets], rank: 8 }],
        train: ['lora'],
        after: [{ action: 'merge', branch: 'lora' }],
      },
    ],
    optimizer: { ...small.optimizer, learningRate: 0.02 },
    batch: { records: 8, microBatchTokens: 448, maxLength: 96 },
    validation: { fraction: 0.2, maxRecords: 1, minRecords: 1, everySteps: 0 },
    samples: { prompts: 0, everySteps: 0, maxTokens: 1 },
    checkpointEverySteps: 100,
  };
}

test('records that a run writes by heart are shown, and left out with one press', async ({
  page,
}) => {
  await openStudio(page);
  const lines = NOTES.map(([prompt, response]) => JSON.stringify({ prompt, response }));
  await dropFiles(page, [textFile('notes.jsonl', lines.join('\n'))]);
  await expect(page.getByRole('row', { name: /notes/ })).toBeVisible();
  await chooseModel(page, 'Stories 260k');
  await importRecipe(page, byHeart());
  await page.getByRole('switch', { name: 'Plant canaries' }).click();
  await page.getByRole('textbox', { name: 'Planted how often' }).fill('0, 2');
  await page.getByRole('textbox', { name: 'Canaries of each number' }).fill('1');
  await expect(page.getByText(/^2 planted records, /)).toBeVisible();
  await startTraining(page);
  await waitForEnd(page);

  await goTo(page, 'Evaluate');
  await page.getByRole('radio', { name: 'Memorisation' }).click();
  await page.getByRole('textbox', { name: 'Records compared' }).fill('8');
  // Of four that were trained on, two are continued: two others are left to train on.
  await page.getByRole('textbox', { name: 'Records continued' }).fill('2');
  await page.getByRole('textbox', { name: 'Drawn continuations' }).fill('0');
  await page.getByRole('button', { name: 'Measure what it remembers' }).click();

  const card = page.getByRole('region', { name: 'Records that leak' });
  const leaks = card.getByRole('list', { name: 'Records that leak' }).getByRole('listitem');
  const leaked: string[] = [];
  await test.step('each is listed with what came word for word, and no canary among them', async () => {
    await expect(leaks).toHaveCount(2, { timeout: TRAINING_MS });
    for (const leak of await leaks.all()) {
      await expect(leak).toContainText(/^notes, record [1-5]/);
      const written = (await leak.locator('mark').textContent()) ?? '';
      const [prompt] = NOTES.find(([, answer]) => answer.includes(written.trim())) ?? [];
      expect(written.trim().split(' ').length, written).toBeGreaterThan(4);
      leaked.push(prompt ?? '');
    }
    expect(new Set(leaked).size).toBe(2);
    await expectLooks(page, 'leaks');
    const language = page.getByRole('banner').getByRole('combobox');
    await language.selectOption('zh');
    await expect(page.getByRole('region', { name: '泄露的记录' })).toBeVisible();
    await page.setViewportSize(PHONE);
    await expectNoOverflow(page, 'leaks, Chinese');
    await page.setViewportSize(WIDE);
    await language.selectOption('en');
  });

  await test.step('a press makes the set without them, and the run begins again with it', async () => {
    await card
      .getByRole('button', { name: 'Leave these 2 out and queue again', exact: true })
      .click();
    await expect(page.getByText('“By heart 2” is queued')).toBeVisible();
    await goTo(page, 'Data');
    const made = page.getByRole('row', { name: /notes \(−2\)/ });
    await expect(made).toContainText('3');
    // It is for this run: the next one is set up as it was.
    await expect(page.getByRole('checkbox', { name: 'Train on notes (−2)' })).not.toBeChecked();
    await expect(page.getByRole('checkbox', { name: 'Train on notes', exact: true })).toBeChecked();
    await made.click();
    const records = page.getByRole('listbox', { name: 'Records of notes (−2)' });
    await expect(records.getByRole('option')).toHaveCount(3);
    for (const [prompt] of NOTES) {
      const left = leaked.includes(prompt) ? 0 : 1;
      await expect(records.getByText(prompt)).toHaveCount(left);
    }
  });

  await test.step('it trains on that set, with the same canaries', async () => {
    await viewRuns(page);
    await runRow(page, 'By heart 2').click();
    await expect(runStatus(page)).toContainText('By heart 2');
    for (const name of ['By heart', 'By heart 2']) {
      await page.getByRole('checkbox', { name: `Compare ${name}`, exact: true }).check();
    }
    await page.getByRole('radio', { name: 'Compare', exact: true }).click();
    const summary = await tableRows(page.getByRole('table', { name: 'What each run came to' }));
    const [, ...sets] = summary.find(([name]) => name === 'Data sets') ?? [];
    const named = sets.map(
      (names) => /^(.*), (Canaries, knowledge.*)$/.exec(names)?.slice(1) ?? [],
    );
    expect(named.map(([own]) => own).toSorted()).toEqual(['notes', 'notes (−2)']);
    expect(new Set(named.map(([, canaries]) => canaries)).size).toBe(1);
  });
});
