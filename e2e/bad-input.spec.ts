import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import {
  chooseModel,
  dropFiles,
  expect,
  fixture,
  fixtures,
  goTo,
  importRecipe,
  openStudio,
  smallRecipe,
  test,
  textFile,
} from './studio.ts';

/** Whatever is brought in: the page says what happened, what was kept and what to do. */

/** The error on the page, with all three sentences; its code stands in the details. */
async function expectError(
  page: Page,
  {
    says,
    kept,
    remedy,
    code,
  }: Readonly<Record<'says' | 'kept' | 'remedy', RegExp>> & { code: string },
): Promise<void> {
  const alert = page.getByRole('alert').filter({ hasText: 'What to do' });
  await expect(alert).toHaveCount(1);
  await expect(alert.locator('strong').first()).toHaveText(says);
  await expect(alert.locator('dd').nth(0)).toHaveText(kept);
  await expect(alert.locator('dd').nth(1)).toHaveText(remedy);
  await alert.getByText('Details').click();
  await expect(alert.getByRole('definition').filter({ hasText: code }).first()).toHaveText(code);
}

/** A copy of a built-in model's folder, to be damaged. */
async function copyModel(folder: string): Promise<string> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await cp('public/models/stories260k', folder, { recursive: true });
  return folder;
}

async function importFolder(page: Page, folder: string): Promise<void> {
  await goTo(page, 'Model');
  await page.getByLabel('Choose a model folder').setInputFiles(folder);
}

/** Only the built-in models are there. */
async function expectNothingAdded(page: Page): Promise<void> {
  await expect(
    page.getByRole('table', { name: 'Models', exact: true }).locator('tbody tr'),
  ).toHaveCount(2);
}

async function importSets(page: Page): Promise<void> {
  await dropFiles(page, [await fixture(fixtures.knowledge), await fixture(fixtures.alignment)]);
  await expect(page.getByRole('table', { name: 'Data sets' }).locator('tbody tr')).toHaveCount(2);
}

test.beforeEach(({ page }) => openStudio(page));

test('a safetensors file that was cut off', async ({ page }, info) => {
  const folder = await copyModel(info.outputPath('cut-off'));
  const path = join(folder, 'model.safetensors');
  const whole = await readFile(path);
  await writeFile(path, whole.subarray(0, whole.length / 2));
  await importFolder(page, folder);
  await expectError(page, {
    says: /model\.safetensors/,
    kept: /Models already in the studio/,
    remedy: /again/,
    code: 'safetensors-offsets',
  });
  await expectNothingAdded(page);
});

test('a safetensors header that lies about where tensors are', async ({ page }, info) => {
  const folder = await copyModel(info.outputPath('lying'));
  const path = join(folder, 'model.safetensors');
  const whole = await readFile(path);
  const length = Number(whole.readBigUInt64LE(0));
  const header = JSON.parse(whole.toString('utf8', 8, 8 + length)) as Record<
    string,
    { data_offsets: [number, number]; shape: number[]; dtype: string }
  >;
  // Two tensors claim the same bytes; the header keeps its length.
  const [first = '', second = ''] = Object.keys(header).filter((name) => name !== '__metadata__');
  const one = header[first];
  const other = header[second];
  if (!one || !other) throw new Error('the model has fewer than two tensors');
  const size = other.data_offsets[1] - other.data_offsets[0];
  other.data_offsets = [one.data_offsets[0], one.data_offsets[0] + size];
  const text = JSON.stringify(header).padEnd(length, ' ');
  whole.write(text, 8, 'utf8');
  await writeFile(path, whole);
  await importFolder(page, folder);
  await expectError(page, {
    says: /model\.safetensors/,
    kept: /Models already in the studio/,
    remedy: /./,
    code: 'safetensors-tiling',
  });
  await expectNothingAdded(page);
});

test('a header that claims more bytes than there are', async ({ page }, info) => {
  const folder = await copyModel(info.outputPath('claims'));
  const path = join(folder, 'model.safetensors');
  const whole = await readFile(path);
  whole.writeBigUInt64LE(2n ** 40n, 0);
  await writeFile(path, whole);
  await importFolder(page, folder);
  await expectError(page, {
    says: /model\.safetensors/,
    kept: /Models already in the studio/,
    remedy: /./,
    code: 'safetensors-header-length',
  });
  await expectNothingAdded(page);
});

test('a config of an architecture that the studio does not know', async ({ page }, info) => {
  const folder = await copyModel(info.outputPath('mamba'));
  const path = join(folder, 'config.json');
  const config = JSON.parse(await readFile(path, 'utf8')) as Record<string, unknown>;
  const changed = { ...config, architectures: ['MambaForCausalLM'], model_type: 'mamba' };
  await writeFile(path, JSON.stringify(changed));
  await importFolder(page, folder);
  await expectError(page, {
    says: /mamba/i,
    kept: /Models already/,
    remedy: /qwen2|llama/i,
    code: 'architecture-unknown',
  });
  await expectNothingAdded(page);
});

test('a tokenizer without a chat template: the built-in ones are offered', async ({
  page,
}, info) => {
  const folder = await copyModel(info.outputPath('no-template'));
  const path = join(folder, 'tokenizer_config.json');
  const { chat_template: _none, ...rest } = JSON.parse(await readFile(path, 'utf8')) as Record<
    string,
    unknown
  >;
  await writeFile(path, JSON.stringify(rest));
  await importFolder(page, folder);
  const row = page
    .getByRole('table', { name: 'Models', exact: true })
    .getByRole('row', { name: /no-template/ });
  await expect(row).toContainText('plain');
  const chooser = page.getByRole('combobox', { name: 'Chat template' });
  await expect(chooser).toHaveValue('plain');
  await expect(chooser.getByRole('option', { name: 'None: choose one' })).toBeDisabled();
  // ChatML does not fit this vocabulary: that is said, and what was in use stays.
  await chooser.selectOption('chatml');
  await expectError(page, {
    says: /The template "chatml" ends each turn with a token/,
    kept: /The template that was in use/,
    remedy: /Choose the template "plain"/,
    code: 'template-tokens-missing',
  });
  await expect(chooser).toHaveValue('plain');
});

test('an empty file, and a file without a usable line', async ({ page }) => {
  await dropFiles(page, [await fixture(fixtures.knowledge)]);
  const sets = page.getByRole('table', { name: 'Data sets' }).locator('tbody tr');
  await expect(sets).toHaveCount(1);
  await dropFiles(page, [textFile('nothing.jsonl', '')]);
  await expectError(page, {
    says: /nothing\.jsonl is empty/,
    kept: /Data sets imported before/,
    remedy: /one JSON object per line/,
    code: 'data-set-empty',
  });
  await expect(sets).toHaveCount(1);
  await dropFiles(page, [textFile('broken.jsonl', '{"prompt": "a"\n{"prompt": "b"\n')]);
  await expect(page.getByText('No line of broken could be used.')).toBeVisible();
  await expect(sets).toHaveCount(2);
});

test('all targets cut off: training does not begin, and what to raise is said', async ({
  page,
}) => {
  await importSets(page);
  await chooseModel(page, 'Stories 260k');
  await importRecipe(
    page,
    smallRecipe({
      batch: { records: 4, microBatchTokens: 16, maxLength: 8 },
      truncation: 'end',
    }),
  );
  await goTo(page, 'Data');
  await expect(page.getByText('24 records without targets')).toBeVisible();
  await expect(page.getByText('no target: teaches nothing')).toBeVisible();
  await goTo(page, 'Train');
  await page.getByRole('button', { name: 'Start training' }).click();
  await expect(page.getByText(/^22 of 22 records have no answer left at 8 tokens/)).toBeVisible();
  await page.getByRole('button', { name: 'Start anyway' }).click();
  await expectError(page, {
    says: /None of the 44 records has an answer within the first 8 tokens: 44 are cut off there/,
    kept: /Data sets and recipe/,
    remedy: /Raise the maximum length/,
    code: 'targets-missing',
  });
  await expect(page.getByRole('button', { name: 'Start training' })).toBeEnabled();
  await goTo(page, 'Data');
  await expect(page.getByRole('table', { name: 'Data sets' }).locator('tbody tr')).toHaveCount(2);
});

test('a record longer than the context is cut off, counted and shown', async ({ page }) => {
  const long = { prompt: 'Tell me a story.', response: 'Once upon a time. '.repeat(120) };
  const short = { prompt: 'Say hello.', response: 'Hello.' };
  const lines = [long, short].map((record) => JSON.stringify(record)).join('\n');
  await dropFiles(page, [textFile('long.jsonl', lines)]);
  await chooseModel(page, 'Stories 260k');
  // Longer than this model's context of 512 tokens: the context is what cuts.
  await importRecipe(
    page,
    smallRecipe({ batch: { records: 4, microBatchTokens: 1024, maxLength: 1024 } }),
  );
  await goTo(page, 'Data');
  await expect(page.getByText('1 record cut to 512')).toBeVisible();
  await expect(page.getByText(/^\d+ tokens cut out$/)).toBeVisible();
  await expect(page.getByText(/^512 tokens, \d+ targets$/)).toBeVisible();
  await page.getByRole('button', { name: 'Next record' }).click();
  await expect(page.getByText(/^\d+ tokens cut out$/)).toBeHidden();
});

test('a learning rate of 1e9 fails at a named step; data, model and checkpoint stay', async ({
  page,
}) => {
  await importSets(page);
  await chooseModel(page, 'Stories 260k');
  const recipe = smallRecipe({ checkpointEverySteps: 1 });
  await importRecipe(page, {
    ...recipe,
    optimizer: { ...recipe.optimizer, learningRate: 1e9, schedule: 'constant', warmupRatio: 0 },
  });
  await page.getByRole('button', { name: 'Start training' }).click();
  await expectError(page, {
    says: /step \d+/,
    kept: /checkpoint/,
    remedy: /learning rate/i,
    code: 'loss-not-finite',
  });
  await expect(page.getByText('failed', { exact: true }).first()).toBeVisible();
  await page.getByRole('button', { name: /Show the records of step \d+/ }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByText('4 records')).toBeVisible();
  await expect(dialog.getByRole('listitem')).toHaveCount(4);
  await expect(dialog.getByRole('listitem').first()).toContainText('user');
  await dialog.getByRole('button', { name: 'Close' }).click();
  await expect(page.getByRole('button', { name: /^Resume from stage 1, step \d+$/ })).toBeVisible();
  await goTo(page, 'Data');
  await expect(page.getByRole('table', { name: 'Data sets' }).locator('tbody tr')).toHaveCount(2);
  await goTo(page, 'Model');
  await expectNothingAdded(page);
  // The device is free again, and the failed run is still there after a reload.
  await page.reload();
  await goTo(page, 'Train');
  await page.getByRole('radio', { name: 'Runs' }).click();
  await expect(page.getByRole('button', { name: /^Resume from stage 1, step \d+$/ })).toBeVisible();
});

test('a recipe that is none', async ({ page }) => {
  await goTo(page, 'Train');
  await page.getByLabel('Import a recipe').setInputFiles({
    name: 'recipe.json',
    mimeType: 'application/json',
    buffer: Buffer.from('{"format": "something else"}'),
  });
  await expectError(page, {
    says: /The recipe is not valid at/,
    kept: /The recipe in use before/,
    remedy: /preset/,
    code: 'recipe-invalid',
  });
});

test('a software adapter is named as one', async ({ page }) => {
  const notice = page.getByRole('status').filter({ hasText: 'Software adapter' });
  await expect(notice).toContainText('SwiftShader');
  await expect(notice).toContainText('slower');
  await notice.getByRole('button', { name: 'Dismiss' }).click();
  await page.reload();
  await expect(page.getByRole('heading', { level: 1, name: 'Data' })).toBeVisible();
  await expect(page.getByRole('banner').getByText(/software/)).toBeVisible();
  await expect(notice).toBeHidden();
});
