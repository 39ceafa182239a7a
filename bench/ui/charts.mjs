#!/usr/bin/env node
/**
 * What one more step of a run costs the main thread with 10,000 steps drawn in all five charts.
 * Builds the page as the product is built, opens it in Chromium and prints JSON:
 *
 *   update_ms_*  one chart brought up to date, style and layout included; a frame draws one chart
 *   set_ms_*     all five charts together, which the page spreads over five frames
 *   task_ms      main-thread time per frame by Chromium's own count, painting included
 *   frame_ms     16, the budget that update_ms_p95 has to hold
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

/** @param {string | undefined} screenshot */
async function measure(screenshot) {
  const outDir = mkdtempSync(join(tmpdir(), 'medcare-charts-'));
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
  const server = await preview({ ...common, build: { outDir }, preview: { host: '127.0.0.1' } });
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
    await page.evaluate(() => window.measureCharts(20));
    const session = await page.context().newCDPSession(page);
    await session.send('Performance.enable');
    const taskSeconds = async () => {
      const { metrics } = await session.send('Performance.getMetrics');
      return metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN;
    };
    const before = await taskSeconds();
    const times = await page.evaluate((updates) => window.measureCharts(updates), UPDATES);
    const after = await taskSeconds();
    if (screenshot) await page.screenshot({ path: screenshot });
    if (faults[0]) throw faults[0];
    const charts = times.length / UPDATES;
    const sets = Array.from({ length: UPDATES }, (_, update) =>
      times.slice(update * charts, (update + 1) * charts).reduce((sum, time) => sum + time, 0),
    );
    return {
      steps: 10_000,
      charts,
      updates: UPDATES,
      points_per_line: await page.evaluate(() => window.drawnPoints()),
      update_ms_median: rounded(quantile(times, 0.5)),
      update_ms_p95: rounded(quantile(times, 0.95)),
      set_ms_median: rounded(quantile(sets, 0.5)),
      set_ms_p95: rounded(quantile(sets, 0.95)),
      task_ms: rounded(((after - before) * 1000) / times.length),
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
if (report.update_ms_p95 > FRAME_MS) process.exitCode = 1;
