/**
 * The campaign of kills: at random moments of an import and a run, the browser's whole process tree is killed
 * or the page is reloaded; the run is resumed until it is done. Its losses and the weights it exports
 * are those of the run that nobody disturbed, bit for bit, and no file is left that no record names.
 */
import { StudioError } from '../../src/faults/fault.ts';
import { codeOfThrown, Hung, TurnOver } from './campaign.ts';
import type { Campaign, Turn } from './campaign.ts';
import { compareRun } from './compare.ts';
import { ended, importSets, startRun } from './ground.ts';
import type { Ground } from './ground.ts';
import { openOnGround } from './ground-campaign.ts';
import type { Random } from './random.ts';
import { sets } from './small-run.ts';
import { PATIENCE_SECONDS, unnamed } from './studio-page.ts';

const MOMENTS = {
  import: 'while files were imported',
  preparing: 'while a run was set up',
  training: 'during steps and checkpoints',
  stage: 'while a stage ended',
  export: 'while weights were exported',
} as const;

type Moment = keyof typeof MOMENTS;

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** A call whose answer the kill may take away. */
function unheard(call: Promise<unknown>): void {
  call.catch(() => undefined);
}

class KillsTurn {
  readonly #ground: Ground;

  constructor(ground: Ground) {
    this.#ground = ground;
  }

  async take(turn: Turn): Promise<void> {
    const ground = this.#ground;
    const { random } = turn;
    const done: string[] = [];
    const strike = async (moment: Moment): Promise<void> => {
      const kill = random.chance(0.7);
      if (kill) await ground.killAndReopen();
      else await ground.studio.reload();
      done.push(`${kill ? 'killed' : 'reloaded'} ${MOMENTS[moment]}`);
      turn.count(`${kill ? 'killed' : 'reloaded'}-${moment}`);
      await this.#checkFiles(turn, done.join(', '));
    };

    const first = random.pick(Object.keys(MOMENTS) as Moment[]);
    if (first === 'import') await this.#importCutOff(turn, strike);
    const dataSetIds = await importSets(ground.studio);
    let id: string | null = null;
    if (first === 'preparing') {
      unheard(startRun(ground.studio, dataSetIds));
      await pause(random.below(4000));
      await strike('preparing');
      // Where it was not stored yet, nobody was told that it had begun.
      id = (await ground.studio.call('runs.list', {}))[0]?.id ?? null;
    }
    id ??= (await startRun(ground.studio, dataSetIds)).id;
    let next: Moment | null = first === 'training' || first === 'stage' ? first : null;
    for (;;) {
      await this.#goOn(turn, id, done);
      if (next === null) break;
      await this.#reach(id, next, random);
      await strike(next);
      next = random.chance(0.4) ? random.pick(['training', 'stage'] as const) : null;
    }
    await ended(ground.studio, id);
    if (first === 'export') {
      unheard(ground.studio.exportedHash(id));
      await pause(random.below(600));
      await strike('export');
    }
    const after = `run ${done.join(', ')}`;
    await compareRun(turn, ground.studio, id, ground.reference, after);
    for (const path of await ground.clear()) {
      turn.find('left', `${after}, everything removed: ${path}`);
    }
  }

  /** Takes the run up again where it stands still. */
  async #goOn(turn: Turn, id: string, done: readonly string[]): Promise<void> {
    const { studio } = this.#ground;
    const begun = performance.now();
    for (;;) {
      const run = (await studio.call('runs.list', {})).find((one) => one.id === id);
      if (!run) throw new Error(`the run is gone after it was ${done.join(', ')}`);
      if (run.state === 'running' || run.state === 'done' || run.state === 'finalising') return;
      if (run.state === 'interrupted') {
        try {
          await studio.call('runs.resume', { id });
          return;
        } catch (thrown) {
          if (!(thrown instanceof StudioError)) throw thrown;
          // A page that was reloaded holds on to its lock for a moment.
          if (thrown.code !== 'run-elsewhere') {
            turn.find('lost', `${done.join(', ')}: cannot be resumed, ${codeOfThrown(thrown)}`);
            throw new TurnOver();
          }
        }
      }
      if (performance.now() - begun > PATIENCE_SECONDS * 1000) {
        throw new Hung(`${done.join(', ')}: the run stays ${run.state}`);
      }
      await pause(50);
    }
  }

  /** Waits until the run is somewhere near a moment, and a random while longer. */
  async #reach(id: string, moment: Moment, random: Random): Promise<void> {
    const { reference } = this.#ground;
    const [first = 0, second = 0] = reference.run.stages.map(({ steps }) => steps);
    const all = first + second;
    const begun = await this.#taken(id);
    const stageEnd = begun < first && random.chance(0.7) ? first : all;
    const some = begun + 1 + random.below(Math.max(1, all - begun - 1));
    const wanted = moment === 'stage' ? stageEnd : some;
    while ((await this.#taken(id)) < wanted) await pause(10);
    await pause(random.below(moment === 'stage' ? 1500 : 500));
  }

  /** Steps that the run has taken; without end once it takes no more. */
  async #taken(id: string): Promise<number> {
    const run = (await this.#ground.studio.call('runs.list', {})).find((one) => one.id === id);
    if (run?.state !== 'running') return Number.POSITIVE_INFINITY;
    return run.stages.reduce((sum, { stepsDone }) => sum + stepsDone, 0);
  }

  /** An import of many records that comes to no end: afterwards all of a set is there, or nothing of it. */
  async #importCutOff(turn: Turn, strike: (moment: Moment) => Promise<void>): Promise<void> {
    const { studio } = this.#ground;
    const [known] = sets;
    const lines = Array.from({ length: 20_000 }, (_, i) => known.lines[i % known.lines.length]);
    const file = { name: 'many.jsonl', text: lines.join('\n') };
    unheard(studio.call('data.import', { files: [], task: 'ordeal-import' }, [file]));
    await pause(turn.random.below(1500));
    await strike('import');
    for (const { records, problems, id } of await this.#ground.studio.call('data.list', {})) {
      const whole = records + problems === lines.length;
      if (!whole) turn.find('lost', `an import cut off: ${records} records are there as a set`);
      await this.#ground.studio.call('data.rows', { id, from: records - 1, count: 1 });
      await this.#ground.studio.call('data.remove', { id });
    }
  }

  /** The page was opened again: what lies in storage has an owner. */
  async #checkFiles(turn: Turn, after: string): Promise<void> {
    const left = unnamed(await this.#ground.studio.stored());
    if (left.length === 0) return;
    // What is swept is swept beside the first calls.
    await pause(2000);
    for (const path of unnamed(await this.#ground.studio.stored())) {
      turn.find('left', `${after}: ${path}`);
    }
  }
}

export const kills: Campaign = {
  name: 'kills',
  inBrowser: true,
  counts: Object.fromEntries(
    Object.entries(MOMENTS).flatMap(([moment, words]) => [
      [`killed-${moment}`, `browser killed ${words}`],
      [`reloaded-${moment}`, `page reloaded ${words}`],
    ]),
  ),
  open: () => openOnGround((turn, ground) => new KillsTurn(ground).take(turn)),
};
