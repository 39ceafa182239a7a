import { beforeAll, describe, expect, test } from 'vitest';
import { openDevice, type Gpu } from '../../src/engine/gpu/device.ts';
import { profileDecoding } from '../../src/engine/inference/profile-decoding.ts';
import { StateModel } from '../../src/engine/inference/state-model.ts';
import type { ModelConfig } from '../../src/engine/model/config.ts';
import { createNodeGpu } from '../../src/engine/node/dawn.ts';
import { openCheckpoint } from '../../src/engine/testing/checkpoint-folder.ts';
import { largestError } from '../../src/engine/testing/numbers.ts';
import { quickRecipe } from '../../src/engine/training/recipe/presets.ts';
import type { TrainingRecord } from '../../src/engine/training/run/data-order.ts';
import { TrainingRun } from '../../src/engine/training/run/run.ts';
import type { WeightsFolder } from '../../src/formats/weights/weights-folder.ts';
import { guaranteedLimits, lesserGpu, type Less } from './lesser-adapter.ts';

/**
 * What browsers and cards lack (Safari and Firefox have no subgroups, Firefox has no float16 and no timestamps, limits
 * are the guaranteed ones): the studio trains and answers the same without it.
 */

let model: { readonly config: ModelConfig; readonly weights: WeightsFolder };
let expected: Figures;

interface Figures {
  readonly losses: readonly number[];
  readonly scores: readonly number[];
}

const records: readonly TrainingRecord[] = Array.from({ length: 6 }, (_, index) => {
  const ids = Uint32Array.from({ length: 12 }, (__, t) => 3 + ((index * 31 + t * 7) % 400));
  const labels = Int32Array.from(ids, (id, t) => (t < 4 ? -100 : id));
  const kind = index % 2 === 0 ? 'knowledge' : 'alignment';
  return { ids, labels, task: 0, kind, dataSet: 0, row: index };
});

/** Both stages on half-precision weights, then answers of the model in 8 bits and a profile. */
async function figuresOf(gpu: Gpu): Promise<Figures> {
  const quick = quickRecipe();
  const batch = { records: 2, microBatchTokens: 32, maxLength: 16 };
  const recipe = { ...quick, precision: '16-bit', batch, checkpointEverySteps: 1000 } as const;
  const run = await TrainingRun.create({
    ...{ gpu, ...model, recipe, tasks: ['one'], records, validation: [] },
  });
  const losses: number[] = [];
  while (!run.done) {
    for (const event of await run.advance()) {
      if (event.type === 'step') losses.push(event.metrics.nll, event.metrics.gradientNorm);
    }
  }
  run.release();
  const state = await StateModel.load({
    gpu,
    ...model,
    precision: '8-bit',
    run: null,
    context: 32,
  });
  const scores = (await state.answers().score(records)).map(({ nll }) => nll);
  const prompts = records.map(({ ids }) => ids.subarray(0, 4));
  const answers = await state.answers().generateBatch(prompts, 4, []);
  expect(answers.map(({ length }) => length)).toEqual(records.map(() => 4));
  state.release();
  const { clock } = await profileDecoding({
    ...{ gpu, ...model, rounds: 1, promptTokens: 4, onProgress: () => undefined },
  });
  expect(clock.kind).toBe(gpu.hasTimestamps ? 'timestamps' : 'wall-clock');
  expect(gpu.ledger.total).toBe(0);
  gpu.check();
  return { losses, scores };
}

async function open(less: Less): Promise<Gpu> {
  return openDevice(lesserGpu(await createNodeGpu(), less));
}

beforeAll(async () => {
  const { config, weights } = await openCheckpoint('public/models/stories260k');
  model = { weights, config: { ...config, layers: 1, contextLength: 64 } };
  const gpu = await open({});
  expected = await figuresOf(gpu);
  gpu.close();
  expect(expected.losses.length).toBeGreaterThan(4);
});

const nothing: Less = {
  without: ['subgroups', 'shader-f16', 'timestamp-query'],
  unknownSubgroupSizes: true,
  limits: guaranteedLimits,
};
const storageBuffers = (count: number): [string, Less] => [
  `${count} storage buffers`,
  { limits: { maxStorageBuffersPerShaderStage: count } },
];
const cases: readonly (readonly [string, Less])[] = [
  ['no subgroups', { without: ['subgroups'] }],
  ['subgroups of sizes that it does not tell', { unknownSubgroupSizes: true }],
  ['no float16', { without: ['shader-f16'] }],
  ['no timestamps', { without: ['timestamp-query'] }],
  ['the guaranteed limits', { limits: guaranteedLimits }],
  ...[8, 10, 16].map(storageBuffers),
  ['nothing that is optional', nothing],
  ['nothing that is optional, and no name', { ...nothing, nameless: true }],
];

describe.each(cases)('an adapter with %s', (_, less) => {
  test('trains, scores and answers as one with everything', async () => {
    const gpu = await open(less);
    const { device, traits } = gpu;
    for (const name of less.without ?? []) expect(device.features.has(name), name).toBe(false);
    for (const [name, limit] of Object.entries(less.limits ?? {})) {
      expect(device.limits[name as keyof typeof guaranteedLimits], name).toBeLessThanOrEqual(limit);
    }
    expect(Number.isInteger(traits.subgroupMinSize)).toBe(true);
    expect(traits.subgroupMaxSize).toBeGreaterThanOrEqual(traits.subgroupMinSize);
    const { losses, scores } = await figuresOf(gpu);
    gpu.close();
    expect(largestError(losses, expected.losses)).toBeLessThan(1e-4);
    expect(largestError(scores, expected.scores)).toBeLessThan(1e-4);
  });
});
