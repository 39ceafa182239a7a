import { afterAll, expect, test } from 'vitest';
import { openTestDevice } from '../../../test/gpu/kernel-bench.ts';
import type { Gpu } from '../../engine/gpu/device.ts';
import {
  isDecided,
  tuningDevice,
  type TunedClass,
  type TuningRecord,
} from '../../engine/tuning/record.ts';
import { quickRecipe } from '../../engine/training/recipe/presets.ts';
import { openDatabase } from '../../storage/database.ts';
import { memoryStore } from '../../storage/files/memory-store.ts';
import type { RunCurves, RunSummary } from '../../contract/runs.ts';
import { atNextSteps, codeOf, openStudio, textFile, type Studio } from '../testing/studio.ts';
import type { TuningReport } from '../../contract/device.ts';

const modelId = 'stories260k';
const kept = { files: memoryStore(), name: 'tuning-test' };
const devices: Gpu[] = [];
const open = async (): Promise<Studio> =>
  openStudio(async () => {
    const gpu = await openTestDevice();
    devices.push(gpu);
    return gpu;
  }, kept);
afterAll(() => devices.forEach((gpu) => gpu.close()));

const recipe = {
  ...quickRecipe(),
  batch: { records: 2, microBatchTokens: 96, maxLength: 64 },
  validation: { fraction: 0, maxRecords: 1, everySteps: 0 },
  checkpointEverySteps: 1,
};

const norms = ['norm-forward', 'norm-backward'].flatMap((kind) =>
  ['8', '64', '512', 'x'].map((rows) => `${kind}.${rows}`),
);

/** Stores a tuning that chose another order of sums, so that results differ in their bits. */
async function putTuning(record: unknown): Promise<void> {
  const gpu = await openTestDevice();
  const database = await openDatabase(kept.name);
  await database.put('tunings', record as object, tuningDevice(gpu.adapter));
  database.close();
  gpu.close();
}

async function tunedRecord(): Promise<TuningRecord> {
  const gpu = await openTestDevice();
  const device = tuningDevice(gpu.adapter);
  const [standard, chosen] = gpu.traits.software ? ['rows', 'groups'] : ['groups', 'rows'];
  gpu.close();
  const classes = norms.map((kernelClass) => {
    const candidates = [
      { variant: standard, state: 'timed' as const, milliseconds: 2, error: 0 },
      { variant: chosen, state: 'timed' as const, milliseconds: 1, error: 0 },
    ];
    return { kernelClass, shape: '', standard, chosen, candidates };
  });
  const facts = {
    format: 'medcare-tuning-1',
    tunedAt: 1,
    milliseconds: 2,
    unfinished: false,
  } as const;
  return { ...facts, device, classes };
}

async function ended(studio: Studio, id: string): Promise<RunSummary> {
  for (;;) {
    const run = (await studio.client.call('runs.list', {})).find((each) => each.id === id);
    if (run && ['done', 'failed'].includes(run.state)) return run;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

const losses = ({ steps }: RunCurves): number[] =>
  steps.flatMap(({ nll, gradientNorm }) => [nll, gradientNorm]);

test('a run keeps the kernels it was started with, whatever is chosen when it is resumed', async () => {
  await putTuning(await tunedRecord());
  const first = await open();
  const lines = Array.from({ length: 4 }, (_, i) =>
    JSON.stringify({ instruction: `Who is ${i}?`, input: '', output: `A cat with ${i} hats.` }),
  );
  const dataSets = await first.client.call('data.import', {
    files: [textFile('know.jsonl', lines), textFile('more.jsonl', lines.slice(1))],
    task: 'import',
  });
  const dataSetIds = dataSets.map(({ id }) => id);
  await Promise.all([
    first.client.call('data.setKind', { id: dataSetIds[0] ?? '', kind: 'knowledge' }),
    first.client.call('data.setKind', { id: dataSetIds[1] ?? '', kind: 'alignment' }),
  ]);
  const start = (studio: Studio): Promise<RunSummary> =>
    studio.client.call('runs.start', { name: 'run', modelId, dataSetIds, recipe });
  const curvesOf = async (studio: Studio, id: string): Promise<number[]> =>
    losses(await studio.client.call('runs.curves', { id }));

  const { tuned } = await first.client.call('device.tuning', {});
  expect(tuned?.classes).toHaveLength(norms.length);
  const whole = await start(first);
  expect(Object.keys(whole.kernels?.choices ?? {})).toEqual(norms);
  expect((await ended(first, whole.id)).error).toBeNull();
  const expected = await curvesOf(first, whole.id);

  const pausing = atNextSteps(first, (run) => first.client.call('runs.pause', { id: run }));
  const { id } = await start(first);
  await pausing;
  const taken = await curvesOf(first, id);
  expect(taken.length).toBeGreaterThan(0);
  expect(taken.length).toBeLessThan(expected.length);
  first.close();

  // The device is reset; the choices recorded with the run hold for the run alone.
  const second = await open();
  expect((await second.client.call('device.resetTuning', {})).tuned).toBeNull();
  await second.client.call('runs.resume', { id });
  const resumed = await ended(second, id);
  expect(resumed.error).toBeNull();
  expect(resumed.kernels).toEqual(whole.kernels);
  expect(await curvesOf(second, id)).toEqual(expected);

  // The defaults would have given other bits.
  const plain = await start(second);
  expect(plain.kernels?.choices).toEqual({});
  await ended(second, plain.id);
  expect(await curvesOf(second, plain.id)).not.toEqual(expected);
  second.close();
});

test('tuning goes on with what was left, and keeps what was timed', async () => {
  const studio = await openStudio(async () => {
    const gpu = await openTestDevice();
    devices.push(gpu);
    return gpu;
  });
  /** Tunes until the first class is done, or until all are. */
  const tune = async (task: string): Promise<TuningReport['tuned']> => {
    const stop = studio.client.subscribe((event) => {
      if (event.type === 'tasks.progress' && event.note?.code === 'computations-tuned') {
        void studio.client.call('tasks.cancel', { task });
      }
    });
    const code = await codeOf(studio.client.call('device.tune', { modelId, recipe, task }));
    stop();
    expect(['cancelled', 'no error']).toContain(code);
    return (await studio.client.call('device.tuning', {})).tuned;
  };
  const decided = (tuned: TuningReport['tuned']): TunedClass[] =>
    (tuned?.classes ?? []).filter(isDecided);

  const first = await tune('first');
  const known = decided(first);
  expect(known.length).toBeGreaterThan(0);
  expect(known[0]?.candidates.filter(({ state }) => state === 'timed').length).toBeGreaterThan(1);
  expect(first?.unfinished).toBe(known.length < (first?.classes.length ?? 0));
  const second = await tune('second');
  expect(second?.classes).toHaveLength(first?.classes.length ?? 0);
  // Where everything was done at once, everything was timed again.
  if (first?.unfinished) {
    expect(decided(second).length).toBeGreaterThan(known.length);
    expect(decided(second)).toEqual(expect.arrayContaining(known));
    expect(second?.milliseconds).toBeGreaterThan(first.milliseconds);
  }
  studio.close();
});

test('a stored record that is none leaves the device with its defaults', async () => {
  const good = await tunedRecord();
  for (const stored of [
    { ...good, device: 'another' },
    { ...good, classes: 'all' },
    { ...good, classes: [{ ...good.classes[0], chosen: 7 }] },
    ['no record'],
  ]) {
    await putTuning(stored);
    const studio = await open();
    expect((await studio.client.call('device.tuning', {})).tuned).toBeNull();
    studio.close();
  }
});
