/**
 * The page hands a run off without its records, and the command line prepares the same records: both name the same
 * tokens. What they wrote stays in build/handoff/page, where handoff/tests/test_page.py trains it.
 */
import { execFile } from 'node:child_process';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { unzipSync } from 'fflate';
import {
  bringData,
  expect,
  fixture,
  fixtures,
  importRecipe,
  openStudio,
  saved,
  shortRecipe,
  test,
} from './studio.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const kept = (name: string): string => `${root}build/handoff/page/${name}`;
const given = (name: string): string => fileURLToPath(new URL(`fixtures/${name}`, import.meta.url));
const model = ['--model', `${root}public/models/medcare-nano`];
const data = [
  ...['--knowledge', given(fixtures.knowledge), '--alignment', given(fixtures.alignment)],
];

interface Manifest {
  readonly records: readonly { readonly sha256: string; readonly records: number }[];
  readonly split: unknown;
  readonly order: unknown;
  readonly merging: unknown;
  readonly base: { readonly files: readonly unknown[] };
}

interface Sets {
  readonly fingerprint: string;
}

/** Runs the command line; it needs no GPU for this. */
async function medcare(...args: readonly string[]): Promise<void> {
  await promisify(execFile)('node', ['scripts/cli/medcare.mjs', ...args], { cwd: root });
}

const read = async <T>(name: string): Promise<T> =>
  JSON.parse(await readFile(kept(name), 'utf8')) as T;

test('a bundle of the page without records names the tokens that the command line prepares', async ({
  page,
}) => {
  await rm(kept(''), { recursive: true, force: true });
  await mkdir(kept(''), { recursive: true });
  const recipe = shortRecipe();
  await writeFile(kept('recipe.json'), JSON.stringify(recipe));

  await openStudio(page);
  await bringData(page);
  await importRecipe(page, recipe);
  await page.getByRole('button', { name: 'Hand off to a cluster' }).click();
  const dialog = page.getByRole('dialog', { name: /Hand “.+” off to a cluster\?/ });
  await dialog.getByRole('checkbox', { name: 'Put the records in' }).uncheck();
  await expect(dialog.getByText('It holds only the hashes of the records.')).toBeVisible();
  await dialog.getByRole('button', { name: 'Make the bundle' }).click();
  const { bytes } = await saved(page, dialog.getByRole('button', { name: 'Save the bundle' }));
  await writeFile(kept('bundle.zip'), bytes);

  const bundle = new Map(
    Object.entries(unzipSync(new Uint8Array(bytes))).map(([path, content]) => [
      path.slice(path.indexOf('/') + 1),
      new TextDecoder().decode(content),
    ]),
  );
  expect([...bundle.keys()].filter((path) => path.startsWith('records/'))).toEqual([]);
  expect(bundle.get('README.md')).toContain('--records FOLDER');
  // No text of a record is in the file, under whatever name.
  const rows = (await fixture(fixtures.knowledge)).bytes;
  const [row = ''] = new TextDecoder().decode(rows).split('\n');
  const { output } = JSON.parse(row) as { readonly output: string };
  expect(output.length).toBeGreaterThan(20);
  for (const text of bundle.values()) expect(text).not.toContain(output);

  await medcare('prepare', kept('recipe.json'), ...model, ...data, '--out', kept('prepared'));
  const asked = ['hand-off', kept('recipe.json'), ...model] as const;
  await medcare(...asked, '--prepared', kept('prepared'), '--out', kept('whole'));
  const told = JSON.parse(bundle.get('handoff.json') ?? '') as Manifest;
  const due = await read<Manifest>('whole/handoff.json');
  expect(told.records.map(({ records }) => records > 1)).toEqual([true, true]);
  const { records, split, order, merging } = due;
  expect(told).toMatchObject({ records, split, order, merging });
  expect(told.base.files).toEqual(expect.arrayContaining([...due.base.files]));
  const { dataSets } = JSON.parse(bundle.get('run/manifest.json') ?? '') as {
    readonly dataSets: readonly Sets[];
  };
  const { sets } = await read<{ readonly sets: readonly Sets[] }>('prepared/prepared.json');
  expect(dataSets.map(({ fingerprint }) => fingerprint)).toEqual(
    sets.map(({ fingerprint }) => fingerprint),
  );
});
