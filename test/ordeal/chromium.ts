/**
 * Runs Chromium in a separate process tree with a profile on disk, to be killed as a crash or a power cut would
 * kill it.
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from '@playwright/test';
import type { Browser, BrowserContext } from '@playwright/test';
import { chromiumFlags, findChromium } from '../../scripts/adapters.mjs';

const START_SECONDS = 120;
const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

export async function newProfile(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'medcare-ordeal-'));
}

/** Processes whose command line names this profile (Linux). */
async function processesOf(profile: string): Promise<number[]> {
  const found: number[] = [];
  for (const name of await readdir('/proc').catch(() => [])) {
    if (!/^\d+$/.test(name)) continue;
    const line = await readFile(`/proc/${name}/cmdline`, 'utf8').catch(() => '');
    if (line.includes(`--user-data-dir=${profile}`)) found.push(Number(name));
  }
  return found;
}

export class Chromium {
  readonly context: BrowserContext;
  readonly version: string;
  readonly #browser: Browser;
  readonly #process: ChildProcess;
  readonly #profile: string;

  private constructor(browser: Browser, started: ChildProcess, profile: string) {
    const [context] = browser.contexts();
    if (!context) throw new Error('the browser has no context');
    this.context = context;
    this.version = browser.version();
    this.#browser = browser;
    this.#process = started;
    this.#profile = profile;
  }

  static async start(profile: string): Promise<Chromium> {
    const path = findChromium();
    if (path === undefined) throw new Error('No Chromium found; set CHROMIUM_PATH.');
    const portFile = join(profile, 'DevToolsActivePort');
    await rm(portFile, { force: true });
    const started = spawn(
      path,
      [
        ...['--headless=new', '--remote-debugging-port=0', `--user-data-dir=${profile}`],
        ...['--no-first-run', '--no-default-browser-check', '--disable-component-update'],
        ...['--disable-background-networking', '--disable-sync', '--mute-audio'],
        // As in a window that a person looks at: nothing is slowed down for being out of sight.
        ...['--disable-background-timer-throttling', '--disable-renderer-backgrounding'],
        ...['--disable-backgrounding-occluded-windows', '--hide-crash-restore-bubble'],
        ...chromiumFlags(),
        'about:blank',
      ],
      // A process group of its own, so that all of it can be killed at once.
      { detached: true, stdio: 'ignore' },
    );
    try {
      for (let waited = 0; waited < START_SECONDS * 1000; waited += 50) {
        const text = await readFile(portFile, 'utf8').catch(() => '');
        const [port = '', path_ = ''] = text.split('\n');
        if (path_ !== '') {
          const browser = await chromium.connectOverCDP(`ws://127.0.0.1:${port}${path_}`);
          return new Chromium(browser, started, profile);
        }
        if (started.exitCode !== null) break;
        await pause(50);
      }
      throw new Error('Chromium did not start');
    } catch (error) {
      await killTree(started, profile);
      throw error;
    }
  }

  /** Kills every process of it at once, and waits until they are gone. */
  async kill(): Promise<void> {
    await killTree(this.#process, this.#profile);
    await this.#browser.close().catch(() => undefined);
  }
}

async function killTree(started: ChildProcess, profile: string): Promise<void> {
  const { pid } = started;
  if (pid !== undefined) signal(-pid);
  for (let waited = 0; waited < 30_000; waited += 20) {
    const left = await processesOf(profile);
    if (left.length === 0) return;
    for (const one of left) signal(one);
    await pause(20);
  }
  throw new Error('Chromium does not end');
}

function signal(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It is gone already.
  }
}
