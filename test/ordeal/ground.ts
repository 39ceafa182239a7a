/** What campaigns in Chromium share: the built page on this machine, a profile, and the undisturbed run. */
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { StudioError } from '../../src/faults/fault.ts';
import type { RunCurves, RunSummary } from '../../src/contract/runs.ts';
import { serve } from '../../scripts/serve.mjs';
import { root } from '../../scripts/setup.mjs';
import { Chromium, newProfile } from './chromium.ts';
import { MODEL, recipe, sets } from './small-run.ts';
import { PATIENCE_SECONDS, StudioPage, unnamed, type TextFile } from './studio-page.ts';

const PORT = 4408;
const ENDED: ReadonlySet<string> = new Set(['done', 'failed', 'stopped', 'interrupted']);

export interface Reference {
  readonly run: RunSummary;
  readonly curves: RunCurves;
  readonly hash: string;
}

export class Ground {
  readonly address: string;
  readonly profile: string;
  readonly reference: Reference;
  readonly #closeServer: () => void;
  #browser: Chromium;
  studio: StudioPage;

  private constructor(
    address: string,
    closeServer: () => void,
    profile: string,
    browser: Chromium,
    studio: StudioPage,
    reference: Reference,
  ) {
    this.address = address;
    this.#closeServer = closeServer;
    this.profile = profile;
    this.#browser = browser;
    this.studio = studio;
    this.reference = reference;
  }

  static async open(): Promise<Ground> {
    const folder = `${root}dist`;
    if (!existsSync(`${folder}/index.html`)) throw new Error('no build: npm run build');
    const server = await serve({ folder, port: PORT, strictPort: false });
    const profile = await newProfile();
    const browser = await Chromium.start(profile);
    try {
      const studio = await StudioPage.open(browser.context, server.address);
      const { id } = await startRun(studio, await importSets(studio));
      const run = await ended(studio, id);
      if (run.state !== 'done')
        throw new Error(`the undisturbed run: ${JSON.stringify(run.error)}`);
      const curves = await studio.call('runs.curves', { id });
      const reference = { run, curves, hash: await studio.exportedHash(id) };
      const ground = new Ground(
        ...([server.address, () => server.close(), profile, browser, studio, reference] as const),
      );
      await ground.clear();
      return ground;
    } catch (error) {
      await browser.kill();
      await rm(profile, { recursive: true, force: true });
      server.close();
      throw error;
    }
  }

  get browser(): Chromium {
    return this.#browser;
  }

  /** Browser and adapter, for the table. */
  get place(): string {
    return `Chromium ${this.#browser.version}, ${this.reference.run.adapter}`;
  }

  /** The browser as after a crash: killed, started again on the same profile, the page opened. */
  async killAndReopen(): Promise<void> {
    await this.#browser.kill();
    this.#browser = await Chromium.start(this.profile);
    this.studio = await StudioPage.open(this.#browser.context, this.address);
  }

  /** Removes every run and data set; gives what stays behind without an owner. */
  async clear(): Promise<string[]> {
    for (const { id } of await this.studio.call('runs.list', {})) {
      await letGo(() => this.studio.call('runs.remove', { id }));
    }
    for (const { id } of await this.studio.call('data.list', {})) {
      await letGo(() => this.studio.call('data.remove', { id }));
    }
    const stored = await this.studio.stored();
    return unnamed(stored).filter((path) => !path.startsWith('exports/'));
  }

  async close(): Promise<void> {
    await this.#browser.kill();
    this.#closeServer();
    await rm(this.profile, { recursive: true, force: true });
  }
}

const IN_USE: ReadonlySet<string> = new Set(['run-in-use', 'run-elsewhere', 'data-set-in-use']);

/** Tries until a tab that was closed has let go of what it had. */
async function letGo(remove: () => Promise<unknown>): Promise<void> {
  const begun = performance.now();
  for (;;) {
    try {
      await remove();
      return;
    } catch (thrown) {
      const late = performance.now() - begun > PATIENCE_SECONDS * 1000;
      if (late || !(thrown instanceof StudioError) || !IN_USE.has(thrown.code)) throw thrown;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

let shared: Promise<Ground> | null = null;
let users = 0;

/** The ground as it is at hand: the same one until it is dropped. */
export async function currentGround(): Promise<Ground> {
  shared ??= Ground.open().catch((error: unknown) => {
    shared = null;
    throw error;
  });
  return shared;
}

/** Closes the ground, because what lies on it is in no known state: whoever comes next has a new one. */
export async function dropGround(): Promise<void> {
  const mine = shared;
  shared = null;
  await (await mine)?.close();
}

export async function enterGround(): Promise<Ground> {
  users += 1;
  return currentGround();
}

/** The last campaign that leaves closes it. */
export async function leaveGround(): Promise<void> {
  users -= 1;
  if (users === 0) await dropGround();
}

export async function importSets(studio: StudioPage): Promise<string[]> {
  const files: TextFile[] = sets.map(({ name, lines }) => ({ name, text: lines.join('\n') }));
  const imported = await studio.call('data.import', { files: [], task: 'ordeal-import' }, files);
  for (const [i, { id }] of imported.entries()) {
    await studio.call('data.setKind', { id, kind: sets[i]?.kind ?? 'knowledge' });
  }
  return imported.map(({ id }) => id);
}

export async function startRun(studio: StudioPage, dataSetIds: string[]): Promise<RunSummary> {
  return studio.call('runs.start', { name: 'Ordeal', modelId: MODEL, dataSetIds, recipe });
}

/** The run once it came to an end. @throws Error where it does not move on for a long time */
export async function ended(studio: StudioPage, id: string): Promise<RunSummary> {
  let known = '';
  let since = performance.now();
  for (;;) {
    const runs = await studio.call('runs.list', {});
    const run = runs.find((candidate) => candidate.id === id);
    if (!run) throw new Error('the run is gone');
    if (ENDED.has(run.state)) return run;
    const here = JSON.stringify([run.state, run.stages, run.checkpoint]);
    if (here !== known) since = performance.now();
    known = here;
    if (performance.now() - since > PATIENCE_SECONDS * 1000) {
      throw new Error(`the run stands still: ${here}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
