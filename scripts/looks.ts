/**
 * Takes pictures of every page of the built studio for a person to look at, empty and with real work in it, and
 * of passing moments (a refused file, a run under way, a stopped run), in both themes, both languages and three
 * widths: build/looks/*.png and an index.html over them.
 *
 *     npm run looks                          builds first
 *     npm run looks -- --no-build            what is in dist/ already
 *     npm run looks -- --only train,chat     some pages
 *     npm run looks -- --widths 1440         some widths
 *     npm run looks -- --empty               without training anything
 *     npm run looks -- --readme              only the picture of the README, docs/images/train.png
 */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { chromium, type Browser, type Page } from '@playwright/test';
import { fillStudio } from '../e2e/fill.ts';
import {
  chooseModel,
  dropFiles,
  goByPath,
  importRecipe,
  openStudio,
  startTraining,
  stepsDone,
  textFile,
  TRAINING_MS,
} from '../e2e/studio.ts';
import { quickRecipe } from '../src/engine/training/recipe/presets.ts';
import { chromiumFlags, findChromium } from './adapters.mjs';
import { serve } from './serve.mjs';
import { root } from './setup.mjs';

const { values } = parseArgs({
  args: process.argv.slice(2),
  options: {
    'no-build': { type: 'boolean', default: false },
    dist: { type: 'string', default: `${root}dist` },
    only: { type: 'string' },
    widths: { type: 'string', default: '390,1440,2560' },
    empty: { type: 'boolean', default: false },
    readme: { type: 'boolean', default: false },
  },
});

const allPages = [
  'data',
  'model',
  'train',
  'experts',
  'evaluate',
  'chat',
  'export',
  'judge',
  'settings',
];
const pages = values.only?.split(',') ?? allPages;
const widths = values.widths.split(',').map(Number);
const heights: Readonly<Record<number, number>> = { 390: 844, 1440: 900, 2560: 1440 };
const themes = ['light', 'dark'] as const;
const languages = ['en', 'zh'] as const;
const folder = `${root}build/looks`;

/** Pictures taken, in order. */
const taken: { page: string; state: string; file: string; of: string }[] = [];

/** Tallest picture; longer pages are cut there. */
const TALLEST = 3200;

/** A picture of the whole page, also of what scrolls inside it. */
async function picture(page: Page, name: string): Promise<void> {
  const size = page.viewportSize() ?? { width: 1440, height: 900 };
  // The page scrolls inside its frame: the window grows until all of it is seen.
  const hidden = await page.evaluate(() => {
    const main = document.getElementById('main');
    const root = document.documentElement;
    const inside = main ? main.scrollHeight - main.clientHeight : 0;
    return Math.max(inside, root.scrollHeight - root.clientHeight);
  });
  const height = Math.min(TALLEST, size.height + Math.max(0, hidden));
  await page.setViewportSize({ width: size.width, height });
  await page.screenshot({ path: `${folder}/${name}.png`, animations: 'disabled' });
  await page.setViewportSize(size);
}

async function shoot(page: Page, name: string, state: string, of: string): Promise<void> {
  // Nothing looks pointed at.
  await page.mouse.move(0, 0);
  const file = `${name}-${state}-${of.replaceAll(' ', '-')}`;
  await picture(page, file);
  taken.push({ page: name, state, file: `${file}.png`, of });
}

/** Waits until nothing on the page is still being read. */
async function settle(page: Page): Promise<void> {
  await page.waitForFunction(
    () => !/(^|\n)(Loading |正在加载)/.test(document.getElementById('main')?.innerText ?? ''),
    undefined,
    { timeout: 60_000 },
  );
}

/** The views of a page that a switch at its top chooses between. */
async function views(page: Page, name: string): Promise<number> {
  if (name !== 'train' && name !== 'evaluate') return 1;
  return Math.max(1, await page.locator('#main header:has(h1) [role="radio"]:enabled').count());
}

async function everyLook(
  page: Page,
  take: (of: string) => Promise<void>,
  languagesShown: readonly string[] = languages,
): Promise<void> {
  for (const language of languagesShown) {
    await page.getByRole('banner').getByRole('combobox').selectOption(language);
    for (const theme of themes) {
      await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
      for (const width of widths) {
        await page.setViewportSize({ width, height: heights[width] ?? 900 });
        await take(`${language} ${theme} ${width}`);
      }
    }
  }
}

async function shootPages(
  page: Page,
  state: string,
  shown: readonly string[] = allPages,
): Promise<void> {
  for (const name of shown.filter((one) => pages.includes(one))) {
    await everyLook(page, async (of) => {
      await goByPath(page, name);
      await settle(page);
      const count = await views(page, name);
      for (let view = 0; view < count; view += 1) {
        if (count > 1)
          await page.locator('#main header:has(h1) [role="radio"]:enabled').nth(view).click();
        await settle(page);
        // Charts and pictures take their size from the page after it was laid out.
        await page.waitForTimeout(150);
        await shoot(page, count > 1 ? `${name}-${view + 1}` : name, state, of);
      }
    });
    console.log(`${name}, ${state}`);
  }
}

/** As the studio is opened: English, on a screen of common size. */
async function plain(page: Page, step: string): Promise<void> {
  await page.getByRole('banner').getByRole('combobox').selectOption('en');
  await page.setViewportSize({ width: 1440, height: 900 });
  await goByPath(page, step);
}

/** What passes: a file that is refused, a run under way, and the same one stopped. */
async function shootMoments(page: Page): Promise<void> {
  await plain(page, 'data');
  await dropFiles(page, [textFile('empty.jsonl', '')]);
  await page.locator('#main [role="alert"]').first().waitFor();
  await shootPages(page, 'refused', ['data']);
  await plain(page, 'data');
  await page.getByRole('button', { name: 'Add the sample data' }).click();
  await chooseModel(page, 'MedCare nano');
  await importRecipe(page, { ...quickRecipe(), name: 'Quick look again' });
  await startTraining(page);
  while ((await stepsDone(page)) < 5) await page.waitForTimeout(500);
  await shootPages(page, 'running', ['train', 'experts']);
  await plain(page, 'train');
  await page.getByRole('button', { name: 'Stop and keep' }).click();
  // Asked once more, in a dialog.
  await page.getByRole('alertdialog').getByRole('button', { name: 'Stop and keep' }).click();
  await page.getByRole('button', { name: 'Stop and keep' }).waitFor({ state: 'detached' });
  await shootPages(page, 'stopped', ['train', 'export']);
}

/** The tour's first steps and its end. */
async function shootTour(page: Page): Promise<void> {
  for (const step of [0, 1, 2, 6]) {
    await everyLook(page, async (of) => {
      await page.locator('[data-act="tour"]').click();
      for (let at = 0; at < step; at += 1) await page.keyboard.press('ArrowRight');
      await shoot(page, `tour-${step}`, 'empty', of);
      await page.keyboard.press('Escape');
    });
  }
}

/** The picture of the README: the worked example, a finished run with the curves of both stages. */
async function shootReadme(page: Page): Promise<void> {
  await plain(page, 'data');
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
  await page.getByRole('button', { name: 'Open a worked example' }).click();
  await page.getByRole('figure', { name: /^Loss/ }).waitFor();
  // What a person has read is put away.
  const read = page.locator('#main [aria-label="Dismiss"]');
  while ((await read.count()) > 0) await read.first().click();
  await settle(page);
  const stages = page.getByRole('list', { name: 'Stages of the recipe' });
  await stages.evaluate((list: HTMLElement) => {
    list.style.scrollMarginTop = '16px';
    list.scrollIntoView();
  });
  await page.waitForTimeout(500);
  await page.mouse.move(0, 0);
  await page.screenshot({ path: `${root}docs/images/train.png`, animations: 'disabled' });
}

async function start(flags: readonly string[]): Promise<Browser> {
  const executablePath = findChromium();
  if (executablePath === undefined) throw new Error('No Chromium found; set CHROMIUM_PATH.');
  return chromium.launch({ executablePath, args: [...flags] });
}

/** One page of all pictures: a row for each page and state, the looks side by side. */
function contactSheet(): string {
  const groups = [...new Set(taken.map(({ page, state }) => `${page} · ${state}`))];
  const row = (group: string): string =>
    taken
      .filter(({ page, state }) => `${page} · ${state}` === group)
      .map(
        ({ file, of }) =>
          `<figure><a href="${file}"><img loading="lazy" src="${file}" alt="${group}, ${of}"></a><figcaption>${of}</figcaption></figure>`,
      )
      .join('\n');
  return `<!doctype html>
<meta charset="utf-8">
<title>MedCare Studio: how it looks</title>
<style>
body { margin: 24px; background: #888; font: 14px system-ui; }
section > div { display: flex; gap: 12px; overflow-x: auto; align-items: flex-start; }
figure { margin: 0; flex: none; }
img { height: 420px; background: #fff; }
</style>
<h1>${taken.length} pictures</h1>
${groups.map((group) => `<section><h2>${group}</h2><div>${row(group)}</div></section>`).join('\n')}
`;
}

export async function main(): Promise<void> {
  if (!values['no-build']) {
    const { build } = await import('vite');
    await build({ root, logLevel: 'warn', build: { outDir: values.dist } });
  }
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const { address, close } = await serve({ folder: values.dist, port: 4390, strictPort: false });
  const browser = await start(chromiumFlags());
  try {
    const context = await browser.newContext({ baseURL: address });
    // How fast the machine is decides nothing.
    context.setDefaultTimeout(TRAINING_MS);
    const page = await context.newPage();
    await openStudio(page);
    if (values.readme) {
      await shootReadme(page);
      return;
    }
    await shootPages(page, 'empty');
    await shootTour(page);
    await plain(page, 'data');
    if (!values.empty) {
      await fillStudio(page);
      await shootPages(page, 'filled');
      await shootMoments(page);
    }
  } finally {
    await browser.close();
    if (values.readme) close();
  }
  const bare = await start(['--no-sandbox', '--disable-gpu', '--disable-features=WebGPU']);
  try {
    const page = await (await bare.newContext({ baseURL: address })).newPage();
    await openStudio(page);
    await page.locator('[data-help="webgpu"]').waitFor();
    await everyLook(page, (of) => shoot(page, 'no-webgpu', 'empty', of));
  } finally {
    await bare.close();
    close();
  }
  await writeFile(`${folder}/index.html`, contactSheet());
  console.log(`${taken.length} pictures under build/looks, all on build/looks/index.html`);
}
