/**
 * Does to the studio what happens in practice: kills it, fills its disk, takes its device away, opens a second
 * tab, feeds it damaged files; at random moments that a seed repeats. Nothing may be lost, nothing may hang,
 * every fault has its words. docs/reliability.md says what each campaign does and holds its figures.
 *
 *     npm run ordeal -- --minutes 20              all campaigns in turns
 *     npm run ordeal -- --only kills --seed 7     one of them
 *     npm run ordeal -- --help                    the other options
 *
 * The exit code is 1 where anything was found.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { badInputs } from './ordeal/bad-inputs.ts';
import { Hung, TurnOver } from './ordeal/campaign.ts';
import type { Campaign, Finding, OpenCampaign } from './ordeal/campaign.ts';
import { allocations, lostDevices } from './ordeal/device-faults.ts';
import { fullDisks } from './ordeal/full-disks.ts';
import { kills } from './ordeal/kills.ts';
import { HELP, readOptions } from './ordeal/options.ts';
import type { OrdealOptions } from './ordeal/options.ts';
import { Random } from './ordeal/random.ts';
import { findingLine, tableOf, withTable } from './ordeal/report.ts';
import type { CampaignResult, OrdealResult } from './ordeal/report.ts';
import { tabs } from './ordeal/tabs.ts';
import { root } from '../scripts/setup.mjs';

const campaigns: readonly Campaign[] = [
  kills,
  tabs,
  fullDisks,
  allocations,
  lostDevices,
  badInputs,
];

/** One campaign as it goes on: opened at its first turn. */
class Going {
  readonly campaign: Campaign;
  readonly counts: Record<string, number> = {};
  turns = 0;
  milliseconds = 0;
  place = '';
  #open: OpenCampaign | null = null;

  constructor(campaign: Campaign) {
    this.campaign = campaign;
  }

  async turn(seed: number, number: number, find: (finding: Finding) => void): Promise<void> {
    const { name } = this.campaign;
    const note = (kind: Finding['kind'], what: string): void => {
      find({ campaign: name, kind, what, seed, turn: number });
    };
    const begun = performance.now();
    try {
      this.#open ??= await this.campaign.open(seed);
      this.place = this.#open.place;
      await this.#open.turn({
        number,
        random: new Random(seed, name, number),
        count: (key, times = 1) => {
          this.counts[key] = (this.counts[key] ?? 0) + times;
        },
        find: note,
      });
    } catch (thrown) {
      // A turn that broke off showed nothing good: it counts as a finding, with its reason.
      if (!(thrown instanceof TurnOver)) {
        const what = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
        note(thrown instanceof Hung ? 'hung' : 'untyped', what);
      }
      await this.close();
    }
    this.turns += 1;
    this.milliseconds += performance.now() - begun;
  }

  async close(): Promise<void> {
    const open = this.#open;
    this.#open = null;
    await open?.close();
  }

  result(): CampaignResult {
    const { campaign, place, turns, counts, milliseconds } = this;
    return { name: campaign.name, place, turns, seconds: Math.round(milliseconds / 1000), counts };
  }
}

async function go(options: OrdealOptions): Promise<OrdealResult> {
  const { seed, only, turn } = options;
  const chosen = campaigns.filter(({ name }) => only.length === 0 || only.includes(name));
  const going = chosen.map((campaign) => new Going(campaign));
  const findings: Finding[] = [];
  const find = (finding: Finding): void => {
    findings.push(finding);
    console.log(findingLine(finding));
  };
  if (options.build && chosen.some(({ inBrowser }) => inBrowser)) {
    const { build } = await import('vite');
    await build({ root, logLevel: 'warn' });
  }
  const begun = performance.now();
  const end = begun + options.minutes * 60_000;
  const once = turn !== null;
  // What is thrown aside, with nobody waiting for it, is a finding of the turn at hand.
  const stray: unknown[] = [];
  process.removeAllListeners('unhandledRejection');
  process.on('unhandledRejection', (thrown) => stray.push(thrown));
  try {
    for (;;) {
      // Whoever had least time comes next; everyone has one turn, however short the time.
      const [next] = [...going].sort((a, b) => a.milliseconds - b.milliseconds);
      const waiting = going.filter(({ turns }) => turns === 0);
      const one = waiting[0] ?? (!once && performance.now() < end ? next : undefined);
      if (!one) break;
      const number = turn ?? one.turns;
      await one.turn(seed, number, find);
      for (const thrown of stray.splice(0)) {
        const what = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
        const { name: campaign } = one.campaign;
        find({ campaign, kind: 'untyped', what: `nobody waited for: ${what}`, seed, turn: number });
      }
      const counted = Object.entries(one.counts).map(([key, times]) => `${key} ${times}`);
      console.log(`${one.campaign.name}, turn ${one.turns}: ${counted.join(', ')}`);
    }
  } finally {
    for (const one of going) await one.close();
  }
  return {
    seed,
    date: new Date().toISOString().slice(0, 10),
    minutes: (performance.now() - begun) / 60_000,
    campaigns: going.map((one) => one.result()),
    findings,
  };
}

export async function main(args: readonly string[]): Promise<number> {
  if (args.includes('--help')) {
    console.log(HELP);
    return 0;
  }
  const options = readOptions(
    args,
    campaigns.map(({ name }) => name),
  );
  console.log(`seed ${options.seed}`);
  const result = await go(options);
  const table = tableOf(result, campaigns);
  console.log(`\n${table}\n`);
  for (const finding of result.findings) console.log(findingLine(finding));
  if (options.json !== null) await writeFile(options.json, `${JSON.stringify(result, null, 2)}\n`);
  if (options.table !== null) {
    const document = await readFile(options.table, 'utf8');
    await writeFile(options.table, withTable(document, table));
  }
  return result.findings.length === 0 ? 0 : 1;
}
