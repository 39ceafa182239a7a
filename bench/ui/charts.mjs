#!/usr/bin/env node
/**
 * Measures what a run of 100,000 steps costs the main thread, drawn in five charts on the Train page. Builds
 * the page as the product is built, opens it in Chromium and prints JSON:
 *
 *   update_ms_*   one part of the page brought up to date (a chart, the progress, the log), with style
 *                 and layout; a frame draws one part
 *   summary_ms_*  the run's summary changed: stage cards, progress bar, list of runs
 *   set_ms_*      all parts together, which the page spreads over as many frames
 *   cpu_ms        processor time of the main thread per frame, painting included, by Chromium's count;
 *                 the others are times by the clock and grow with what else the machine does
 *   live.*        steps come ten times a second while the cursor moves in every frame; resize.*: and the
 *                 window is made wider and narrower all the time
 *     fps           frames a second; interval_ms_*: the time between two
 *     cpu_ms        processor time of the main thread per frame
 *   frame_ms      16, the budget that update_ms_median, summary_ms_median and cpu_ms have to hold; of live
 *                 and resize, cpu_ms has to hold 20: 50 frames a second
 *
 * Usage: node bench/ui/charts.mjs [--json FILE] [--screenshot FILE]
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import react from '@vitejs/plugin-react';
import { chromium } from '@playwright/test';
import { build, preview } from 'vite';
import { findChromium } from '../../scripts/adapters.mjs';

const UPDATES = 120;
const FRAME_MS = 16;
const WATCHED_FRAME_MS = 20;
const WATCHED_MS = 5000;
const root = fileURLToPath(new URL('../..', import.meta.url));

/** @param {readonly number[]} values @param {number} share */
function quantile(values, share) {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

/** @param {number} value */
function rounded(value) {
  return Math.round(value * 100) / 100;
}

/** Builds the page with the charts and serves it. @param {string} outDir */
async function serveCharts(outDir) {
  const common = /** @type {const} */ ({ configFile: false, root, logLevel: 'error' });
  await build({
    ...common,
    base: './',
    plugins: [react()],
    build: {
      outDir,
      emptyOutDir: true,
      rolldownOptions: { input: join(root, 'bench/ui/charts.html') },
    },
  });
  return preview({ ...common, build: { outDir }, preview: { host: '127.0.0.1' } });
}

/**
 * Frames of the page while the run goes on, or while the window changes its size.
 * @param {import('@playwright/test').Page} page
 * @param {() => Promise<number>} taskSeconds
 * @param {boolean} resized
 */
async function watchFrames(page, taskSeconds, resized) {
  const begin = await taskSeconds();
  const intervals = await page.evaluate(
    ([milliseconds, wide]) => window.watchRun(milliseconds, wide),
    /** @type {const} */ ([WATCHED_MS, resized]),
  );
  const cpu = ((await taskSeconds()) - begin) * 1000;
  const seconds = intervals.reduce((sum, interval) => sum + interval, 0) / 1000;
  return {
    fps: rounded(intervals.length / seconds),
    interval_ms_median: rounded(quantile(intervals, 0.5)),
    interval_ms_p95: rounded(quantile(intervals, 0.95)),
    interval_ms_worst: rounded(Math.max(...intervals)),
    cpu_ms: rounded(cpu / intervals.length),
  };
}

/** @param {string | undefined} screenshot */
async function measure(screenshot) {
  const outDir = mkdtempSync(join(tmpdir(), 'medcare-charts-'));
  const server = await serveCharts(outDir);
  const executablePath = findChromium();
  if (!executablePath) throw new Error('No Chromium was found; see docs/development.md.');
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    /** @type {Error[]} */
    const faults = [];
    page.on('pageerror', (fault) => faults.push(fault));
    const address = server.resolvedUrls?.local[0] ?? '';
    await page.goto(`${address}bench/ui/charts.html`);
    await page.waitForFunction(() => window.drawnPoints() > 0);
    await page.evaluate(() => window.measureRun(20));
    const session = await page.context().newCDPSession(page);
    // Processor time of the main thread: what else runs on the machine does not count.
    await session.send('Performance.enable', { timeDomain: 'threadTicks' });
    const taskSeconds = async () => {
      const { metrics } = await session.send('Performance.getMetrics');
      return metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN;
    };
    const before = await taskSeconds();
    const measured = await page.evaluate((updates) => window.measureRun(updates), UPDATES);
    const { frames: times, summaries } = measured;
    const after = await taskSeconds();
    const live = await watchFrames(page, taskSeconds, false);
    const resize = await watchFrames(page, taskSeconds, true);
    if (screenshot) await page.screenshot({ path: screenshot });
    if (faults[0]) throw faults[0];
    const parts = times.length / UPDATES;
    const sets = Array.from({ length: UPDATES }, (_, update) =>
      times.slice(update * parts, (update + 1) * parts).reduce((sum, time) => sum + time, 0),
    );
    return {
      steps: 100_000,
      parts,
      updates: UPDATES,
      points_per_line: await page.evaluate(() => window.drawnPoints()),
      update_ms_median: rounded(quantile(times, 0.5)),
      update_ms_p95: rounded(quantile(times, 0.95)),
      summary_ms_median: rounded(quantile(summaries, 0.5)),
      summary_ms_p95: rounded(quantile(summaries, 0.95)),
      set_ms_median: rounded(quantile(sets, 0.5)),
      set_ms_p95: rounded(quantile(sets, 0.95)),
      cpu_ms: rounded(((after - before) * 1000) / times.length),
      live,
      resize,
      frame_ms: FRAME_MS,
      browser: browser.version(),
    };
  } finally {
    await browser.close();
    await server.close();
    rmSync(outDir, { recursive: true, force: true });
  }
}

const { values } = parseArgs({
  options: { json: { type: 'string' }, screenshot: { type: 'string' } },
});
const report = await measure(values.screenshot);
const text = JSON.stringify(report, null, 2);
console.log(text);
if (values.json) writeFileSync(values.json, `${text}\n`);
const { live, resize } = report;
if (
  Math.max(report.update_ms_median, report.summary_ms_median, report.cpu_ms) > FRAME_MS ||
  Math.max(live.cpu_ms, resize.cpu_ms) > WATCHED_FRAME_MS
) {
  process.exitCode = 1;
}
