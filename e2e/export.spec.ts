import { unzipSync } from 'fflate';
import { expectLooks, WIDE } from './appearance.ts';
import { ARCHIVED_RUN, runArchive } from './run-archive.ts';
import { dropFiles, expect, goTo, openStudio, saved, test, viewRuns } from './studio.ts';

/** Runs that come and go as archives: dropped, looked at, taken along, deleted and opened again. */

test('a run from elsewhere is opened, used, archived again and opened once more', async ({
  page,
}) => {
  await openStudio(page);
  await dropFiles(page, [await runArchive()]);
  await expect(page.getByText(`“${ARCHIVED_RUN}” is in the list of runs.`)).toBeVisible();
  const origin = page.getByRole('region', { name: 'Came from an archive' });
  await expect(origin).toContainText('Their nano: here, with the same files');
  await expect(origin).toContainText('their notes (12 records)');
  await expect(
    origin.getByRole('row', { name: /Merged their exam accuracy 50\.0% – 8/ }),
  ).toBeVisible();

  const card = await saved(page, page.getByRole('button', { name: 'Save model card' }));
  const text = card.bytes.toString('utf8');
  expect(text).toContain('**Not for clinical use.**');
  expect(text).toContain('| Merged | their exam | knowledge | accuracy | 50.0 | – | – | 8 |');
  expect(text).toContain('## Intended use');

  // The same card for a Chinese reader; the page stays English.
  const inLanguage = page.getByRole('radiogroup', { name: 'Cards and READMEs in' });
  await inLanguage.getByRole('radio', { name: '中文' }).click();
  const chinese = await saved(page, page.getByRole('button', { name: 'Save model card' }));
  expect(chinese.bytes.toString('utf8')).toContain('**不得用于临床。**');
  await inLanguage.getByRole('radio', { name: 'English' }).click();

  await page.getByRole('button', { name: 'Build run archive' }).click();
  const archive = await saved(page, page.getByRole('button', { name: 'Save run archive' }));
  expect(archive.name).toBe('From-elsewhere.run.zip');
  expect(
    Object.keys(unzipSync(new Uint8Array(archive.bytes)))
      .map((path) => path.split('/').slice(1).join('/'))
      .sort(),
  ).toEqual([
    'README.md',
    'branches/stage-1.safetensors',
    'branches/stage-2.safetensors',
    'curves/steps-0001.jsonl',
    'curves/validation.json',
    'manifest.json',
    'metrics.csv',
    'recipe.json',
    'ward-round.html',
  ]);

  // The card for a colleague: two printed pages at most, and words of the run in them.
  const ward = await saved(page, page.getByRole('button', { name: 'Save ward-round card' }));
  expect(ward.name).toBe('From-elsewhere-ward-round.html');
  const paper = await page.context().newPage();
  await paper.setContent(ward.bytes.toString('utf8'));
  await expect(paper.getByRole('heading', { level: 1, name: ARCHIVED_RUN })).toBeVisible();
  await expect(paper.getByText('Not for clinical use')).toBeVisible();
  await expect(paper.getByRole('row', { name: /their exam, accuracy – 50\.0/ })).toBeVisible();
  expect(printedPages(await paper.pdf({ preferCSSPageSize: true }))).toBeLessThanOrEqual(2);
  await paper.close();

  // A page of the studio prints as long as it is, and alone.
  await page.emulateMedia({ media: 'print' });
  await expect(page.getByRole('navigation', { name: 'Steps' })).toBeHidden();
  const heights = await page.evaluate(() => [
    document.documentElement.scrollHeight,
    document.getElementById('main')?.scrollHeight ?? Number.NaN,
  ]);
  expect(heights[0]).toBeGreaterThanOrEqual(heights[1] ?? Number.NaN);
  await page.emulateMedia({ media: 'screen' });

  await expectLooks(page, 'Export');

  // The same run is not taken twice, and what is no run is refused.
  const chooser = page.getByLabel('Choose a run archive');
  const file = { name: archive.name, mimeType: 'application/zip', buffer: archive.bytes };
  await chooser.setInputFiles(file);
  await expect(page.getByRole('alert')).toContainText('This run is in the studio already');
  await chooser.setInputFiles({ ...file, buffer: archive.bytes.subarray(0, 4000) });
  await expect(page.getByRole('alert')).toContainText('is not a valid zip archive');

  // Beside the rail of a tablet, the list of runs with its figures fits.
  await goTo(page, 'Train');
  await viewRuns(page);
  await page.setViewportSize({ width: 820, height: 1180 });
  const runs = page.getByRole('group', { name: 'All runs' });
  const room = () => runs.evaluate(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth);
  expect(await room()).toBe(0);
  await page.getByRole('button', { name: 'Show results' }).click();
  await expect(runs.getByRole('columnheader', { name: 'Best validation' })).toBeVisible();
  await expect.poll(room).toBe(0);
  await page.setViewportSize(WIDE);

  await goTo(page, 'Export');
  await page.reload();
  await expect(page.getByRole('combobox', { name: 'Run' })).toContainText(ARCHIVED_RUN);
});

/** Page objects of a PDF file, which Chromium writes uncompressed. */
function printedPages(pdf: Buffer): number {
  return pdf.toString('latin1').match(/\/Type\s*\/Page\b(?!s)/g)?.length ?? Number.NaN;
}
