#!/usr/bin/env node
/**
 * Measures how long a person waits for the studio: until the shell is drawn, until the Data page answers a
 * click, and until the built-in model has written its first token. Serves what is in dist/ (run `npm run build`
 * first) with the product's own server, opens it in Chromium again and again, and prints JSON; medians of all
 * loads, milliseconds:
 *
 *   first.*        an empty cache and an empty storage, as at the very first visit
 *   again.*        with the browser's cache and three data sets stored
 *     shell_ms         rail and top bar are on the screen
 *     page_ms          the Data page's controls are on the screen
 *     answered_ms      a click on one of them, made at once, shows on the screen
 *     blocked_ms       the main thread's tasks of more than 50 ms, what is beyond that
 *     script_kB        JavaScript that came before the page answered, as sent
 *   token.*        the Chat page, opened at an empty cache: a question is sent as soon as it can be
 *     ready_ms         the question could be sent
 *     first_token_ms   its answer's first characters are on the screen
 *
 * Usage: node bench/ui/page.mjs [--json FILE] [--loads 9] [--token-loads 3] [--screenshot FILE]
 * It fails when a first visit takes longer than a second until the page answers.
 */
import { spawn } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { chromium } from '@playwright/test';
import { chromiumFlags, findChromium } from '../../scripts/adapters.mjs';

const ANSWERED_MS = 1000;
const root = fileURLToPath(new URL('../..', import.meta.url));

/** @returns {Promise<number>} */
function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

/** The product's own server over dist/. */
async function serve() {
  if (!existsSync(`${root}dist/index.html`)) throw new Error('no dist/; run npm run build first');
  const port = await freePort();
  const server = spawn(
    process.execPath,
    [`${root}scripts/start.mjs`, '--no-build', '--port', `${port}`],
    { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  await new Promise((resolve, reject) => {
    server.stdout.on('data', (text) => String(text).includes('is served at') && resolve(null));
    server.once('exit', () => reject(new Error('the server ended')));
  });
  return { address: `http://127.0.0.1:${port}/`, close: () => server.kill() };
}

/** @typedef {{ shell?: number, page?: number, answered?: number, blocked: number, ready?: number, token?: number }} Marks */

/** Runs in the page before everything else. @param {'first' | 'again' | 'token'} visit */
function follow(visit) {
  /** @type {Marks} */
  const marks = { blocked: 0 };
  Object.assign(globalThis, { marks });
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) {
      if (marks.answered === undefined) marks.blocked += duration - 50;
    }
  }).observe({ type: 'longtask', buffered: true });

  /** Calls back in the frame after the one in which something is there: then it is drawn. */
  const whenDrawn = (/** @type {() => unknown} */ there, /** @type {() => void} */ then) => {
    const look = () => {
      if (!there()) requestAnimationFrame(look);
      else requestAnimationFrame(() => setTimeout(then, 0));
    };
    look();
  };
  const shown = (/** @type {string} */ selector) => document.querySelector(selector);
  /** @returns {HTMLButtonElement | undefined} */
  const button = (/** @type {string} */ text) =>
    [...document.querySelectorAll('button')].find(
      (candidate) =>
        candidate.textContent?.trim() === text &&
        !candidate.disabled &&
        candidate.getAttribute('aria-disabled') !== 'true',
    );

  whenDrawn(
    () => shown('nav') && shown('header'),
    () => (marks.shell = performance.now()),
  );
  if (visit === 'first') {
    whenDrawn(
      () => button('Use the sample data'),
      () => {
        marks.page = performance.now();
        button('Use the sample data')?.click();
        whenDrawn(
          () => shown('[role=progressbar]'),
          () => (marks.answered = performance.now()),
        );
      },
    );
  } else if (visit === 'again') {
    /** @param {boolean} chosen */
    const rows = (chosen) => [
      .../** @type {NodeListOf<HTMLButtonElement>} */ (
        document.querySelectorAll(`tbody button[aria-pressed=${chosen}]`)
      ),
    ];
    whenDrawn(
      () => rows(false).length > 0,
      () => {
        marks.page = performance.now();
        const [row] = rows(false);
        const name = row?.textContent;
        row?.click();
        whenDrawn(
          () => rows(true).some(({ textContent }) => textContent === name),
          () => (marks.answered = performance.now()),
        );
      },
    );
  } else {
    whenDrawn(
      () => shown('form textarea'),
      () => {
        const field = /** @type {HTMLTextAreaElement} */ (shown('form textarea'));
        const set = Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, 'value')?.set;
        set?.call(field, 'What does insulin do?');
        field.dispatchEvent(new Event('input', { bubbles: true }));
        whenDrawn(
          () => button('Send'),
          () => {
            marks.ready = performance.now();
            button('Send')?.click();
            whenDrawn(
              () => shown('article [data-markdown]')?.textContent,
              () => (marks.token = performance.now()),
            );
          },
        );
      },
    );
  }
}

/** @param {readonly (number | undefined)[]} values */
function median(values) {
  const sorted = values.map((value) => value ?? Number.NaN).sort((one, other) => one - other);
  return Math.round(sorted[Math.floor(sorted.length / 2)] ?? Number.NaN);
}

/**
 * @param {import('@playwright/test').BrowserContext} context
 * @param {string} address
 * @param {'first' | 'again' | 'token'} visit
 */
async function load(context, address, visit) {
  const page = await context.newPage();
  /** @type {Error[]} */
  const faults = [];
  page.on('pageerror', (fault) => faults.push(fault));
  await page.addInitScript(follow, visit);
  await page.goto(visit === 'token' ? `${address}#/chat` : `${address}#/data`);
  await page.waitForFunction(
    (last) => /** @type {Record<string, unknown>} */ (Reflect.get(globalThis, 'marks'))[last],
    visit === 'token' ? 'token' : 'answered',
    { timeout: 120_000 },
  );
  const seen = await page.evaluate(() => {
    const marks = /** @type {Marks} */ (Reflect.get(globalThis, 'marks'));
    const until = marks.answered ?? Number.POSITIVE_INFINITY;
    const entries = /** @type {PerformanceResourceTiming[]} */ (
      performance.getEntriesByType('resource')
    );
    const scripts = entries.filter(
      ({ name, responseEnd }) => /\.js$/.test(name) && responseEnd < until,
    );
    const bytes = scripts.reduce((sum, { transferSize }) => sum + transferSize, 0);
    return { ...marks, script: bytes / 1000 };
  });
  if (faults[0]) throw faults[0];
  return { page, seen };
}

/** @param {readonly Awaited<ReturnType<typeof load>>['seen'][]} seen */
function waits(seen) {
  return {
    loads: seen.length,
    shell_ms: median(seen.map(({ shell }) => shell)),
    page_ms: median(seen.map(({ page }) => page)),
    answered_ms: median(seen.map(({ answered }) => answered)),
    answered_ms_worst: Math.round(Math.max(...seen.map(({ answered }) => answered ?? Number.NaN))),
    blocked_ms: median(seen.map(({ blocked }) => blocked)),
    script_kB: median(seen.map(({ script }) => script)),
  };
}

/** @param {{ loads: number, tokenLoads: number, screenshot: string | undefined }} options */
async function measure({ loads, tokenLoads, screenshot }) {
  const executablePath = findChromium();
  if (!executablePath) throw new Error('No Chromium was found; see docs/development.md.');
  const server = await serve();
  const browser = await chromium.launch({ executablePath, args: chromiumFlags() });
  const viewport = { width: 1440, height: 900 };
  try {
    // One visit that is not counted: the server reads its files for the first time.
    for (const counted of [false, true]) {
      const first = [];
      for (let i = 0; i < (counted ? loads : 1); i += 1) {
        const context = await browser.newContext({ viewport });
        const { page, seen } = await load(context, server.address, 'first');
        first.push(seen);
        await page.close();
        await context.close();
      }
      if (!counted) continue;

      const context = await browser.newContext({ viewport });
      const visited = await load(context, server.address, 'first');
      await visited.page.waitForSelector('tbody button[aria-pressed]', { timeout: 60_000 });
      await visited.page.close();
      const again = [];
      for (let i = 0; i < loads; i += 1) {
        const { page, seen } = await load(context, server.address, 'again');
        again.push(seen);
        if (screenshot && i === 0) await page.screenshot({ path: screenshot });
        await page.close();
      }
      await context.close();

      const token = [];
      for (let i = 0; i < tokenLoads; i += 1) {
        const fresh = await browser.newContext({ viewport });
        const { page, seen } = await load(fresh, server.address, 'token');
        token.push(seen);
        await page.close();
        await fresh.close();
      }
      return {
        first: waits(first),
        again: waits(again),
        token: {
          loads: token.length,
          ready_ms: median(token.map(({ ready }) => ready)),
          first_token_ms: median(token.map((seen) => seen.token)),
        },
        adapter: 'SwiftShader',
        browser: browser.version(),
      };
    }
    throw new Error('nothing was measured');
  } finally {
    await browser.close();
    server.close();
  }
}

const { values } = parseArgs({
  options: {
    json: { type: 'string' },
    loads: { type: 'string', default: '9' },
    'token-loads': { type: 'string', default: '3' },
    screenshot: { type: 'string' },
  },
});
const report = await measure({
  loads: Number(values.loads),
  tokenLoads: Number(values['token-loads']),
  screenshot: values.screenshot,
});
const text = JSON.stringify(report, null, 2);
console.log(text);
if (values.json) writeFileSync(values.json, `${text}\n`);
if (report.first.answered_ms > ANSWERED_MS || report.again.answered_ms > ANSWERED_MS) {
  process.exitCode = 1;
}
