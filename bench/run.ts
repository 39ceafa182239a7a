/**
 * What the kernels, a training step and decoding cost on this device.
 *
 *   npm run bench [-- --json FILE] [--rounds N] [--model DIR] [--no-kernels] [--no-step] [--no-decode]
 *
 * Medians of runs taken in turns. Times of a software adapter say nothing about a GPU, and little about
 * another day on a shared machine: compare within one report, and name the adapter with every figure.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { paperRecipe } from '../src/engine/training/presets.ts';
import type { Recipe } from '../src/engine/training/recipe.ts';
import { stageBranches } from '../src/engine/training/branch-plans.ts';
import { openModelFolder } from '../test/golden/golden-files.ts';
import { openTestDevice } from '../test/gpu/kernel-bench.ts';
import { measureDecoding, type DecodeResult } from './decoding.ts';
import { emptyDispatches, kernelCases } from './kernels.ts';
import { timeInterleaved, type CaseResult } from './measure.ts';
import { measureStep, type StepResult } from './training-step.ts';

const records = 8;
const length = 256;

/** The paper's recipe for batches of 8 × 256 tokens. */
function benchRecipe(checkpointing: Recipe['checkpointing']): Recipe {
  const batch = { records, microBatchTokens: records * length, maxLength: length };
  return { ...paperRecipe(), batch, checkpointing };
}

export async function main(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      json: { type: 'string' },
      rounds: { type: 'string', default: '5' },
      model: { type: 'string', default: 'public/models/medcare-nano' },
      'no-kernels': { type: 'boolean', default: false },
      'no-step': { type: 'boolean', default: false },
      'no-decode': { type: 'boolean', default: false },
    },
  });
  const rounds = Number(values.rounds);
  if (!Number.isSafeInteger(rounds) || rounds < 1) {
    console.error(`--rounds ${values.rounds}: a whole number of at least 1 is needed`);
    return 2;
  }
  const gpu = await openTestDevice();
  const { adapter, traits } = gpu;
  console.log(`adapter: ${adapter.description || adapter.device} (${adapter.vendor})`);
  console.log(
    `${adapter.software ? 'software' : 'hardware'}; features: ${adapter.features.join(', ') || 'none'}; ` +
      `subgroups ${traits.subgroups ? `${traits.subgroupMinSize}–${traits.subgroupMaxSize}` : 'off'}; ` +
      `${availableParallelism()} processors; ${rounds} rounds`,
  );
  const { config, weights } = await openModelFolder(values.model);

  let kernels: CaseResult[] = [];
  if (!values['no-kernels']) {
    const branches = stageBranches(benchRecipe('none'), 0);
    const cases = kernelCases(config, branches, records, length);
    kernels = await timeInterleaved(gpu, cases, rounds);
    printKernels(kernels);
  }
  const steps: StepResult[] = [];
  for (const checkpointing of values['no-step'] ? [] : (['none', 'block'] as const)) {
    const recipe = benchRecipe(checkpointing);
    const step = await measureStep(gpu, config, weights, recipe, { records, length, rounds });
    steps.push(step);
    printStep(values.model, step);
  }
  let decoding: DecodeResult[] = [];
  if (!values['no-decode']) {
    decoding = await measureDecoding(gpu, config, weights, rounds);
    printDecoding(decoding);
  }
  gpu.check();
  const launch = kernels.find(({ name }) => name === 'empty dispatch');
  const report = {
    adapter,
    subgroups: traits.subgroups,
    subgroupSizes: [traits.subgroupMinSize, traits.subgroupMaxSize],
    processors: availableParallelism(),
    model: values.model,
    rounds,
    launchMicroseconds: launch ? (1000 * launch.milliseconds.median) / emptyDispatches : null,
    kernels,
    steps,
    decoding,
  };
  gpu.close();
  if (values.json !== undefined) {
    await mkdir(dirname(values.json), { recursive: true });
    await writeFile(values.json, `${JSON.stringify(report, null, 2)}\n`);
    console.log(`\n${values.json}`);
  }
  return 0;
}

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(2)} MB`;

function table(rows: readonly (readonly string[])[]): void {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((cells) => (cells[column] ?? '').length)),
  );
  for (const cells of rows) {
    const line = cells.map((cell, column) =>
      column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
    );
    console.log(`  ${line.join('  ')}`);
  }
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

function printStep(model: string, step: StepResult): void {
  const { milliseconds, processorMilliseconds, tokensPerSecond, families, tokens, targets } = step;
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
  const all = families.reduce((sum, family) => sum + family.milliseconds, 0);
  const rows = families.map((family) => [
    family.family,
    String(family.dispatches),
    megabytes(family.bytes),
    `${family.milliseconds.toFixed(1)} ms`,
    `${((100 * family.milliseconds) / all).toFixed(1)} %`,
  ]);
  table([['family', 'dispatches', 'bound', 'one by one', 'share'], ...rows]);
}

function printDecoding(results: readonly DecodeResult[]): void {
  console.log('\nGreedy decoding, base model');
  for (const result of results) {
    const { sequences, tokensPerSecond, dispatchesPerStep, millisecondsToFirst } = result;
    const first = millisecondsToFirst
      ? `${millisecondsToFirst.median.toFixed(0)} ms to the first`
      : 'prompts included';
    console.log(
      `  ${sequences} at a time, ${result.promptTokens} tokens of prompt, ${result.tokens} answered: ` +
        `${tokensPerSecond.median.toFixed(1)} tokens/s (${tokensPerSecond.least.toFixed(1)}–` +
        `${tokensPerSecond.most.toFixed(1)}), ${first}, ${dispatchesPerStep} dispatches a step`,
    );
  }
}
