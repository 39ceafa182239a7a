/**
 * What the kernels, a training step and decoding cost on this device.
 *
 *   npm run bench [-- --json FILE] [--trace FILE] [--rounds N] [--model DIR]
 *                    [--tune] [--tune-seconds N] [--no-kernels] [--no-step] [--no-decode]
 *
 * `--json` writes what was printed beside it, as Markdown; committed reports lie under docs/benchmarks.
 * Medians of runs taken in turns. Times of a software adapter say nothing about a GPU, and little about
 * another day on a shared machine: compare within one report, and name the adapter with every figure.
 * `--tune` first times the kernel variants of the model's classes, and measures with those it finds.
 * `--trace` writes the dispatches of the profiled steps for Perfetto or chrome://tracing.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { paperRecipe } from '../src/engine/training/recipe/presets.ts';
import type { Recipe } from '../src/engine/training/recipe/recipe.ts';
import { stageBranches } from '../src/engine/training/stage/branch-plans.ts';
import type { Gpu } from '../src/engine/gpu/device.ts';
import type { ModelConfig } from '../src/engine/model/config.ts';
import { chromeTrace, type NamedProfile } from '../src/engine/gpu/trace.ts';
import { choicesOf } from '../src/engine/tuning/record.ts';
import { openCheckpoint } from '../src/engine/testing/checkpoint-folder.ts';
import { openOwnDevice } from '../scripts/device.ts';
import { measureDecoding, type DecodeResult } from './decoding.ts';
import { emptyDispatches } from './empty-dispatches.ts';
import { kernelCases } from './kernels.ts';
import { keepOutput } from './kept-output.ts';
import { timeInterleaved, type CaseResult } from './measure.ts';
import { megabytes, printProfile, profileSummary, table } from './profile-report.ts';
import { measureStep, type StepResult } from './training-step.ts';
import { tuneDevice } from './tuning.ts';

const length = 256;
/** Records of the batch that kernels are measured for. */
const kernelRecords = 8;

interface StepShape {
  readonly records: number;
  readonly checkpointing: Recipe['checkpointing'];
}

const stepShapes: readonly StepShape[] = [
  { records: 2, checkpointing: 'none' },
  { records: 8, checkpointing: 'none' },
  { records: 8, checkpointing: 'block' },
];

/** The paper's recipe for batches of some records of 256 tokens. */
function benchRecipe({ records, checkpointing }: StepShape): Recipe {
  const batch = { records, microBatchTokens: records * length, maxLength: length };
  return { ...paperRecipe(), batch, checkpointing };
}

export async function main(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      json: { type: 'string' },
      trace: { type: 'string' },
      rounds: { type: 'string', default: '5' },
      model: { type: 'string', default: 'public/models/medcare-nano' },
      tune: { type: 'boolean', default: false },
      'tune-seconds': { type: 'string', default: '2' },
      'no-kernels': { type: 'boolean', default: false },
      'no-step': { type: 'boolean', default: false },
      'no-decode': { type: 'boolean', default: false },
    },
  });
  const rounds = Number(values.rounds);
  if (!Number.isSafeInteger(rounds) || rounds < 1) {
    console.error(`--rounds ${values.rounds}: must be a whole number of at least 1`);
    return 2;
  }
  const kept = keepOutput();
  const device = await openOwnDevice();
  printDevice(device, rounds);
  const { adapter, traits } = device;
  const { config, weights } = await openCheckpoint(values.model);
  const recipe = benchRecipe({ records: kernelRecords, checkpointing: 'none' });
  const seconds = Number(values['tune-seconds']);
  const tuning = values.tune ? await tuneDevice(device, config, recipe, seconds) : null;
  const gpu = device.withChoices(choicesOf(tuning));
  const kernels = values['no-kernels'] ? [] : await measureKernels(gpu, config, recipe, rounds);
  const launch = kernels.find(({ name }) => name === 'empty dispatch');
  const launchMicroseconds = launch ? (1000 * launch.milliseconds.least) / emptyDispatches : null;
  const steps: StepResult[] = [];
  const profiles: NamedProfile[] = [];
  for (const shape of values['no-step'] ? [] : stepShapes) {
    const { records, checkpointing } = shape;
    const sizes = { records, length, rounds };
    const step = await measureStep(gpu, config, weights, benchRecipe(shape), sizes);
    steps.push(step);
    const name = `stage 1, ${records} × ${length} tokens, checkpointing ${checkpointing}`;
    profiles.push({ name, profile: step.profile });
    printStep(values.model, step, launchMicroseconds);
  }
  const decoding = values['no-decode']
    ? []
    : await measureDecoding(gpu, config, weights, { rounds });
  if (decoding.length > 0) printDecoding(decoding, launchMicroseconds);
  for (const { sequences, profile } of decoding) {
    profiles.push({ name: `decoding, ${sequences} at a time`, profile });
  }
  gpu.check();
  device.check();
  device.close();
  if (values.json !== undefined) {
    await saveReport(values.json, kept(), {
      ...{ adapter, subgroups: traits.subgroups },
      subgroupSizes: [traits.subgroupMinSize, traits.subgroupMaxSize],
      processors: availableParallelism(),
      ...{ model: values.model, rounds, launchMicroseconds, tuning, kernels },
      steps: steps.map((step) => ({ ...step, profile: profileSummary(step.profile) })),
      decoding: decoding.map((each) => ({ ...each, profile: profileSummary(each.profile) })),
    });
  }
  if (values.trace !== undefined) {
    const name = `${adapter.description || adapter.device}, ${values.model}`;
    await save(values.trace, chromeTrace(name, profiles));
  }
  return 0;
}

function printDevice({ adapter, traits }: Gpu, rounds: number): void {
  console.log(`adapter: ${adapter.description || adapter.device} (${adapter.vendor})`);
  console.log(
    `${adapter.software ? 'software' : 'hardware'}; features: ${adapter.features.join(', ') || 'none'}; ` +
      `subgroups ${traits.subgroups ? `${traits.subgroupMinSize}–${traits.subgroupMaxSize}` : 'off'}; ` +
      `${availableParallelism()} processors; ${rounds} rounds`,
  );
}

async function measureKernels(
  gpu: Gpu,
  config: ModelConfig,
  recipe: Recipe,
  rounds: number,
): Promise<CaseResult[]> {
  const cases = kernelCases(config, stageBranches(recipe, 0), kernelRecords, length);
  const kernels = await timeInterleaved(gpu, cases, rounds);
  printKernels(kernels);
  return kernels;
}

/** The figures as JSON, and what was printed beside them. */
async function saveReport(json: string, printed: readonly string[], report: object): Promise<void> {
  const date = new Date().toISOString().slice(0, 16).replace('T', ' ');
  const text = ['# npm run bench', '', `${date}, Node ${process.versions.node}.`, '', '```text'];
  const file = json.replace(/\.json$/, '');
  await save(`${file}.md`, [...text, ...printed, '```', ''].join('\n'));
  await save(`${file}.json`, `${JSON.stringify({ date, ...report }, null, 2)}\n`);
}

async function save(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
  console.log(`\n${file}`);
}

function printKernels(kernels: readonly CaseResult[]): void {
  console.log('\nKernels');
  const rows = kernels.map((kernel) => [
    kernel.name,
    kernel.shape,
    String(kernel.dispatches),
    megabytes(kernel.bytes),
    `${kernel.milliseconds.median.toFixed(2)} ms`,
    `${kernel.milliseconds.least.toFixed(2)}–${kernel.milliseconds.most.toFixed(2)}`,
    kernel.gigaflopsPerSecond?.toFixed(2) ?? '',
  ]);
  table([['case', 'shape', 'dispatches', 'bound', 'median', 'range', 'GFLOP/s'], ...rows]);
  const launch = kernels.find(({ name }) => name === 'empty dispatch');
  if (launch) {
    const each = (1000 * launch.milliseconds.median) / emptyDispatches;
    console.log(`  launch of an empty dispatch: ${each.toFixed(1)} µs`);
  }
}

function printStep(model: string, step: StepResult, launch: number | null): void {
  const { milliseconds, processorMilliseconds, tokensPerSecond, tokens, targets } = step;
  console.log(
    `\nOne step of stage 1, ${model}, ${step.records} records of ${length} tokens (${tokens} tokens, ` +
      `${targets} targets), activation checkpointing: ${step.checkpointing}`,
  );
  console.log(
    `  ${milliseconds.median.toFixed(0)} ms (${milliseconds.least.toFixed(0)}–${milliseconds.most.toFixed(0)}), ` +
      `${tokensPerSecond.toFixed(0)} tokens/s, ${processorMilliseconds.median.toFixed(0)} ms of processor time, ` +
      `${step.dispatches} dispatches, ${megabytes(step.bytes)} bound, ` +
      `${megabytes(step.deviceBytes)} on the device`,
  );
  printProfile(step.profile, launch);
}

function printDecoding(results: readonly DecodeResult[], launch: number | null): void {
  console.log('\nGreedy decoding, base model');
  for (const result of results) {
    const { sequences, tokensPerSecond, dispatchesPerStep, millisecondsToFirst } = result;
    const { submissionsPerToken } = result;
    const submissions = submissionsPerToken === null ? '' : `, ${submissionsPerToken} submissions`;
    const first = millisecondsToFirst
      ? `${millisecondsToFirst.median.toFixed(0)} ms to the first`
      : 'prompts included';
    console.log(
      `  ${sequences} at a time, ${result.promptTokens} tokens of prompt, ${result.tokens} answered: ` +
        `${tokensPerSecond.median.toFixed(1)} tokens/s (${tokensPerSecond.least.toFixed(1)}–` +
        `${tokensPerSecond.most.toFixed(1)}), ${first}, ${dispatchesPerStep} dispatches a step${submissions}`,
    );
    printProfile(result.profile, launch);
  }
}
