/**
 * Proves a card: whether it computes what it should, and how fast, as shares of what it can do at most and beside
 * PyTorch on the same card.
 *
 *   npm run gpu:proof [-- --minutes 8] [--seed N] [--small] [--out docs/gpu]
 *
 * Sections run in a fixed order, each within its part of the time; the report in OUT/<adapter>.md and .json is
 * written anew after every one. The adapter is whatever the system offers; MEDCARE_ADAPTER=lavapipe takes the software
 * one. `--small` (the default on software adapters) rehearses with small shapes. PyTorch is found through
 * PYTHON, else python3. Exit code 1 when anything computed wrongly.
 */
import { parseArgs } from 'node:util';
import type { Gpu } from '../../src/engine/gpu/device.ts';
import { choicesOf } from '../../src/engine/tuning/record.ts';
import { openOwnDevice } from '../../scripts/device.ts';
import type { Ceilings } from '../ceilings.ts';
import { table } from '../profile-report.ts';
import { goldenCases, kernelTests, selfTest } from './correctness.ts';
import {
  decoding,
  openModel,
  recipeFor,
  stepCases,
  steps,
  type StepTime,
  type TokenTime,
} from './models.ts';
import { wrongs, writeReport, type Ended, type Proof } from './report.ts';
import type { Bench, Findings, Section } from './section.ts';
import { ceilings, kernelShares, tuneFor } from './speed.ts';
import { besideTorch } from './torch.ts';

/** What later sections take from earlier ones. */
interface Known {
  gpu: Gpu;
  ceilings: Ceilings | null;
  steps: readonly StepTime[];
  tokens: readonly TokenTime[];
}

const missing = (what: string): Findings => ({
  wrong: [],
  notes: [`left out: ${what} is not known`],
});

/** The sections in order; correctness first, so that no figure stands on a wrong result. */
function sectionsOf(known: Known): Section[] {
  return [
    { name: 'Self-test', share: 0.05, run: selfTest },
    { name: 'Golden cases', share: 0.16, run: goldenCases },
    { name: 'Kernel tests', share: 0.16, run: kernelTests },
    {
      name: 'Ceilings',
      share: 0.04,
      run: async (bench) => {
        const { found, findings } = await ceilings(bench);
        known.ceilings = found;
        return findings;
      },
    },
    {
      name: 'Kernel variants',
      share: 0.12,
      run: async (bench) => {
        const [first] = stepCases(bench.small);
        if (!first) return missing('a model');
        const { config, folder } = await openModel(first.model);
        const { record, findings } = await tuneFor(bench, config, folder, recipeFor(first));
        known.gpu = bench.gpu.withChoices(choicesOf(record));
        return findings;
      },
    },
    {
      name: 'Products and attention',
      share: 0.1,
      run: (bench) =>
        known.ceilings
          ? kernelShares(bench, known.ceilings)
          : Promise.resolve(missing('the ceiling')),
    },
    {
      name: 'Training steps',
      share: 0.15,
      run: async (bench) => {
        const { times, findings } = await steps(bench);
        known.steps = times;
        return findings;
      },
    },
    {
      name: 'Decoding',
      share: 0.1,
      run: async (bench) => {
        if (!known.ceilings) return missing('the ceiling');
        const { times, findings } = await decoding(bench, known.ceilings);
        known.tokens = times;
        return findings;
      },
    },
    { name: 'Beside PyTorch', share: 0.12, run: (bench) => besideTorch(bench, known) },
  ];
}

function print({ findings: { wrong, notes = [], tables = [] } }: Ended): void {
  for (const each of wrong) console.log(`  WRONG: ${each}`);
  for (const note of notes) console.log(`  ${note}`);
  for (const { head, rows } of tables) table([head, ...rows]);
}

/** A section that fails ends with its error as what is wrong; those after it still run. */
async function take(section: Section, bench: Bench): Promise<Findings> {
  try {
    const findings = await section.run(bench);
    bench.gpu.check();
    return findings;
  } catch (error) {
    return {
      wrong: [`${section.name}: ${error instanceof Error ? error.message : String(error)}`],
    };
  }
}

export async function main(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      minutes: { type: 'string', default: '8' },
      seed: { type: 'string', default: '1' },
      small: { type: 'boolean', default: false },
      out: { type: 'string', default: 'docs/gpu' },
    },
  });
  const minutes = Number(values.minutes);
  const seed = Number(values.seed);
  if (!(minutes > 0) || !Number.isSafeInteger(seed)) {
    console.error('--minutes must be a number above 0, and --seed a whole number');
    return 2;
  }
  const gpu = await openOwnDevice();
  const small = values.small || gpu.adapter.software;
  console.log(`adapter: ${gpu.adapter.description || gpu.adapter.device} (${gpu.adapter.vendor})`);
  const known: Known = { gpu, ceilings: null, steps: [], tokens: [] };
  const started = performance.now();
  const total = 60_000 * minutes;
  const ended: Ended[] = [];
  const proof: Proof = { gpu, small, minutes, seed, ended };
  let file = writeReport(values.out, proof);
  for (const section of sectionsOf(known)) {
    console.log(`\n== ${section.name}`);
    const begun = performance.now();
    // Time that earlier sections left over is there for later ones, up to the end of the whole.
    const until = Math.min(begun + 2 * section.share * total, started + total);
    const left = (): number => (until - performance.now()) / 1000;
    const findings =
      begun - started < total
        ? await take(section, { gpu: known.gpu, small, seed, left })
        : missing('the time for it');
    const one = { name: section.name, seconds: (performance.now() - begun) / 1000, findings };
    ended.push(one);
    print(one);
    file = writeReport(values.out, proof);
  }
  gpu.close();
  const wrong = wrongs(proof);
  console.log(
    `\n${file}.md\n${wrong.length === 0 ? 'nothing wrong was found' : `${wrong.length} things are wrong`}`,
  );
  return wrong.length === 0 ? 0 : 1;
}
