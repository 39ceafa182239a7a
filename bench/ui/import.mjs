#!/usr/bin/env node
/**
 * Measures the import of a large file on the Data page: 500 MB of JSONL with a million records. Writes the file
 * as a stream, serves what is built (run `npm run build` first), imports the file through the page's own file
 * chooser in Chromium, and prints JSON:
 *
 *   cancel.*      the import is cancelled at a third
 *     answered_ms      from the press until the page says that it ended
 *     sets, files      data sets and files of data sets that are left (both have to be 0)
 *   import.*      the whole file
 *     seconds, MB_per_s, records, left_out
 *   memory.*      of the tab's process (page and worker are threads of it), MB, sampled every 50 ms. Resident
 *                 memory counts the browser's own code too, which all tabs share (some 130 MB); private
 *                 memory is what the browser's task manager shows for the tab
 *     before_MB, before_private_MB      the studio is open, without data
 *     peak_MB, peak_private_MB          highest while importing
 *     after_MB                          resident, with the table drawn and lengths counted from a sample
 *     after_peak_MB, after_peak_private_MB   highest until then
 *     highest_of_all_MB, highest_private_of_all_MB   with scrolling and the search
 *   scroll.*      the table of the million records, the wheel turned for six seconds, frame times in ms
 *     median, p95, worst, share_over_34ms, waiting_share (rows drawn that were not read yet)
 *     jump_ms          from Enter in "go to record" until record 987,654 is on the screen
 *     search_s         a search through all records for the last one
 *
 * With `--identifiers` the page looks for identifiers while it imports, with `--plain` not even for near-duplicates. `--file FILE` imports a file of your own, of so
 * many `--records`.
 *
 * Usage: node bench/ui/import.mjs [--records 1000000] [--bytes 500 | --file FILE] [--dist dist] [--identifiers]
 *   [--plain] [--json FILE]
 * It fails when resident memory while importing, or private memory at any time, reaches 400 MB, or when
 * Cancel leaves something.
 */
import {
  createWriteStream,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { chromium } from '@playwright/test';
import { chromiumFlags, findChromium } from '../../scripts/adapters.mjs';
import { serve } from '../../scripts/serve.mjs';

const PEAK_MB = 400;
const root = fileURLToPath(new URL('../..', import.meta.url));
const MB = 1e6;

const WORDS =
  'patient fever cough dose therapy risk heart lung kidney liver blood pressure chronic acute infection treatment symptom diagnosis child adult trial effect study weeks daily severe mild 高血压 患者 治疗 症状 感染 剂量'.split(
    ' ',
  );

/** A record of about `bytes` bytes, different for every index. @param {number} index @param {number} bytes */
function record(index, bytes) {
  // A small generator of its own: the file is the same on every machine.
  let state = (index * 2654435761 + 12345) >>> 0;
  const word = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return WORDS[(state >>> 8) % WORDS.length];
  };
  let output = '';
  while (output.length < bytes - 130) output += `${word()} `;
  return `${JSON.stringify({ instruction: `Question ${index}: what helps with ${word()} and ${word()}?`, input: '', output: `${output}(${index})` })}\n`;
}

/** @param {string} path @param {number} records @param {number} bytes */
async function writeRecords(path, records, bytes) {
  const stream = createWriteStream(path);
  for (let from = 0; from < records; from += 1000) {
    let text = '';
    for (let i = from; i < Math.min(from + 1000, records); i += 1)
      text += record(i, bytes / records);
    if (!stream.write(text)) await once(stream, 'drain');
  }
  stream.end();
  await once(stream, 'finish');
  return statSync(path).size;
}

/** Resident memory of a process, MB. @param {number} pid @param {string} field */
function memory(pid, field) {
  const line = readFileSync(`/proc/${pid}/status`, 'utf8').match(
    new RegExp(`^${field}:\\s+(\\d+) kB`, 'm'),
  );
  return (Number(line?.[1] ?? Number.NaN) * 1024) / MB;
}

/** Follows a process until `stop` is called. @param {number} pid */
function follow(pid) {
  const peak = { resident: 0, own: 0 };
  const timer = setInterval(() => {
    peak.resident = Math.max(peak.resident, memory(pid, 'VmRSS'));
    peak.own = Math.max(peak.own, memory(pid, 'RssAnon'));
  }, 50);
  return {
    peak,
    stop: () => {
      clearInterval(timer);
      return peak;
    },
  };
}

/** The process that draws the page. @param {import('@playwright/test').Page} page */
async function rendererOf(page) {
  const browser = page.context().browser();
  if (!browser) throw new Error('the browser ended');
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  const pids = processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => id);
  // The page with most in it; others are spare.
  return pids.sort((a, b) => memory(b, 'VmRSS') - memory(a, 'VmRSS'))[0] ?? Number.NaN;
}

/** @param {import('@playwright/test').Page} page @param {string} path */
const chooseFile = (page, path) => page.getByLabel('Choose data files').setInputFiles(path);

/** Files of data sets in the browser's private file system. @param {import('@playwright/test').Page} page */
async function filesLeft(page) {
  return page.evaluate(async () => {
    const top = await navigator.storage.getDirectory();
    /** @type {string[]} */
    const found = [];
    /** @param {FileSystemDirectoryHandle} folder @param {string} path */
    const walk = async (folder, path) => {
      for await (const [name, handle] of folder.entries()) {
        if (handle.kind === 'directory') await walk(handle, `${path}/${name}`);
        else found.push(`${path}/${name}`);
      }
    };
    await walk(top, '');
    return found.filter((path) => path.includes('/data/')).length;
  });
}

/** @param {import('@playwright/test').Page} page */
async function cancelled(page) {
  const bar = page.getByRole('progressbar');
  await bar.waitFor({ timeout: 60_000 });
  await page.waitForFunction(
    () => Number(document.querySelector('[role=progressbar]')?.getAttribute('aria-valuenow')) > 33,
    undefined,
    { timeout: 600_000 },
  );
  const pressed = performance.now();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await bar.waitFor({ state: 'detached', timeout: 60_000 });
  return {
    answered_ms: Math.round(performance.now() - pressed),
    sets: await page.locator('tbody button[aria-pressed]').count(),
    files: await filesLeft(page),
  };
}

/** Turns the wheel over the table and gives the times of the frames drawn. @param {import('@playwright/test').Page} page */
async function scroll(page) {
  const list = page.getByRole('listbox');
  await list.scrollIntoViewIfNeeded();
  const box = await list.boundingBox();
  if (!box) throw new Error('the table is not on the page');
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await page.evaluate(() => {
    /** @type {{ frames: number[], rows: number, waiting: number, on: boolean }} */
    const seen = { frames: [], rows: 0, waiting: 0, on: true };
    Object.assign(globalThis, { seen });
    let last = performance.now();
    const frame = (/** @type {number} */ now) => {
      seen.frames.push(now - last);
      last = now;
      seen.rows += document.querySelectorAll('[role=option]').length;
      seen.waiting += document.querySelectorAll('[data-waiting]').length;
      if (seen.on) requestAnimationFrame(frame);
    };
    requestAnimationFrame((now) => {
      last = now;
      requestAnimationFrame(frame);
    });
  });
  for (const end = performance.now() + 6000; performance.now() < end;) {
    await page.mouse.wheel(0, 120);
    await page.waitForTimeout(16);
  }
  const seen = await page.evaluate(() => {
    const all = /** @type {{ frames: number[], rows: number, waiting: number, on: boolean }} */ (
      Reflect.get(globalThis, 'seen')
    );
    all.on = false;
    return all;
  });
  const sorted = seen.frames.sort((a, b) => a - b);
  const at = (/** @type {number} */ share) =>
    Number((sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN).toFixed(1));
  return {
    frames: sorted.length,
    median: at(0.5),
    p95: at(0.95),
    worst: at(1),
    share_over_34ms: Number((sorted.filter((time) => time > 34).length / sorted.length).toFixed(3)),
    waiting_share: Number((seen.waiting / Math.max(1, seen.rows)).toFixed(4)),
  };
}

/** @param {import('@playwright/test').Page} page @param {number} records */
async function jumpAndSearch(page, records) {
  const row = Math.min(987_654, records);
  const field = page.getByLabel('Go to line');
  await field.fill(String(row));
  let pressed = performance.now();
  await field.press('Enter');
  await page
    .locator('[role=option][aria-selected=true] > :first-child', {
      hasText: row.toLocaleString('en-GB'),
    })
    .waitFor();
  const jump = performance.now() - pressed;
  const search = page.getByRole('textbox', { name: 'Search the records' });
  await search.fill(`(${records - 1})`);
  pressed = performance.now();
  await search.press('Enter');
  await page.getByText('1 of 1', { exact: true }).waitFor({ timeout: 300_000 });
  return {
    jump_ms: Math.round(jump),
    search_s: Number(((performance.now() - pressed) / 1000).toFixed(1)),
  };
}

/**
 * @param {{ records: number, bytes: number, file: string | undefined, dist: string, identifiers: boolean,
 *   plain: boolean, screenshot: string | undefined }} options
 */
async function measure({ records, bytes, file, dist, identifiers, plain, screenshot }) {
  const executablePath = findChromium();
  if (!executablePath) throw new Error('No Chromium was found; see docs/development.md.');
  if (!existsSync(join(dist, 'index.html'))) throw new Error(`no ${dist}; run npm run build first`);
  const folder = mkdtempSync(join(tmpdir(), 'medcare-import-'));
  const path = file ?? join(folder, 'million.jsonl');
  const size = file ? statSync(file).size : await writeRecords(path, records, bytes);
  const server = await serve({ folder: dist, port: 4391, strictPort: false });
  // A profile on disk, as people have one: a private window keeps its files in memory.
  const context = await chromium.launchPersistentContext(join(folder, 'profile'), {
    executablePath,
    args: chromiumFlags(),
    baseURL: server.address,
    viewport: { width: 1440, height: 900 },
  });
  const browser = context.browser();
  try {
    const page = context.pages()[0] ?? (await context.newPage());
    await page.goto('./');
    await page.getByRole('button', { name: 'Use the sample data' }).waitFor();
    if (identifiers) await page.getByRole('switch', { name: /^Look for identifiers/ }).click();
    if (plain) await page.getByRole('switch', { name: /^Look for near-duplicates/ }).click();
    await page.waitForTimeout(2000);
    const pid = await rendererOf(page);
    const before = memory(pid, 'VmRSS');
    const ownBefore = memory(pid, 'RssAnon');

    await chooseFile(page, path);
    const cancel = await cancelled(page);

    const followed = follow(pid);
    const started = performance.now();
    await chooseFile(page, path);
    await page.locator('tbody button[aria-pressed]').waitFor({ timeout: 1_200_000 });
    const seconds = (performance.now() - started) / 1000;
    const peak = { ...followed.peak };
    const [kept, left] = await page.evaluate(() => {
      const cells = [...document.querySelectorAll('#main tbody td')].map(
        (cell) => cell.textContent,
      );
      return [cells[3], cells[4]];
    });
    // The table is drawn and the lengths of a sample are counted.
    await page.getByText(/From a sample of/).waitFor({ timeout: 120_000 });
    const after = memory(pid, 'VmRSS');
    const afterPeak = { ...followed.peak };
    const frames = await scroll(page);
    const jumps = await jumpAndSearch(page, records);
    if (screenshot) await page.screenshot({ path: screenshot });
    const all = memory(pid, 'VmHWM');
    const ownOfAll = followed.stop().own;
    return {
      file: { MB: Math.round(size / MB), records },
      cancel,
      import: {
        seconds: Number(seconds.toFixed(1)),
        MB_per_s: Number((size / MB / seconds).toFixed(1)),
        records: kept,
        left_out: left,
      },
      memory: {
        before_MB: Math.round(before),
        before_private_MB: Math.round(ownBefore),
        peak_MB: Math.round(peak.resident),
        peak_private_MB: Math.round(peak.own),
        after_MB: Math.round(after),
        after_peak_MB: Math.round(afterPeak.resident),
        after_peak_private_MB: Math.round(afterPeak.own),
        highest_of_all_MB: Math.round(all),
        highest_private_of_all_MB: Math.round(ownOfAll),
      },
      scroll: { ...frames, ...jumps },
      browser: browser?.version() ?? '',
    };
  } finally {
    await context.close();
    server.close();
    rmSync(folder, { recursive: true });
  }
}

const { values } = parseArgs({
  options: {
    records: { type: 'string', default: '1000000' },
    bytes: { type: 'string', default: '500' },
    dist: { type: 'string', default: join(root, 'dist') },
    file: { type: 'string' },
    identifiers: { type: 'boolean', default: false },
    plain: { type: 'boolean', default: false },
    json: { type: 'string' },
    screenshot: { type: 'string' },
  },
});
const report = await measure({
  records: Number(values.records),
  bytes: Number(values.bytes) * MB,
  file: values.file,
  dist: values.dist,
  identifiers: values.identifiers,
  plain: values.plain,
  screenshot: values.screenshot,
});
const text = JSON.stringify(report, null, 2);
console.log(text);
if (values.json) writeFileSync(values.json, `${text}\n`);
const { peak_MB: importing, highest_private_of_all_MB: own } = report.memory;
if (Math.max(importing, own) >= PEAK_MB || report.cancel.sets + report.cancel.files > 0) {
  process.exitCode = 1;
}
