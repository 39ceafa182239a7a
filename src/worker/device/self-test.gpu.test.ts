import { expect, test } from 'vitest';
import { openFaultyDevice } from '../../../test/gpu/kernel-bench.ts';
import type { Gpu } from '../../engine/gpu/device.ts';
import { quickRecipe } from '../../engine/training/recipe/presets.ts';
import { memoryStore } from '../../storage/files/memory-store.ts';
import { openStudio, textFile, type Studio } from '../testing/studio.ts';

/** A device with wrong results chats and trains with plainer kernels, says so, and refuses where there are none. */

const modelId = 'stories260k';
const kept = { files: memoryStore(), name: 'self-test-test' };
const state = { modelId, runId: null, snapshot: 'base' } as const;
const recipe = {
  ...quickRecipe(),
  batch: { records: 2, microBatchTokens: 96, maxLength: 64 },
  validation: { fraction: 0, maxRecords: 1, everySteps: 0 },
};
const stored = 'y[(size.y_offset + row * size.y_stride + column) / 4u] = value;';

/** The products whose kernels a driver gets wrong, by a thousandth. */
let wrong: RegExp | null = null;

async function open(): Promise<Gpu> {
  const { gpu, faulty } = await openFaultyDevice('device');
  faulty.rewrite = (name, source) =>
    wrong?.test(name) ? source.replace(stored, stored.replace('value;', 'value * 1.001;')) : source;
  return gpu;
}

const answer = async ({ client }: Studio): Promise<string> => {
  const { text } = await client.call('chat.generate', {
    ...{ task: 'chat', state },
    settings: {
      ...{ temperature: 0, topP: 1, topK: 0, repetitionPenalty: 1, maxTokens: 8, seed: 1 },
    },
    messages: [{ role: 'user', content: 'Once upon a time' }],
  });
  return text;
};

const selfTestOf = async ({ client }: Studio) => (await client.call('device.report', {})).selfTest;

test('wrong kernels give way to plainer ones, which the next visit knows, until it tests again', async () => {
  const first = await openStudio(open, kept);
  const right = await answer(first);
  const { mode, right: count } = await selfTestOf(first);
  expect(mode).toBe('full');
  expect(count).toBeGreaterThan(8);
  await first.client.call('device.testAgain', {});
  expect(await selfTestOf(first)).toEqual({ mode: 'full', right: 0, wrong: [] });
  first.close();

  // With subgroups; a device without them has one form of these products, which stays right.
  wrong = /broadcast|subgroup/;
  const { traits } = await open();
  const safe = traits.subgroups ? 'basic' : 'full';
  const second = await openStudio(open, kept);
  expect(await answer(second)).toBe(right);
  const found = await selfTestOf(second);
  expect(found.mode).toBe(safe);
  expect(found.wrong.every((name) => wrong?.test(name))).toBe(true);
  const told = second.events.flatMap((event) =>
    event.type === 'device.tested' ? [event.selfTest.mode] : [],
  );
  expect(told.at(-1)).toBe(safe);
  second.close();

  wrong = null;
  const third = await openStudio(open, kept);
  expect(await selfTestOf(third)).toEqual(found);
  expect(await answer(third)).toBe(right);
  expect((await third.client.call('device.testAgain', {})).selfTest.mode).toBe('full');
  expect(await answer(third)).toBe(right);
  expect((await selfTestOf(third)).mode).toBe('full');
  third.close();
});

test('where the plainest kernels are wrong too, nobody chats or evaluates and nothing trains', async () => {
  wrong = /^linear-(forward|matrix-vector)/;
  const studio = await openStudio(open);
  const { client } = studio;
  await expect(answer(studio)).rejects.toMatchObject({
    code: 'kernels-wrong',
    kept: 'conversation',
  });
  const item = {
    ...{ task: 'exam', kind: 'knowledge', metric: 'accuracy', choices: ['A', 'B'] },
    ...{ prompt: 'Who is it? A or B?', answer: 'A' },
  };
  for (const choices of ['generated', 'likelihood'] as const) {
    const evaluation = client.call('evaluation.run', {
      ...{ state, label: 'base', task: `evaluate ${choices}` },
      files: [textFile('items.jsonl', [JSON.stringify(item)])],
      settings: { maxItems: 0, choices, perplexity: false },
    });
    await expect(evaluation).rejects.toMatchObject({ code: 'kernels-wrong' });
  }
  const lines = Array.from({ length: 4 }, (_, i) =>
    JSON.stringify({ instruction: `Who is ${i}?`, input: '', output: `A cat with ${i} hats.` }),
  );
  const sets = await client.call('data.import', {
    files: [textFile('know.jsonl', lines), textFile('more.jsonl', lines.slice(1))],
    task: 'import',
  });
  const dataSetIds = sets.map(({ id }) => id);
  for (const [index, kind] of (['knowledge', 'alignment'] as const).entries()) {
    await client.call('data.setKind', { id: dataSetIds[index] ?? '', kind });
  }
  const start = client.call('runs.start', { name: 'run', modelId, dataSetIds, recipe });
  await expect(start).rejects.toMatchObject({ code: 'kernels-wrong', kept: 'no-run-begun' });
  expect(await client.call('runs.list', {})).toEqual([]);
  expect((await selfTestOf(studio)).wrong.length).toBeGreaterThan(0);
  studio.close();
});
