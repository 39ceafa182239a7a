/**
 * Makes test/fixtures/hand-off anew: a run that the command line began and paused in the middle of a stage, and the same
 * run as two processes of the Python trainer ended it, from the bundle that the command line wrote.
 *
 *   npm run handoff:fixture        with a Python that has PyTorch: MEDCARE_PYTHON, else python3
 *
 * Its commands are those of the README there; it prints each before it runs.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { recipes, type Recipe } from '../../src/engine/index.ts';
import { EXIT } from '../../src/cli/exit-codes.ts';

const FIXTURE = 'test/fixtures/hand-off';
const WORK = 'build/handoff/fixture';
const MODEL = 'public/models/medcare-nano';
/** The step after which the run is paused. */
const PAUSED_AFTER = 3;
const PROCESSES = 2;
/** Of each sample file the first records of at most so many characters, so that a step is short on any device. */
const SETS = [
  { from: 'medquad-qa.alpaca.jsonl', to: 'illnesses.alpaca.jsonl', longest: 240 },
  { from: 'mts-section.messages.jsonl', to: 'sections.messages.jsonl', longest: 320 },
] as const;
const RECORDS = 24;

/** Both stages with dropout, several records in a micro-batch, and branches that make small files. */
function smallRun(): Recipe {
  const quick = recipes.quick();
  return {
    ...quick,
    name: 'Two processes',
    stages: quick.stages.map((stage) => ({
      ...stage,
      attach: stage.attach.map((branch) => ({ ...branch, rank: 2 })),
    })),
    batch: { records: 8, microBatchTokens: 256, maxLength: 128 },
    validation: { fraction: 0.1, maxRecords: 8, minRecords: 2, everySteps: 0 },
    samples: { prompts: 0, everySteps: 0, maxTokens: 16 },
    checkpointEverySteps: 2,
  };
}

async function writeInputs(): Promise<void> {
  await mkdir(FIXTURE, { recursive: true });
  for (const { from, to, longest } of SETS) {
    const lines = (await readFile(`public/samples/${from}`, 'utf8')).split('\n');
    const short = lines.filter(({ length }) => length > 0 && length <= longest);
    await writeFile(join(FIXTURE, to), `${short.slice(0, RECORDS).join('\n')}\n`);
  }
  await writeFile(join(FIXTURE, 'recipe.json'), `${JSON.stringify(smallRun(), null, 2)}\n`);
}

function begin(command: string, args: readonly string[], env: object = {}): ChildProcess {
  console.log(`${command} ${args.join(' ')}`);
  return spawn(command, args, {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...env },
  });
}

/** @throws Error unless it ends with this exit code */
async function ended(child: ChildProcess, due: number = EXIT.done): Promise<void> {
  child.stdout?.resume();
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== due) throw new Error(`ended with ${code}, not ${due}`);
}

/** Trains until a step, then presses Ctrl+C. */
async function pausedRun(folder: string): Promise<void> {
  const [knowledge, alignment] = SETS.map(({ to }) => join(FIXTURE, to)) as [string, string];
  const asked = ['--knowledge', knowledge, '--alignment', alignment, '--out', folder, '--json'];
  const train = ['train', join(FIXTURE, 'recipe.json'), '--model', MODEL, ...asked];
  const child = begin('node', ['scripts/cli/medcare.mjs', ...train]);
  const over = ended(child, EXIT.interrupted);
  if (child.stdout) {
    for await (const line of createInterface({ input: child.stdout })) {
      const { type, step } = JSON.parse(line) as { readonly type: string; readonly step?: number };
      if (type === 'step' && step === PAUSED_AFTER - 1) child.kill('SIGINT');
    }
  }
  await over;
}

export async function main(): Promise<void> {
  await rm(WORK, { recursive: true, force: true });
  await writeInputs();
  const [run, bundle, out] = ['run', 'bundle', 'cluster.run.zip'].map((name) => join(WORK, name));
  if (!run || !bundle || !out) throw new RangeError('Three places are named');
  await pausedRun(run);
  await ended(begin('node', ['scripts/cli/medcare.mjs', 'hand-off', run, '--out', bundle]));
  const python = process.env['MEDCARE_PYTHON'] ?? 'python3';
  const launch = [
    '-m',
    'torch.distributed.run',
    '--standalone',
    '--nproc_per_node',
    `${PROCESSES}`,
  ];
  const train = ['-m', 'medcare_train', bundle, '--model', MODEL, '--device', 'cpu', '--out', out];
  const env = { PYTHONPATH: join(bundle, 'trainer'), OMP_NUM_THREADS: '1' };
  await ended(begin(python, [...launch, ...train], env));
  await copyFile(join(run, 'run.zip'), join(FIXTURE, 'paused.run.zip'));
  await copyFile(out, join(FIXTURE, 'cluster.run.zip'));
  await copyFile(join(bundle, 'handoff.json'), join(FIXTURE, 'handoff.json'));
}
