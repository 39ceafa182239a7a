import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openCheckpoint, type CheckpointFolder } from '../../testing/checkpoint-folder.ts';
import { openTestDevice } from '../../../../test/gpu/kernel-bench.ts';
import { memoryFolder, randomCheckpoint } from '../../../../test/gpu/model-folders.ts';
import { randomSource, relativeL2 } from '../../testing/numbers.ts';
import { StudioError } from '../../../faults/fault.ts';
import type { WeightsFolder } from '../../../formats/weights/weights-folder.ts';
import type { Gpu } from '../../gpu/device.ts';
import { StateModel } from '../../inference/state-model.ts';
import { parseModelConfig, type ModelConfig } from '../../model/config.ts';
import { weightStorage, type Precision } from '../../model/weight-storage.ts';
import type { TrainingRecord } from './data-order.ts';
import { planMemory } from '../stage/memory.ts';
import { quickRecipe } from '../recipe/presets.ts';
import type { Recipe } from '../recipe/recipe.ts';
import type { RunEvent } from './run-events.ts';
import { TrainingRun } from './run.ts';

const gpu = await openTestDevice();
/** Stands in for a device whose bindings hold 640 kB: the embedding and every arena need several. */
const narrow = await openTestDevice({ maxBindingBytes: 640 * 1024 });
const tasks = ['first', 'second'];
/** Packed bases cache keys and values in float16, which moves logits by some 1e-4 of their size. */
const cacheRounding = 5e-4;
let model: CheckpointFolder;

beforeAll(async () => {
  // Two of its five blocks are enough for the test, in half the time.
  const { config, weights } = await openCheckpoint('public/models/medcare-nano');
  model = { weights, config: { ...config, layers: 2 } };
});
afterAll(() => {
  gpu.close();
  narrow.close();
});

/** Records of 8 to 40 made-up tokens; the first third is prompt. */
function randomRecords(count: number, vocabulary: number): TrainingRecord[] {
  return Array.from({ length: count }, (_, index) => {
    const next = randomSource(4000 + index);
    const length = 8 + Math.floor(next() * 32);
    const ids = Uint32Array.from({ length }, () => Math.floor(next() * vocabulary));
    const labels = Int32Array.from(ids, (id, t) => (t < length / 3 ? -100 : id));
    const kind = index % 2 === 0 ? 'knowledge' : 'alignment';
    return { ids, labels, task: index % 2, kind, dataSet: 0, row: index };
  });
}

function shortRecipe(): Recipe {
  return {
    ...quickRecipe(),
    batch: { records: 4, microBatchTokens: 128, maxLength: 64 },
    checkpointing: 'block',
    checkpointEverySteps: 1000,
    // Samples come and go between steps; run.gpu.test.ts checks the memory that they take.
    samples: { prompts: 0, everySteps: 0, maxTokens: 1 },
  };
}

interface Outcome {
  readonly losses: number[];
  readonly branches: Uint8Array[];
  readonly validation: (number | null)[];
}

async function train(
  device: Gpu,
  config: ModelConfig,
  weights: WeightsFolder,
  precision: Precision,
  recipe = shortRecipe(),
  validated = 4,
): Promise<Outcome> {
  const records = randomRecords(8, Math.min(config.vocabularySize, 2000));
  const validation = records.slice(0, validated);
  const run = await TrainingRun.create({
    ...{ gpu: device, config, weights, precision, recipe, tasks, records, validation },
  });
  const events: RunEvent[] = [];
  while (!run.done) events.push(...(await run.advance()));
  run.release();
  expect(device.ledger.total).toBe(0);
  return {
    losses: events.flatMap((event) => (event.type === 'step' ? [event.metrics.nll] : [])),
    branches: events.flatMap((event) => (event.type === 'stage-end' ? [event.branches] : [])),
    validation: events.flatMap((event) =>
      event.type === 'validation' ? [event.point.knowledge, event.point.alignment] : [],
    ),
  };
}

/** The weights that a precision leaves on the device, read back as float32. */
async function roundedFolder(
  config: ModelConfig,
  weights: WeightsFolder,
  precision: Precision,
): Promise<WeightsFolder> {
  const state = await StateModel.load({
    ...{ gpu, config, weights, precision, run: null, context: 64 },
  });
  const reader = state.mergedWeights;
  const tensors = [];
  for (const { name, shape } of reader.shapes) {
    tensors.push({ name, shape, values: await reader.readRows(name, 0, shape[0] ?? 0) });
  }
  state.release();
  return memoryFolder(tensors, 'F32');
}

/** Largest relative difference of two lists of figures. */
function difference(a: readonly (number | null)[], b: readonly (number | null)[]): number {
  expect(a).toHaveLength(b.length);
  return Math.max(
    ...a.map((value, i) => Math.abs((value ?? 0) - (b[i] ?? 0)) / Math.abs(b[i] ?? 1)),
  );
}

describe.each(['16-bit', '4-bit'] as const)('a base in %s', (precision) => {
  test('trains, drops and keeps its merged branches as float32 weights of the same numbers do', async () => {
    const { config, weights } = model;
    const packed = await train(gpu, config, weights, precision);
    const rounded = await roundedFolder(config, weights, precision);
    const wide = await train(gpu, config, rounded, 'float32');
    expect(packed.losses).toHaveLength(wide.losses.length);
    expect(difference(packed.losses, wide.losses)).toBeLessThan(1e-4);
    expect(difference(packed.validation, wide.validation)).toBeLessThan(1e-4);

    const prompt = Uint32Array.from([5, 77, 301, 44, 9]);
    const logits = async (
      folder: WeightsFolder,
      kept: Precision,
      branches: readonly Uint8Array[],
      snapshot: string,
    ): Promise<Float32Array> => {
      const state = await StateModel.load({
        gpu,
        config,
        weights: folder,
        precision: kept,
        run: { recipe: shortRecipe(), stageBranches: branches, snapshot },
        context: 64,
      });
      const result = await state.answers().logits(prompt);
      state.release();
      return result;
    };
    for (const snapshot of ['stage1.end', 'stage1.after', 'stage2.end', 'merged']) {
      const beside = await logits(weights, precision, packed.branches, snapshot);
      const inside = await logits(rounded, 'float32', packed.branches, snapshot);
      expect(relativeL2(beside, inside), snapshot).toBeLessThan(cacheRounding);
    }

    // What an export would write: dequantised weights plus the branches.
    const state = await StateModel.load({
      gpu,
      config,
      weights,
      precision,
      run: { recipe: shortRecipe(), stageBranches: packed.branches, snapshot: 'merged' },
      context: 64,
    });
    const reader = state.mergedWeights;
    const tensors = [];
    for (const { name, shape } of reader.shapes) {
      tensors.push({ name, shape, values: await reader.readRows(name, 0, shape[0] ?? 0) });
    }
    const before = await state.answers().logits(prompt);
    state.release();
    const exported = await StateModel.load({
      gpu,
      config,
      weights: await memoryFolder(tensors, 'F32'),
      run: null,
      context: 64,
    });
    expect(relativeL2(await exported.answers().logits(prompt), before)).toBeLessThan(cacheRounding);
    exported.release();
  });

  test('takes the memory that was planned', async () => {
    const { config, weights } = model;
    const recipe = shortRecipe();
    const storage = weightStorage(weights.tensors, precision, gpu.traits);
    const plan = planMemory({ config, recipe, traits: gpu.traits, tasks: tasks.length, storage });
    const records = randomRecords(12, 2000);
    const run = await TrainingRun.create({
      ...{ gpu, config, weights, precision, recipe, tasks, records, validation: [] },
    });
    for (const stage of plan.stages) {
      await run.advance();
      expect(gpu.ledger.byRole()).toEqual(stage.bytes);
      for (let ended = false; !ended && !run.done;) {
        ended = (await run.advance()).some(({ type }) => type === 'stage-end');
      }
    }
    run.release();
  });
});

test('16 bit are bfloat16 exactly where the file has bfloat16: the losses are those of float32', async () => {
  const { config, weights } = model;
  const packed = await train(gpu, config, weights, '16-bit');
  const wide = await train(gpu, config, weights, 'float32');
  expect(difference(packed.losses, wide.losses)).toBeLessThan(1e-4);
});

test('bindings too small for embedding, head and arenas: split, and the same figures', async () => {
  const { config, weights } = model;
  for (const precision of ['float32', '16-bit'] as const) {
    const recipe = shortRecipe();
    recipe.batch.microBatchTokens = 64;
    const whole = await train(gpu, config, weights, precision, recipe);
    const split = await train(narrow, config, weights, precision, recipe);
    expect(difference(split.losses, whole.losses)).toBeLessThan(1e-4);
    expect(difference(split.validation, whole.validation)).toBeLessThan(1e-4);
  }
});

test('dropout over linears that a branch was merged into needs float32, and that is said', async () => {
  const recipe = shortRecipe();
  const [first, second] = recipe.stages;
  if (!first || !second) throw new Error('two stages are needed');
  const align = second.attach.map((branch) => ({ ...branch, targets: ['q' as const] }));
  recipe.stages = [
    first,
    { ...second, attach: align, orthogonal: null, dropout: { ka: 0.05, align: 0.05 } },
  ];
  const { config, weights } = model;
  const failure = await train(gpu, config, weights, '8-bit', recipe).catch((e: unknown) => e);
  expect(failure).toBeInstanceOf(StudioError);
  expect((failure as StudioError).code).toBe('merge-needs-float32');
});

describe('a sharded model of two layers with 151,936 tokens', () => {
  const config = parseModelConfig({
    model_type: 'qwen2',
    hidden_size: 32,
    num_hidden_layers: 2,
    num_attention_heads: 2,
    num_key_value_heads: 1,
    intermediate_size: 96,
    vocab_size: 151_936,
    max_position_embeddings: 256,
    tie_word_embeddings: true,
    rms_norm_eps: 1e-6,
    rope_theta: 1e6,
  });
  const bounds = { '16-bit': 1e-6, '8-bit': 2e-3, '4-bit': 3e-2 } as const;

  test('trains a step in each bit width, its loss within the format’s error of float32', async () => {
    const folder = await memoryFolder(randomCheckpoint(config, 99), 'BF16', 3);
    const recipe = shortRecipe();
    const [first] = recipe.stages;
    if (!first) throw new Error('a stage is needed');
    const once = { ...recipe, stages: [{ ...first, data: { ...first.data, fraction: 0.3 } }] };
    const wide = await train(gpu, config, folder, 'float32', once, 0);
    expect(wide.losses.length).toBeGreaterThan(0);
    for (const [precision, bound] of Object.entries(bounds)) {
      const packed = await train(gpu, config, folder, precision as Precision, once, 0);
      expect(difference(packed.losses, wide.losses), precision).toBeLessThan(bound);
    }
  });
});
