#!/usr/bin/env node
/**
 * Measures what turning records into tokens costs in Chromium, with made-up records of about 100 words and the
 * built-in model. Prints JSON:
 *
 *   tokens_per_second   with no worker (on one thread, beside its caller), one, and as many as given
 *   sets.*              for each number of records:
 *     import_ms           the file read into a data set
 *     prepared_ms         from Start until the run has the records to begin with, nothing tokenised before
 *     first_step_ms       from Start until the first step's figures
 *     lengths_ms          all of it tokenised, as the Data page asks for its histogram
 *     *_known_ms          the same when all was tokenised before
 *
 * Usage: node bench/ui/tokenise.mjs [--json FILE] [--records 20000,100000] [--workers 2]
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { chromium } from '@playwright/test';
import { build, preview } from 'vite';
import { chromiumFlags, findChromium } from '../../scripts/adapters.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const SPEED_RECORDS = 3200;
const SPEED_ROUNDS = 5;

/** @param {{ records: readonly number[], workers: number }} options */
async function measure({ records, workers }) {
  const outDir = mkdtempSync(join(tmpdir(), 'medcare-tokenise-'));
  const common = /** @type {const} */ ({ configFile: false, root, logLevel: 'error' });
  await build({
    ...common,
    base: './',
    worker: { format: 'es' },
    build: {
      outDir,
      emptyOutDir: true,
      target: 'es2023',
      rolldownOptions: { input: join(root, 'bench/ui/tokenise.html') },
    },
  });
  const server = await preview({ ...common, build: { outDir }, preview: { host: '127.0.0.1' } });
  const executablePath = findChromium();
  if (!executablePath) throw new Error('No Chromium was found; see docs/development.md.');
  const browser = await chromium.launch({ executablePath, args: chromiumFlags() });
  try {
    const page = await browser.newPage();
    /** @type {Error[]} */
    const faults = [];
    page.on('pageerror', (fault) => faults.push(fault));
    // Below the address of the bench page lie the built-in models, as below the studio's own.
    await page.route('**/bench/ui/models/**', (route) =>
      route.continue({ url: route.request().url().replace('/bench/ui/', '/') }),
    );
    await page.goto(`${server.resolvedUrls?.local[0] ?? ''}bench/ui/tokenise.html`);
    await page.waitForFunction(() => 'poolSpeed' in window);
    // In turn, several times: what else the machine does meets all of them.
    const sizes = [...new Set([0, 1, workers])];
    /** @type {Map<number, number[]>} */
    const rounds = new Map(sizes.map((size) => [size, []]));
    for (let round = 0; round < SPEED_ROUNDS; round += 1) {
      for (const size of sizes) {
        const speed = await page.evaluate(
          ([hands, count]) => window.poolSpeed(hands, count),
          /** @type {const} */ ([size, SPEED_RECORDS]),
        );
        rounds.get(size)?.push(speed);
      }
    }
    const speeds = Object.fromEntries(
      [...rounds].map(([size, seen]) => {
        const sorted = seen.sort((one, other) => one - other);
        return [`workers_${size}`, Math.round(sorted[Math.floor(sorted.length / 2)] ?? 0)];
      }),
    );
    /** @type {Record<string, Record<string, number>>} */
    const sets = {};
    for (const count of records) {
      const fresh = await page.evaluate((size) => window.firstStep(size, false), count);
      const known = await page.evaluate((size) => window.firstStep(size, true), count);
      sets[count] = {
        import_ms: Math.round(fresh.imported),
        prepared_ms: Math.round(fresh.prepared),
        first_step_ms: Math.round(fresh.first),
        lengths_ms: Math.round(known.counted ?? Number.NaN),
        prepared_known_ms: Math.round(known.prepared),
        first_step_known_ms: Math.round(known.first),
      };
    }
    if (faults[0]) throw faults[0];
    return {
      cores: await page.evaluate(() => navigator.hardwareConcurrency),
      tokens_per_second: speeds,
      sets,
      adapter: 'SwiftShader',
      browser: browser.version(),
    };
  } finally {
    await browser.close();
    await server.close();
    rmSync(outDir, { recursive: true, force: true });
  }
}

const { values } = parseArgs({
  options: {
    json: { type: 'string' },
    records: { type: 'string', default: '20000,100000' },
    workers: { type: 'string', default: '2' },
  },
});
const report = await measure({
  records: values.records.split(',').map(Number),
  workers: Number(values.workers),
});
const text = JSON.stringify(report, null, 2);
console.log(text);
if (values.json) writeFileSync(values.json, `${text}\n`);
