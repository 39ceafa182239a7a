/**
 * The campaign of tabs: other tabs of the studio are opened, reloaded and closed while a run goes on, above all
 * while it ends. What they find of it and do about it must leave the run, its losses and its weights as they
 * are without them.
 */
import { codeOfThrown } from './campaign.ts';
import type { Campaign, Turn } from './campaign.ts';
import { compareRun } from './compare.ts';
import { ended, importSets, startRun } from './ground.ts';
import type { Ground } from './ground.ts';
import { openOnGround } from './ground-campaign.ts';
import { MODEL } from './small-run.ts';
import { StudioPage } from './studio-page.ts';

const COUNTS = {
  opened: 'tab opened beside a run',
  'opened-at-end': 'tab opened while a run ended',
  reloaded: 'that tab reloaded',
  closed: 'that tab closed',
  'asked-there': 'that tab asked to remove or resume what the other one uses',
} as const;

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

class TabsTurn {
  readonly #ground: Ground;

  constructor(ground: Ground) {
    this.#ground = ground;
  }

  async take(turn: Turn): Promise<void> {
    const others: StudioPage[] = [];
    try {
      await this.#beside(turn, others);
    } finally {
      for (const { page } of others) await page.close().catch(() => undefined);
    }
  }

  async #beside(turn: Turn, others: StudioPage[]): Promise<void> {
    const { studio, browser, address, reference } = this.#ground;
    const { random } = turn;
    const dataSetIds = await importSets(studio);
    const { id } = await startRun(studio, dataSetIds);
    const steps = reference.run.stages.reduce((sum, stage) => sum + stage.steps, 0);
    const open = async (key: 'opened' | 'opened-at-end'): Promise<StudioPage> => {
      const other = await StudioPage.open(browser.context, address);
      others.push(other);
      turn.count(key);
      return other;
    };
    if (random.chance(0.6)) {
      const other = await open('opened');
      await this.#ask(turn, other, id, dataSetIds);
      if (random.chance(0.5)) {
        await other.reload();
        turn.count('reloaded');
      }
      if (random.chance(0.5)) {
        await other.page.close();
        turn.count('closed');
      }
    }
    // The end of the run, from the last steps until it is stored: another tab opens somewhere in between.
    await this.#taken(id, steps - random.below(2));
    await pause(random.below(1200));
    await open('opened-at-end');
    const run = await ended(studio, id);
    if (run.state !== 'done') {
      turn.find('lost', `a tab was opened while the run ended: it is ${run.state}`);
    }
    // What the tab that came does beside its first calls.
    await pause(500);
    for (const tab of [studio, ...others].filter(({ page }) => !page.isClosed())) {
      await compareRun(turn, tab, id, reference, 'beside other tabs');
    }
    // What a tab keeps on the device for its next use is in use; with the tab it is let go.
    for (const { page } of others) await page.close();
    for (const path of await this.#ground.clear()) {
      turn.find('left', `two tabs, everything removed: ${path}`);
    }
  }

  /** Asks a tab to take away what the run of the other tab needs: each is refused in words. */
  async #ask(
    turn: Turn,
    other: StudioPage,
    id: string,
    dataSetIds: readonly string[],
  ): Promise<void> {
    const [dataSet = ''] = dataSetIds;
    const ways = [
      () => other.call('data.remove', { id: dataSet }),
      () => other.call('runs.remove', { id }),
      () => other.call('runs.resume', { id }),
      () => other.call('models.remove', { id: MODEL }),
    ];
    turn.count('asked-there');
    const way = turn.random.below(ways.length);
    try {
      await ways[way]?.();
      const [state] = (await this.#ground.studio.call('runs.list', {})).filter(
        (run) => run.id === id && run.state !== 'done',
      );
      // A run that was done by then may be removed; one that goes on may not.
      if (state) turn.find('lost', `the other tab was allowed what the run needs (way ${way})`);
    } catch (thrown) {
      const code = codeOfThrown(thrown);
      if (code.startsWith('untyped')) turn.find('untyped', `asked in another tab: ${code}`);
    }
  }

  async #taken(id: string, wanted: number): Promise<void> {
    for (;;) {
      const run = (await this.#ground.studio.call('runs.list', {})).find((one) => one.id === id);
      const taken = run?.stages.reduce((sum, { stepsDone }) => sum + stepsDone, 0) ?? 0;
      if (!run || ['done', 'failed', 'interrupted'].includes(run.state) || taken >= wanted) return;
      await pause(10);
    }
  }
}

export const tabs: Campaign = {
  name: 'tabs',
  inBrowser: true,
  counts: COUNTS,
  open: () => openOnGround((turn, ground) => new TabsTurn(ground).take(turn)),
};
