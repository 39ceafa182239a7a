import { beforeAll, expect, test } from 'vitest';
import type { FaultyDevice } from '../../../test/gpu/faulty-device.ts';
import { openFaultyDevice } from '../../../test/gpu/kernel-bench.ts';
import { quickRecipe } from '../../engine/training/recipe/presets.ts';
import { fault, StudioError } from '../../faults/fault.ts';
import { atNextSteps, codeOf, openStudio, textFile, type Studio } from '../testing/studio.ts';

/** A device lost during any job gives one typed error that says what was kept, and the next job works. */

const modelId = 'stories260k';
const state = { modelId, runId: null, snapshot: 'base' } as const;
const settings = {
  ...{ temperature: 0, topP: 1, topK: 0, repetitionPenalty: 1, maxTokens: 4, seed: 1 },
};
const recipe = {
  ...quickRecipe(),
  batch: { records: 2, microBatchTokens: 96, maxLength: 64 },
  validation: { fraction: 0, maxRecords: 1, everySteps: 0 },
  checkpointEverySteps: 1,
};

/** Devices opened one after the other; a test can make the last one fail. */
const devices: FaultyDevice[] = [];
let gone = false;
let studio: Studio;
let dataSetIds: string[];

beforeAll(async () => {
  studio = await openStudio(async () => {
    if (gone) throw fault('adapter-missing');
    const { gpu, faulty } = await openFaultyDevice();
    devices.push(faulty);
    return gpu;
  });
  const lines = Array.from({ length: 4 }, (_, i) =>
    JSON.stringify({ instruction: `Who is ${i}?`, input: '', output: `A cat with ${i} hats.` }),
  );
  const sets = await studio.client.call('data.import', {
    files: [textFile('know.jsonl', lines), textFile('more.jsonl', lines.slice(1))],
    task: 'import',
  });
  dataSetIds = sets.map(({ id }) => id);
  for (const [index, kind] of (['knowledge', 'alignment'] as const).entries()) {
    await studio.client.call('data.setKind', { id: dataSetIds[index] ?? '', kind });
  }
});

const last = (): FaultyDevice => {
  const device = devices.at(-1);
  if (!device) throw new Error('no device was opened');
  return device;
};

const jobs: Readonly<Record<string, { kept: string; work: () => Promise<unknown> }>> = {
  chat: {
    kept: 'conversation',
    work: () =>
      studio.client.call('chat.generate', {
        ...{ task: 'chat', state, settings },
        messages: [{ role: 'user', content: 'Who?' }],
      }),
  },
  'dry run': {
    kept: 'no-run-begun',
    work: () => studio.client.call('runs.dry', { modelId, dataSetIds, recipe, task: 'dry' }),
  },
  'start of a run': {
    kept: 'no-run-begun',
    work: async () => {
      const run = await studio.client.call('runs.start', {
        ...{ name: 'run', modelId, dataSetIds, recipe },
      });
      await studio.client.call('runs.remove', { id: run.id });
    },
  },
  profile: {
    kept: 'stored',
    work: () =>
      studio.client.call('device.profile', {
        ...{ modelId, recipe, subject: { kind: 'decode' }, task: 'profile' },
      }),
  },
};

test.each(Object.entries(jobs))('%s', async (_, { kept, work }) => {
  await work();
  for (const call of ['submit', 'mapAsync'] as const) {
    const broken = last();
    broken.plan({ kind: 'loss', call, at: 1 });
    const error = await work().then(
      () => null,
      (thrown: unknown) => thrown,
    );
    expect(broken.struck).toBe(true);
    expect(error).toBeInstanceOf(StudioError);
    expect(error).toMatchObject({ code: 'device-lost', kept });
    const opened = devices.length;
    await work();
    expect(devices.length).toBe(opened + 1);
  }
  const runs = await studio.client.call('runs.list', {});
  expect(runs.filter(({ state }) => state === 'running')).toEqual([]);
});

test('a run that is paused hears of the loss, and goes on from its checkpoint on another device', async () => {
  const pausing = atNextSteps(studio, (run) => studio.client.call('runs.pause', { id: run }));
  const { id } = await studio.client.call('runs.start', {
    ...{ name: 'run', modelId, dataSetIds, recipe },
  });
  await pausing;
  const find = async () => (await studio.client.call('runs.list', {})).find((run) => run.id === id);
  expect((await find())?.state).toBe('paused');
  last().lose();
  await expect.poll(async () => (await find())?.state, { timeout: 600_000 }).toBe('interrupted');
  expect((await find())?.error).toMatchObject({
    code: 'device-lost',
    kept: 'to-checkpoint',
  });
  expect((await studio.client.call('runs.resume', { id })).state).toBe('running');
  await expect.poll(async () => (await find())?.state, { timeout: 600_000 }).toBe('done');
});

test('where the browser gives no other device, it says to reload the page', async () => {
  const chat = jobs['chat'];
  if (!chat) throw new Error('no such job');
  await chat.work();
  last().lose();
  gone = true;
  await expect.poll(() => codeOf(chat.work()), { timeout: 600_000 }).toBe('adapter-gone');
  gone = false;
  expect(await codeOf(chat.work())).toBe('no error');
});
