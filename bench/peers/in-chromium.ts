/** Runs the race in one page of headless Chromium. */
import { createReadStream, existsSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from '@playwright/test';
import { build } from 'vite';
import { chromiumFlags, findChromium } from '../../scripts/adapters.mjs';
import type { SuiteOptions, SuiteReport } from './suite.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const built = join(root, 'build/bench-peers');

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.wasm': 'application/wasm',
};

/** Serves folders by the first part of the path, with the headers that threads in a page need. */
function serve(folders: Readonly<Record<string, string>>): Promise<Server> {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const [, first = '', ...rest] = pathname.split('/');
    const folder = folders[first];
    const file = folder === undefined ? '' : normalize(join(folder, rest.join('/')));
    if (folder === undefined || !file.startsWith(folder) || !existsSync(file)) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, {
      'Content-Type': types[extname(file)] ?? 'application/octet-stream',
      'Cross-Origin-Opener-Policy': 'same-origin',
      'Cross-Origin-Embedder-Policy': 'require-corp',
    });
    createReadStream(file).pipe(response);
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve(server));
  });
}

/** Builds the page, opens it and runs every row in it. */
export async function raceInChromium(
  options: SuiteOptions,
  log: (line: string) => void,
): Promise<{ report: SuiteReport; browser: string }> {
  const executablePath = findChromium();
  if (executablePath === undefined) throw new Error('No Chromium was found');
  await build({
    configFile: false,
    root: join(root, 'bench/peers'),
    base: './',
    logLevel: 'error',
    build: {
      outDir: built,
      emptyOutDir: true,
      target: 'es2023',
      chunkSizeWarningLimit: 10_000,
      rolldownOptions: { input: join(root, 'bench/peers/page.html') },
    },
  });
  const server = await serve({
    page: built,
    ort: join(root, 'bench/peers/node_modules/onnxruntime-web/dist'),
    wllama: join(root, 'bench/peers/node_modules/@wllama/wllama/esm'),
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port');
  const origin = `http://127.0.0.1:${address.port}`;
  const browser = await chromium.launch({ executablePath, args: chromiumFlags() });
  try {
    const session = await browser.newBrowserCDPSession();
    const page = await browser.newPage();
    await page.exposeFunction('processorMilliseconds', async () => {
      const { processInfo } = await session.send('SystemInfo.getProcessInfo');
      return processInfo.reduce((sum, { cpuTime }) => sum + 1000 * cpuTime, 0);
    });
    page.on('console', (message) => log(message.text()));
    page.on('pageerror', (error) => log(`    page: ${error.message}`));
    await page.addInitScript((folder) => {
      window.ortFolder = `${folder}/ort/`;
      window.wllamaFolder = `${folder}/wllama/`;
    }, origin);
    await page.goto(`${origin}/page/page.html`);
    await page.waitForFunction(() => window.race !== undefined);
    const report = await page.evaluate(async (given) => {
      if (!window.race) throw new Error('The page has no race');
      return window.race(given);
    }, options);
    return { report, browser: browser.version() };
  } finally {
    await browser.close();
    server.close();
  }
}
