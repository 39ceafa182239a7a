/** Files are read to their end, however often the browser collects what nobody holds. */
import { chromiumFlags, findChromium } from '../scripts/adapters.mjs';
import {
  askOnly,
  chooseModel,
  dropFiles,
  expect,
  fixture,
  goTo,
  openStudio,
  test,
} from './studio.ts';

const executablePath = findChromium();

test.use({
  launchOptions: {
    ...(executablePath === undefined ? {} : { executablePath }),
    args: [...chromiumFlags(), '--js-flags=--expose-gc'],
  },
});

test('records and questions are read while the worker collects garbage all the time', async ({
  page,
}) => {
  await openStudio(page);
  await chooseModel(page, 'Stories 260k');
  const [worker] = page.workers();
  if (!worker) throw new Error('the studio has no worker');
  await worker.evaluate(() => {
    const { gc } = globalThis as unknown as { readonly gc: () => void };
    setInterval(gc, 0);
  });
  await goTo(page, 'Data');
  await dropFiles(page, [await fixture('children.prompt-response.jsonl')]);
  await expect(page.getByRole('row', { name: /children/ }).first()).toBeVisible();
  await goTo(page, 'Evaluate');
  const files = await askOnly(page, [
    await fixture('children.evaluation.jsonl'),
    { ...(await fixture('children.evaluation.jsonl')), name: 'again.jsonl' },
  ]);
  await expect(files.getByText('reading its questions')).toHaveCount(0);
  await expect(page.getByRole('button', { name: 'Measure 1 model state' })).toBeEnabled();
});
