/**
 * Models in their full shape with random weights: load, one stage-1 step, a few decoded tokens; what the
 * memory plan said and what the ledger counted.
 *
 *   npm run bench:large [-- --model NAME] [--precision P] [--tokens N] [--decode N] [--json FILE]
 *
 * NAME: qwen2.5-0.5b (default) or another of bench/models.ts. A software adapter takes minutes to hours.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { english } from '../src/faults/en/english.ts';
import { noteWords } from '../src/faults/words.ts';
import { layOutBranches } from '../src/engine/branches/layout.ts';
import { initialParameters, packParameters } from '../src/engine/branches/parameters.ts';
import type { Gpu } from '../src/engine/gpu/device.ts';
import { Generator } from '../src/engine/inference/generator.ts';
import type { ModelConfig } from '../src/engine/model/config.ts';
import { precisions, weightStorage, type Precision } from '../src/engine/model/weight-storage.ts';
import { BaseModel, describeWeights, parameterCount } from '../src/engine/model/weights.ts';
import { stageBranches } from '../src/engine/training/stage/branch-plans.ts';
import { rotaryPositions } from '../src/engine/training/run/lengths.ts';
import { planMemory } from '../src/engine/training/stage/memory.ts';
import { paperRecipe } from '../src/engine/training/recipe/presets.ts';
import { planStage } from '../src/engine/training/stage/stage-plan.ts';
import { fullMicroBatch } from '../src/engine/training/stage/profile-stage.ts';
import { StageTrainer } from '../src/engine/training/stage/stage-trainer.ts';
import type { WeightsFolder } from '../src/formats/weights/weights-folder.ts';
import { openOwnDevice } from '../scripts/device.ts';

import { publishedConfig } from './models.ts';
import { virtualCheckpoint } from './virtual-checkpoint.ts';

const chatContext = 2048;
const promptTokens = 32;

/** Most bytes that JavaScript held at once while `work` ran: objects and array buffers. */
async function heapPeak<T>(work: () => Promise<T>): Promise<{ result: T; peak: number }> {
  let peak = 0;
  const sample = (): void => {
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    peak = Math.max(peak, heapUsed + arrayBuffers);
  };
  const timer = setInterval(sample, 20);
  try {
    sample();
    const result = await work();
    sample();
    return { result, peak };
  } finally {
    clearInterval(timer);
  }
}

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;

interface Measured {
  readonly planned: number;
  readonly counted: number;
  readonly seconds: number;
  readonly dispatches: number;
}

async function measureTraining(
  gpu: Gpu,
  config: ModelConfig,
  folder: WeightsFolder,
  precision: Precision,
  tokens: number,
): Promise<{ load: { seconds: number; heap: number }; step: Measured & { loss: number } }> {
  const paper = paperRecipe();
  const recipe = {
    ...paper,
    batch: { ...paper.batch, microBatchTokens: tokens, maxLength: tokens },
  };
  const storage = weightStorage(folder.tensors, precision, gpu.traits);
  const memory = planMemory({ config, recipe, traits: gpu.traits, tasks: 1, storage });
  for (const obstacle of memory.obstacles) {
    console.log(`  obstacle: ${noteWords(english, obstacle)}`);
  }
  const weights = describeWeights(config, rotaryPositions(config, recipe), storage);
  const started = performance.now();
  const { result: base, peak: heap } = await heapPeak(() =>
    BaseModel.load(gpu, config, folder, { weights }),
  );
  const load = { seconds: (performance.now() - started) / 1000, heap };
  console.log(`  loaded in ${load.seconds.toFixed(1)} s, heap peak ${megabytes(heap)}`);
  const layout = layOutBranches(config, stageBranches(recipe, 0));
  const plan = planStage({
    config,
    weights,
    layout,
    optimizer: recipe.optimizer,
    orthogonal: null,
    rows: tokens,
    checkpointing: recipe.checkpointing,
    products: recipe.products,
    tasks: 1,
    traits: gpu.traits,
  });
  const parameters = packParameters(layout, initialParameters(layout, recipe.seed, 'uniform'));
  const state = { parameters, firstMoment: null, secondMoment: null };
  const trainer = await StageTrainer.create(gpu, plan, state);
  try {
    const planned = memory.stages[0]?.total ?? 0;
    const counted = gpu.ledger.total;
    console.log(
      `  stage 1, ${tokens} tokens: plan ${megabytes(planned)}, ledger ${megabytes(counted)}`,
    );
    const begun = performance.now();
    const batch = [fullMicroBatch(config.vocabularySize, 1, tokens)];
    const figures = await trainer.step(batch, { learningRate: 1e-4, step: 0, seed: 1 });
    if (figures.fault) throw new Error(`The step failed: ${figures.fault}`);
    const seconds = (performance.now() - begun) / 1000;
    const dispatches = [plan.micro, plan.end]
      .flatMap(({ commands }) => commands)
      .filter(({ kind }) => kind === 'dispatch').length;
    console.log(
      `  one step: ${seconds.toFixed(1)} s, ${dispatches} dispatches, loss ${figures.nll.toFixed(4)}`,
    );
    return { load, step: { planned, counted, seconds, dispatches, loss: figures.nll } };
  } finally {
    trainer.release();
    base.release();
  }
}

async function measureChat(
  gpu: Gpu,
  config: ModelConfig,
  folder: WeightsFolder,
  precision: Precision,
  count: number,
): Promise<{ counted: number; seconds: number; tokens: number }> {
  const storage = weightStorage(folder.tensors, precision, gpu.traits);
  const weights = describeWeights(config, chatContext, storage);
  const base = await BaseModel.load(gpu, config, folder, { weights });
  const generator = await Generator.create(gpu, {
    config,
    weights,
    branches: null,
    cache: 'float16',
    slots: 1,
    capacity: chatContext,
  });
  try {
    const counted = gpu.ledger.total;
    const prompt = Uint32Array.from({ length: promptTokens }, (_, i) => (i * 7919) % 150_000);
    const settings = { temperature: 0, topP: 1, topK: 0, repetitionPenalty: 1, seed: 0 };
    const begun = performance.now();
    const { ids } = await generator.stream(prompt, settings, {
      stopIds: [],
      maxTokens: count,
      onToken: () => undefined,
      stopped: () => false,
    });
    const seconds = (performance.now() - begun) / 1000;
    console.log(
      `  chat at ${chatContext} tokens: ledger ${megabytes(counted)}; ${ids.length} tokens after a prompt of ${promptTokens} in ${seconds.toFixed(1)} s`,
    );
    return { counted, seconds, tokens: ids.length };
  } finally {
    generator.release();
    base.release();
  }
}

export async function main(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      model: { type: 'string', default: 'qwen2.5-0.5b' },
      precision: { type: 'string', default: '4-bit' },
      tokens: { type: 'string', default: '512' },
      decode: { type: 'string', default: '16' },
      json: { type: 'string' },
    },
  });
  const precision = precisions.find((name) => name === values.precision);
  if (!precision) throw new Error(`--precision: must be one of ${precisions.join(', ')}`);
  const config = publishedConfig(values.model);
  const gpu = await openOwnDevice();
  const adapter = gpu.adapter.description || gpu.adapter.device;
  console.log(
    `${values.model}, ${parameterCount(config).toLocaleString('en')} parameters, ${precision}; ${adapter}`,
  );
  const folder = await virtualCheckpoint(config);
  console.log(`  checkpoint of ${megabytes(folder.byteSize)} in bfloat16`);
  const training = await measureTraining(gpu, config, folder, precision, Number(values.tokens));
  const chat = await measureChat(gpu, config, folder, precision, Number(values.decode));
  gpu.check();
  gpu.close();
  if (values.json) {
    const report = { adapter, model: values.model, precision, tokens: Number(values.tokens) };
    await mkdir(dirname(values.json), { recursive: true });
    await writeFile(values.json, `${JSON.stringify({ ...report, training, chat }, null, 2)}\n`);
  }
  return 0;
}
