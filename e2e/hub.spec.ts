import { test as plain } from '@playwright/test';
import type { Locator, Page } from '@playwright/test';
import { unzipSync } from 'fflate';
import { commitOf, folderModel, startHub } from '../test/hub/test-hub.ts';
import type { HubModel, TestHub } from '../test/hub/test-hub.ts';
import { expectLooks } from './appearance.ts';
import {
  dropFiles,
  expect,
  fixture,
  fixtures,
  goTo,
  importRecipe,
  openStudio,
  saved,
  smallRecipe,
  startTraining,
  tableRows,
  TRAINING_MS,
  waitForEnd,
  watch,
} from './studio.ts';

/**
 * A model from a hub: a real server on this computer with the layout of Hugging Face, files behind a
 * redirect to another origin, and the faults that networks have.
 */

const NAME = 'tests/stories';
const WEIGHTS = 'model.safetensors';

interface Around {
  readonly model: HubModel;
  readonly hub: TestHub;
  /** Addresses outside the studio's own origin that the browser was made to ask. */
  readonly elsewhere: readonly string[];
}

const test = plain.extend<{ around: Around }>({
  around: async ({ page, baseURL }, use) => {
    const model = await folderModel(NAME, 'public/models/stories260k', {
      'README.md': '---\nlicense: apache-2.0\n---\n# Stories\n',
    });
    const gguf = await folderModel('tests/stories-GGUF', 'test/fixtures/gguf');
    const files = Object.fromEntries(
      Object.entries(gguf.files).filter(([path]) => path === 'stories260k.f16.gguf'),
    );
    const hub = await startHub([
      model,
      { name: 'tests/gated', files: model.files, listing: { gated: 'auto' } },
      { name: 'tests/stories-GGUF', files },
    ]);
    const watched = await watch(page, baseURL ?? '');
    await openStudio(page);
    await use({ model, hub, elsewhere: watched.elsewhere });
    await hub.close();
    const port = new URL(hub.address).port;
    const asked = new RegExp(`^http://(127\\.0\\.0\\.1|localhost):${port}/`);
    expect(watched.elsewhere.filter((url) => !asked.test(url))).toEqual([]);
    // The browser itself reports connections that break and statuses that are errors.
    const own = watched.faults.filter((fault) => !fault.includes('Failed to load resource'));
    expect(own).toEqual([]);
    expect(watched.gpuCalls).toBe(0);
  },
});

async function useHub(page: Page, hub: TestHub): Promise<void> {
  await goTo(page, 'Model');
  await page.getByText('Hub address', { exact: true }).click();
  await page.getByRole('textbox', { name: 'Address of the hub' }).fill(hub.address);
}

async function lookUp(page: Page, name: string): Promise<void> {
  const field = page.getByRole('textbox', { name: 'Model on the hub' });
  await field.fill(name);
  await field.press('Enter');
}

function downloadOf(page: Page, name: string): Locator {
  return page.getByRole('region', { name: `Download of ${name}` });
}

/** Bytes of a file that have come, as the table shows them to a screen reader. */
async function receivedOf(card: Locator, file: string): Promise<number> {
  const bar = card.getByRole('progressbar', { name: file, exact: true });
  return Number(await bar.getAttribute('value'));
}

test('downloaded with a cut, paused, reloaded, resumed, verified, trained, exported, deleted', async ({
  page,
  around: { hub, model, elsewhere },
}) => {
  await test.step('nothing is asked before Look up is pressed', async () => {
    await useHub(page, hub);
    await page.getByRole('textbox', { name: 'Model on the hub' }).fill(NAME);
    await expect(page.getByText('Nothing is sent before you press Look up.')).toBeVisible();
    expect(elsewhere).toEqual([]);
    expect(hub.requests).toEqual([]);
  });

  await test.step('the listing: files, what each is for, sizes, licence, commit, room', async () => {
    await page.getByRole('button', { name: 'Look up', exact: true }).click();
    const table = page.getByRole('table', { name: `Files of ${NAME}` });
    await expect(table).toBeVisible();
    const rows = await tableRows(table);
    expect(rows.map(([file, purpose]) => [file, purpose])).toEqual([
      ['generation_config.json', 'defaults for generating'],
      ['tokenizer_config.json', 'tokenizer'],
      ['config.json', 'shape of the model'],
      ['tokenizer.json', 'tokenizer'],
      [WEIGHTS, 'weights'],
    ]);
    expect(rows.at(-1)?.slice(2)).toEqual(['1.04 MB', 'SHA-256']);
    const listing = page.getByRole('region', { name: NAME });
    await expect(listing).toContainText('apache-2.0');
    await expect(listing).toContainText(commitOf(model).slice(0, 12));
    await expect(listing).toContainText('1 other file');
    expect(hub.ranges(WEIGHTS)).toEqual([]);
    await expectLooks(page, 'hub, listing');
  });

  const card = downloadOf(page, NAME);
  let kept = 0;
  await test.step('paused in the middle of the weights', async () => {
    hub.fail(WEIGHTS, { kind: 'trickle', after: 150_000 });
    await page.getByRole('button', { name: /^Download 1\.\d+ MB$/ }).click();
    await expect(card.getByText('downloading', { exact: true })).toBeVisible();
    await expect.poll(() => receivedOf(card, WEIGHTS)).toBeGreaterThan(100_000);
    await expect(card.getByRole('row', { name: /^tokenizer\.json/ })).toContainText('matches');
    await card.getByRole('button', { name: 'Pause' }).click();
    await expect(card.getByText('paused', { exact: true })).toBeVisible();
    kept = await receivedOf(card, WEIGHTS);
    expect(kept).toBeLessThan(1_000_000);
    await expectLooks(page, 'hub, paused');
  });

  await test.step('after a reload it is offered, and goes on where it was; a cut is mended', async () => {
    await page.reload();
    await goTo(page, 'Model');
    await expect(card.getByText('paused', { exact: true })).toBeVisible();
    expect(await receivedOf(card, WEIGHTS)).toBe(kept);
    hub.fail(WEIGHTS, { kind: 'trickle', after: 300_000 }, 1);
    await card.getByRole('button', { name: 'Resume' }).click();
    await expect.poll(() => receivedOf(card, WEIGHTS)).toBeGreaterThan(kept);
    hub.cut();
    await expect(card.getByText('connection lost, trying again')).toBeVisible();
    await expect(card).toBeHidden();
    const starts = hub.ranges(WEIGHTS).map((range) => Number(/\d+/.exec(range)?.[0]));
    expect(starts).toHaveLength(3);
    expect(starts[1]).toBe(kept);
    expect(starts[2]).toBeGreaterThan(kept);
    expect(hub.ranges('tokenizer.json')).toEqual(['bytes=0-']);
  });

  await test.step('it is a model now, chosen, with its source; its files are what they must be', async () => {
    await expect(page.getByRole('radio', { name: 'stories', exact: true })).toBeChecked();
    const stored = page.getByRole('table', { name: 'What is stored in this browser' });
    const row = stored.getByRole('row', { name: /^stories/ });
    await expect(row).toContainText(`${NAME} on 127.0.0.1`);
    await expect(row).toContainText(commitOf(model).slice(0, 12));
    await row.getByRole('button', { name: 'Verify stories' }).click();
    await expect(row).toContainText('all 5 files good');
    // The same once more is known to be there.
    await lookUp(page, `${NAME}@${commitOf(model)}`);
    await expect(page.getByText('stories is this model at this commit.')).toBeVisible();
    await expectLooks(page, 'hub, stored');
    await page.getByRole('button', { name: 'Close the listing' }).click();
  });

  await test.step('it trains', async () => {
    await dropFiles(page, [await fixture(fixtures.knowledge), await fixture(fixtures.alignment)]);
    await importRecipe(
      page,
      smallRecipe({ batch: { records: 20, microBatchTokens: 256, maxLength: 128 } }),
    );
    await startTraining(page);
    await waitForEnd(page);
  });

  await test.step('and is taken along', async () => {
    await goTo(page, 'Export');
    await page.getByRole('button', { name: 'Build merged model' }).click();
    const button = page.getByRole('button', { name: 'Save merged model' });
    await expect(button).toBeVisible({ timeout: TRAINING_MS });
    const { bytes } = await saved(page, button);
    const files = unzipSync(new Uint8Array(bytes));
    const config = Object.keys(files).find((path) => path.endsWith('/config.json')) ?? '';
    const card = Object.keys(files).find((path) => path.endsWith('/README.md')) ?? '';
    expect(JSON.parse(new TextDecoder().decode(files[config]))).toMatchObject({
      model_type: 'llama',
    });
    expect(new TextDecoder().decode(files[card])).toContain('stories');
  });

  await test.step('deleted after asking', async () => {
    await goTo(page, 'Model');
    const before = hub.requests.length;
    await page.getByRole('button', { name: 'Delete stories' }).click();
    const dialog = page.getByRole('alertdialog');
    await expect(dialog).toContainText('Delete stories?');
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await expect(page.getByRole('radio', { name: 'stories', exact: true })).toBeVisible();
    await page.getByRole('button', { name: 'Delete stories' }).click();
    await dialog.getByRole('button', { name: 'Delete model' }).click();
    await expect(page.getByRole('radio', { name: 'stories', exact: true })).toBeHidden();
    await expect(page.getByText('No models are stored')).toBeVisible();
    await page.reload();
    await goTo(page, 'Model');
    await expect(page.getByText('No models are stored')).toBeVisible();
    expect(hub.requests).toHaveLength(before);
  });
});

test('what cannot be had says why; wrong bytes are never taken', async ({
  page,
  context,
  around: { hub },
}) => {
  await useHub(page, hub);
  const alert = page.getByRole('alert').filter({ hasText: 'What to do' });
  const refused = async (name: string, says: RegExp): Promise<void> => {
    await lookUp(page, name);
    await expect(alert.locator('strong').first()).toHaveText(says);
  };
  await refused('stories', /"stories" is not the name of a model on a hub/);
  expect(hub.requests).toEqual([]);
  await refused('tests/nothing', /has no public model tests\/nothing/);
  await refused('tests/gated', /tests\/gated is gated/);
  await expectLooks(page, 'hub, refused');
  await context.setOffline(true);
  await refused(NAME, /This computer is offline/);
  await context.setOffline(false);
  await alert.getByRole('button', { name: 'Look up again' }).click();
  await expect(page.getByRole('table', { name: `Files of ${NAME}` })).toBeVisible();

  hub.fail(WEIGHTS, { kind: 'flip', at: 700_000 });
  await page.getByRole('button', { name: /^Download 1\.\d+ MB$/ }).click();
  const card = downloadOf(page, NAME);
  await expect(card.getByRole('alert')).toContainText(
    'its hash is not the one that the hub states',
  );
  await expect(card.getByText('stopped', { exact: true })).toBeVisible();
  await expectLooks(page, 'hub, wrong-hash');
  await page.reload();
  await goTo(page, 'Model');
  await expect(card.getByRole('alert')).toContainText(
    'its hash is not the one that the hub states',
  );

  await card.getByRole('button', { name: 'Cancel' }).click();
  const dialog = page.getByRole('alertdialog');
  await expect(dialog).toContainText(`Cancel the download of ${NAME}?`);
  await dialog.getByRole('button', { name: 'Cancel and delete' }).click();
  await expect(card).toBeHidden();
  await page.reload();
  await goTo(page, 'Model');
  await expect(page.getByRole('table', { name: 'Models', exact: true })).toBeVisible();
  await expect(card).toBeHidden();
});

test('a GGUF file is taken by itself', async ({ page, around: { hub } }) => {
  await useHub(page, hub);
  await lookUp(page, `${hub.address}/tests/stories-GGUF/blob/main/stories260k.f16.gguf`);
  await page.getByRole('button', { name: /^Download \d+ kB$/ }).click();
  await expect(page.getByRole('radio', { name: 'stories260k.f16' })).toBeChecked();
  await expect(page.getByRole('table', { name: 'What is stored in this browser' })).toContainText(
    'tests/stories-GGUF, stories260k.f16.gguf on 127.0.0.1',
  );
});

plain('the page itself can reach no hub: only the worker may', async ({ page }) => {
  const hub = await startHub([]);
  try {
    await openStudio(page);
    const reached = await page.evaluate(
      (address) =>
        fetch(address).then(
          () => 'reached',
          () => 'refused',
        ),
      `${hub.address}/api/models/a/b/revision/main`,
    );
    expect(reached).toBe('refused');
    expect(hub.requests).toEqual([]);
  } finally {
    await hub.close();
  }
});
