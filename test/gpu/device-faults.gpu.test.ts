import { beforeAll, describe, expect, test } from 'vitest';
import type { Gpu } from '../../src/engine/gpu/device.ts';
import { measureFormatError } from '../../src/engine/evaluation/format-error.ts';
import { profileDecoding } from '../../src/engine/inference/profile-decoding.ts';
import { StateModel } from '../../src/engine/inference/state-model.ts';
import type { ModelConfig } from '../../src/engine/model/config.ts';
import type { TrainingRecord } from '../../src/engine/training/run/data-order.ts';
import { quickRecipe } from '../../src/engine/training/recipe/presets.ts';
import { TrainingRun } from '../../src/engine/training/run/run.ts';
import { tune } from '../../src/engine/tuning/tuner.ts';
import { StudioError } from '../../src/faults/fault.ts';
import type { WeightsFolder } from '../../src/formats/weights/weights-folder.ts';
import { openCheckpoint } from '../../src/engine/testing/checkpoint-folder.ts';
import { faultyCalls, type FaultyCall, type PlannedFault } from './faulty-device.ts';
import { openFaultyDevice } from './kernel-bench.ts';
import { randomSource } from '../../src/engine/testing/numbers.ts';

/**
 * Whatever goes wrong on a device at whatever call: the job ends with one typed error, leaves nothing on the
 * device, and works when it is tried again.
 */

let model: { readonly config: ModelConfig; readonly weights: WeightsFolder };
beforeAll(async () => {
  const { config, weights } = await openCheckpoint('public/models/stories260k');
  model = { weights, config: { ...config, layers: 1, contextLength: 64 } };
});

const prompt = Uint32Array.from([5, 77, 301, 44, 9]);
const greedy = { temperature: 0, topP: 1, topK: 0, repetitionPenalty: 1, seed: 0 };

function records(count: number): TrainingRecord[] {
  return Array.from({ length: count }, (_, index) => {
    const ids = Uint32Array.from({ length: 12 }, (__, t) => 3 + ((index * 31 + t * 7) % 400));
    const labels = Int32Array.from(ids, (id, t) => (t < 4 ? -100 : id));
    const kind = index % 2 === 0 ? 'knowledge' : 'alignment';
    return { ids, labels, task: 0, kind, dataSet: 0, row: index };
  });
}

async function withStateModel<T>(gpu: Gpu, work: (state: StateModel) => Promise<T>): Promise<T> {
  const state = await StateModel.load({ gpu, ...model, run: null, context: 32 });
  try {
    return await work(state);
  } finally {
    state.release();
  }
}

/** What people do with a device; each gives back figures that are the same every time. */
const jobs: Readonly<Record<string, (gpu: Gpu) => Promise<unknown>>> = {
  chat: (gpu) =>
    withStateModel(gpu, async (state) => {
      const hooks = { stopIds: [], maxTokens: 6, onToken: () => undefined, stopped: () => false };
      return (await state.answers().stream(prompt, greedy, hooks)).ids;
    }),
  evaluation: (gpu) =>
    withStateModel(gpu, async (state) => ({
      answers: await state.answers().generateBatch([prompt, prompt.subarray(2)], 4, []),
      scores: await state.answers().score(records(3)),
    })),
  'an export': (gpu) =>
    withStateModel(gpu, async ({ mergedWeights }) => {
      const rows = [];
      for (const { name } of mergedWeights.shapes.slice(0, 3)) {
        rows.push(await mergedWeights.readRows(name, 0, 4));
      }
      return rows;
    }),
  'a run with dry run, validation and samples': async (gpu) => {
    const quick = quickRecipe();
    const recipe = {
      ...quick,
      stages: quick.stages.slice(0, 1),
      batch: { records: 2, microBatchTokens: 32, maxLength: 16 },
      validation: { fraction: 0.2, maxRecords: 2, everySteps: 1 },
      samples: { prompts: 1, everySteps: 1, maxTokens: 2 },
      checkpointEverySteps: 1,
    };
    const run = await TrainingRun.create({
      ...{ gpu, ...model, recipe, tasks: ['one'], records: records(4) },
      validation: records(2),
      samples: { prompts: [prompt.subarray(0, 3)], stopIds: [] },
      dryRun: { longest: null },
    });
    try {
      const losses: number[] = [];
      while (!run.done) {
        for (const event of await run.advance()) {
          if (event.type === 'step') losses.push(event.metrics.nll);
        }
      }
      return losses;
    } finally {
      run.release();
    }
  },
  'the error of a precision': (gpu) =>
    measureFormatError({
      ...{ gpu, config: model.config, folder: model.weights, precision: '8-bit' },
      texts: [prompt],
      check: () => undefined,
      onProgress: () => undefined,
    }),
  'a profile': async (gpu) => {
    const { dispatches } = await profileDecoding({
      ...{ gpu, ...model, precision: 'float32', rounds: 1, promptTokens: 4 },
      onProgress: () => undefined,
    });
    return dispatches.map(({ kernel }) => kernel);
  },
  tuning: async (gpu) => {
    const sizes = { kind: 'norm-forward', rows: 9, columns: 16 } as const;
    // Ten milliseconds from reading to reading: as many runs however fast the device.
    let time = 0;
    const now = (): number => (time += 10);
    const { classes } = await tune(gpu, [{ sizes, work: 1 }], { budget: 0, now });
    return classes.map(({ candidates }) => candidates.map(({ state }) => state));
  },
};

/** Some of the calls 1 … count, the first and the last among them. */
function spread(count: number, most: number, seed: number): number[] {
  if (count <= most) return Array.from({ length: count }, (_, i) => i + 1);
  const next = randomSource(seed);
  const chosen = new Set([1, count]);
  while (chosen.size < most) chosen.add(1 + Math.floor(next() * count));
  return [...chosen].sort((a, b) => a - b);
}

const kinds: readonly (Pick<PlannedFault, 'kind' | 'call'> & { code: string; most: number })[] = [
  { kind: 'out-of-memory', call: 'createBuffer', code: 'gpu-out-of-memory', most: 24 },
  { kind: 'throw', call: 'createBuffer', code: 'gpu-out-of-memory', most: 24 },
  { kind: 'throw', call: 'createBindGroup', code: 'gpu-fault', most: 6 },
  { kind: 'throw', call: 'mapAsync', code: 'gpu-fault', most: 6 },
  { kind: 'loss', call: 'createBuffer', code: 'device-lost', most: 6 },
  { kind: 'loss', call: 'submit', code: 'device-lost', most: 8 },
  { kind: 'loss', call: 'mapAsync', code: 'device-lost', most: 8 },
];

/** What lies on a device. */
const held = ({ ledger: { total, buffers } }: Gpu) => ({ total, buffers });
const nothing = { total: 0, buffers: 0 };

async function codeOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'no error',
    (error: unknown) => (error instanceof StudioError ? error.code : String(error)),
  );
}

describe.each(Object.entries(jobs))('%s', (name, job) => {
  let expected: unknown;
  const calls = new Map<FaultyCall, number>();

  beforeAll(async () => {
    const { gpu, faulty } = await openFaultyDevice();
    expected = await job(gpu);
    for (const call of faultyCalls) calls.set(call, faulty.count(call));
    expect(await job(gpu)).toEqual(expected);
    expect(held(gpu)).toEqual(nothing);
    gpu.close();
  });

  test.each(kinds)('$kind at $call', async ({ kind, call, code, most }) => {
    const count = calls.get(call) ?? 0;
    // One device meets all the faults that it survives, one after another: what one of them leaves, the next meets.
    let { gpu, faulty } = await openFaultyDevice();
    for (const at of spread(count, most, count + name.length)) {
      faulty.plan({ kind, call, at });
      const place = `${call} ${at} of ${count}`;
      const found = await codeOf(job(gpu));
      expect(faulty.struck, place).toBe(true);
      // Tuning leaves out a kernel or a size that is refused; the error of a precision leaves out outputs.
      const goesOn = /tuning|precision/.test(name) && kind !== 'loss';
      expect(goesOn ? [code, 'no error'] : [code], place).toContain(found);
      expect(held(gpu), place).toEqual(nothing);
      expect(gpu.fault?.code, place).toBe(kind === 'loss' ? 'device-lost' : undefined);
      faulty.plan(null);
      if (kind !== 'loss') continue;
      gpu.close();
      ({ gpu, faulty } = await openFaultyDevice());
    }
    expect(await job(gpu)).toEqual(expected);
    expect(held(gpu)).toEqual(nothing);
    gpu.close();
  });
});

test('a shader or a pipeline that is refused once is made the next time', async () => {
  const chat = jobs['chat'];
  if (!chat) throw new Error('no such job');
  const clean = await openFaultyDevice('device');
  const expected = await chat(clean.gpu);
  for (const call of ['createShaderModule', 'createComputePipelineAsync'] as const) {
    const calls = clean.faulty.count(call);
    expect(calls).toBeGreaterThan(1);
    const { gpu, faulty } = await openFaultyDevice('device');
    faulty.plan({ kind: 'throw', call, at: Math.ceil(calls / 2) });
    expect(await codeOf(chat(gpu)), call).toBe('gpu-fault');
    expect(held(gpu), call).toEqual(nothing);
    faulty.plan(null);
    expect(await chat(gpu), call).toEqual(expected);
    gpu.close();
  }
  clean.gpu.close();
});
