/** Starts Firefox with WebGPU on the software driver of the tests, driven through WebDriver BiDi. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import puppeteer, { type Page } from 'puppeteer-core';
import { driverEnv, findFirefox } from '../../scripts/adapters.mjs';

/** Ends only what hangs: how fast the machine is decides nothing. */
const PATIENCE_MS = 300_000;

export interface Firefox {
  readonly version: string;
  readonly page: Page;
  /** Errors that the page or its console reported. */
  readonly faults: readonly string[];
  /** The one file that `act` makes the browser save. */
  saved(act: () => Promise<void>): Promise<{ readonly name: string; readonly bytes: Uint8Array }>;
  close(): Promise<void>;
}

/** What a person would set in about:config, and answers to what a headless browser cannot ask. */
const preferences = (downloads: string): Record<string, unknown> => ({
  // Off by default on Linux.
  'dom.webgpu.enabled': true,
  // Firefox refuses software drivers unless told otherwise.
  'gfx.webgpu.ignore-blocklist': true,
  'browser.download.folderList': 2,
  'browser.download.dir': downloads,
  'browser.download.useDownloadDir': true,
  'browser.download.always_ask_before_handling_new_types': false,
  'intl.accept_languages': 'en-US',
});

/** @throws Error where no Firefox is installed */
export async function startFirefox(): Promise<Firefox> {
  const executablePath = findFirefox();
  if (executablePath === undefined) {
    throw new Error(
      'No Firefox found. Install it (Debian: apt-get install firefox-esr) or set FIREFOX_PATH.',
    );
  }
  const downloads = await mkdtemp(join(tmpdir(), 'medcare-firefox-'));
  const browser = await puppeteer.launch({
    browser: 'firefox',
    executablePath,
    headless: true,
    timeout: PATIENCE_MS,
    protocolTimeout: PATIENCE_MS,
    defaultViewport: { width: 1440, height: 900 },
    extraPrefsFirefox: preferences(downloads),
    env: { ...process.env, ...driverEnv() },
  });
  const page = await browser.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(`uncaught: ${String(error)}`));
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(`console: ${message.text()}`);
  });
  return {
    version: await browser.version(),
    page,
    faults,
    saved: async (act) => {
      const before = new Set(await readdir(downloads));
      await act();
      return newFile(downloads, before);
    },
    close: async () => {
      await browser.close();
      await rm(downloads, { recursive: true, force: true });
    },
  };
}

/** A file that came into the folder, once Firefox has written all of it: until then a `.part` lies beside it. */
async function newFile(
  folder: string,
  before: ReadonlySet<string>,
): Promise<{ name: string; bytes: Uint8Array }> {
  for (;;) {
    const names = (await readdir(folder)).filter((name) => !before.has(name));
    const [name] = names;
    if (name !== undefined && names.length === 1 && !name.endsWith('.part')) {
      const bytes = await readFile(join(folder, name));
      if (bytes.byteLength > 0) return { name, bytes };
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
