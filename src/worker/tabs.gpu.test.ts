import { afterAll, beforeAll, expect, test } from 'vitest';
import { bringTinyModel } from '../../test/earlier/tiny-model.ts';
import { openTestDevice } from '../../test/gpu/kernel-bench.ts';
import { quickRecipe } from '../engine/training/recipe/presets.ts';
import type { Recipe } from '../engine/training/recipe/recipe.ts';
import type { FileStore } from '../storage/files/file-store.ts';
import { localLocks } from '../storage/locks.ts';
import { memoryStore } from '../storage/files/memory-store.ts';
import { codeOf, openStudio, textFile } from './testing/studio.ts';
import type { Studio } from './testing/studio.ts';

/**
 * Two tabs over one storage. A job of the first waits where it first needs the device, or first writes an
 * export; meanwhile the second tries to remove what the job uses. Then the job ends, and the second opens again.
 */

const gpu = await openTestDevice();
afterAll(() => gpu.close());

const NAME = 'tabs-gpu';
const files = memoryStore();
const locks = localLocks();
const recipe: Recipe = {
  ...quickRecipe(),
  batch: { records: 4, microBatchTokens: 64, maxLength: 32 },
  validation: { fraction: 0, maxRecords: 1, everySteps: 0 },
  samples: { prompts: 0, everySteps: 0, maxTokens: 1 },
};
const settings = { maxItems: 0, choices: 'likelihood', perplexity: false } as const;
const question = {
  ...{ task: 'even', kind: 'knowledge', metric: 'accuracy' },
  ...{ prompt: 'Is 4 even?\nA. Yes\nB. No', answer: 'A', choices: ['A', 'B'] },
};
const questions = (): File[] => [textFile('even.jsonl', [JSON.stringify(question)])];

let other: Studio;
let modelId: string;
let dataSetIds: string[];
let runId: string;

beforeAll(async () => {
  other = await openStudio(async () => gpu, { files, name: NAME, locks });
  const { client } = other;
  const lines = Array.from({ length: 5 }, (_, i) =>
    JSON.stringify({ prompt: `Is ${i} even?`, response: i % 2 === 0 ? 'yes' : 'no' }),
  );
  const sets = await client.call('data.import', {
    files: [textFile('know.jsonl', lines), textFile('align.jsonl', [...lines].reverse())],
    task: 'import',
  });
  dataSetIds = sets.map(({ id }) => id);
  for (const [index, kind] of (['knowledge', 'alignment'] as const).entries()) {
    await client.call('data.setKind', { id: dataSetIds[index] ?? '', kind });
  }
  modelId = await bringTinyModel(other);
  const ended = new Promise<void>((resolve) => {
    client.subscribe((event) => {
      if (event.type === 'runs.changed' && event.run.state === 'done') resolve();
    });
  });
  runId = (await client.call('runs.start', { name: 'run', modelId, dataSetIds, recipe })).id;
  await ended;
});
afterAll(() => other.close());

/** Files that wait before the first of an export is written. */
function waiting(gate: () => Promise<void>): FileStore {
  return {
    ...files,
    create: async (path, continued) => {
      if (path.startsWith('exports/')) await gate();
      return files.create(path, continued);
    },
  };
}

/** Does the job in one tab and, while it waits, the attempts of the other tab. */
async function whileWaiting<T>(
  job: (tab: Studio) => Promise<T>,
  tried: (tab: Studio) => Promise<void>,
): Promise<T> {
  let arrive = (): void => undefined;
  const arrived = new Promise<void>((resolve) => (arrive = resolve));
  let go = (): void => undefined;
  const released = new Promise<void>((resolve) => (go = resolve));
  const gate = (): Promise<void> => {
    arrive();
    return released;
  };
  const kept = { files: waiting(gate), name: NAME, locks };
  const tab = await openStudio(() => gate().then(() => gpu), kept);
  try {
    const result = job(tab);
    // A job that ends without waiting ends here, too, with its result or error.
    await Promise.race([arrived, result]);
    await tried(tab);
    go();
    return await result;
  } finally {
    go();
    tab.close();
  }
}

async function refused(calls: Readonly<Record<string, () => Promise<unknown>>>): Promise<void> {
  for (const [code, call] of Object.entries(calls)) expect(await codeOf(call()), code).toBe(code);
}

test('what an evaluation uses stays, and its answers are not undone', async () => {
  const state = { modelId, runId, snapshot: 'merged' };
  const input = { state, label: 'merged', files: questions(), settings, task: 'evaluate' };
  const done = await whileWaiting(
    ({ client }) => client.call('evaluation.run', input),
    async () => {
      const [begun] = await other.client.call('evaluation.list', {});
      expect(begun).toMatchObject({ answered: 0, total: 1 });
      await refused({
        'evaluation-elsewhere': () =>
          other.client.call('evaluation.remove', { ids: [begun?.id ?? ''] }),
        'model-in-use': () => other.client.call('models.remove', { id: modelId }),
        'run-in-use': () => other.client.call('runs.remove', { id: runId }),
      });
    },
  );
  expect(done).toMatchObject({ answered: 1, total: 1 });
  expect(await other.client.call('evaluation.list', {})).toEqual([done]);
  const third = await openStudio(async () => gpu, { files, name: NAME, locks });
  expect(await third.client.call('evaluation.list', {})).toEqual([done]);
  third.close();
});

test('what a grid uses stays between and during its runs, and its cells are not undone', async () => {
  const choice = { ablations: ['da-only' as const], fractions: [[], []] as const };
  const grid = await other.client.call('ablation.create', {
    ...{ name: 'grid', modelId, dataSetIds, recipe, choice, files: questions(), settings },
  });
  const done = await whileWaiting(
    ({ client }) => client.call('ablation.run', { id: grid.id, task: 'grid' }),
    () =>
      refused({
        'grid-elsewhere': () => other.client.call('ablation.remove', { id: grid.id }),
        'model-in-use': () => other.client.call('models.remove', { id: modelId }),
        'data-set-in-use': () => other.client.call('data.remove', { id: dataSetIds[0] ?? '' }),
      }),
  );
  expect(done.cells.map(({ state }) => state)).toEqual(['done']);
  const third = await openStudio(async () => gpu, { files, name: NAME, locks });
  expect(await third.client.call('ablation.list', {})).toEqual([done]);
  const trained = (await third.client.call('runs.list', {})).find(
    ({ id }) => id === done.cells[0]?.runId,
  );
  expect(trained).toMatchObject({ state: 'done' });
  third.close();
  await other.client.call('ablation.remove', { id: grid.id });
});

test('what an export is made of stays while it is made', async () => {
  const exported = await whileWaiting(
    ({ client }) =>
      client.call('exports.build', { runId, what: 'merged', dtype: 'F32', task: 'export' }),
    () =>
      refused({
        'run-in-use': () => other.client.call('runs.remove', { id: runId }),
        'model-in-use': () => other.client.call('models.remove', { id: modelId }),
      }),
  );
  expect(exported.blob.size).toBeGreaterThan(1000);
});

test.each([
  [
    'a profile',
    ({ client }: Studio) =>
      client.call('device.profile', {
        ...{ modelId, recipe, subject: { kind: 'decode' as const }, task: 'job' },
      }),
  ],
  ['tuning', ({ client }: Studio) => client.call('device.tune', { modelId, recipe, task: 'job' })],
])('%s keeps its model', async (_name, job) => {
  const code = await whileWaiting(
    (tab) => codeOf(job(tab)),
    async ({ client }) => {
      await refused({ 'model-in-use': () => other.client.call('models.remove', { id: modelId }) });
      // The result of the job does not matter to this test.
      await client.call('tasks.cancel', { task: 'job' });
    },
  );
  expect(code).toBe('cancelled');
});
