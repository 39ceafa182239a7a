import { afterAll, expect, test } from 'vitest';
import { recordsOf, pathsOf } from '../../test/earlier/profile.ts';
import { bringTinyModel } from '../../test/earlier/tiny-model.ts';
import { openTestDevice } from '../../test/gpu/kernel-bench.ts';
import { quickRecipe } from '../engine/training/recipe/presets.ts';
import type { Recipe } from '../engine/training/recipe/recipe.ts';
import { readWhole, type FileStore } from '../storage/files/file-store.ts';
import { localLocks } from '../storage/locks.ts';
import { memoryStore } from '../storage/files/memory-store.ts';
import { openStorage } from '../storage/storage.ts';
import type { RunSummary } from '../contract/runs.ts';
import { openStudio, textFile, type Studio } from './testing/studio.ts';

/**
 * Deleted means gone: the test makes everything that can be deleted with words that occur nowhere else, deletes
 * it, and searches for the words in every record of the database and every byte of the private files.
 */

const gpu = await openTestDevice();
afterAll(() => gpu.close());

const NAME = 'deleted';

/** Where words are found: `store key` of a record, or the path of a file. */
async function find(files: FileStore, words: readonly (string | Buffer)[]): Promise<string[]> {
  const found = new Set<string>();
  const look = (place: string, bytes: Uint8Array): void => {
    const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (words.some((word) => all.includes(word))) found.add(place);
  };
  for (const { name, rows } of (await recordsOf(NAME)).stores) {
    for (const row of rows) {
      const place = `${name} ${JSON.stringify(row[0])}`;
      look(place, Buffer.from(JSON.stringify(row)));
      // Number arrays are written as base64 there.
      for (const [encoded] of JSON.stringify(row).matchAll(/(?<=Array":")[^"]+/g)) {
        look(place, Buffer.from(encoded, 'base64'));
      }
    }
  }
  for (const path of await pathsOf(files)) {
    look(path, Buffer.from(path));
    look(path, await readWhole(files, path));
  }
  return [...found].sort();
}

const recipe: Recipe = {
  ...quickRecipe(),
  batch: { records: 4, microBatchTokens: 128, maxLength: 64 },
  validation: { fraction: 0.4, maxRecords: 4, everySteps: 1 },
  samples: { prompts: 3, everySteps: 1, maxTokens: 3 },
  checkpointEverySteps: 1,
};

/** Two data sets whose words occur nowhere else, with a line that is no record and a record too long to train on. */
async function bringData({ client }: Studio): Promise<string[]> {
  const rows = (word: string, more: object): string[] => [
    ...Array.from({ length: 6 }, (_, i) =>
      JSON.stringify({
        instruction: `How is patient ${word} on day ${i}?`,
        output: `${word} is well on day ${i}.`,
        ...more,
      }),
    ),
    `{"instruction": "${word} without an end`,
  ];
  const sets = await client.call('data.import', {
    files: [
      textFile('quillfeather-ward.jsonl', rows('Quillfeather', {})),
      textFile('brambleworth-ward.jsonl', rows('Brambleworth', { task: 'wards' })),
    ],
    task: 'import',
  });
  const ids = sets.map(({ id }) => id);
  for (const [index, kind] of (['knowledge', 'alignment'] as const).entries()) {
    await client.call('data.setKind', { id: ids[index] ?? '', kind });
  }
  return ids;
}

async function train({ client }: Studio, modelId: string, dataSetIds: string[]): Promise<string> {
  const ended = new Promise<RunSummary>((resolve) => {
    client.subscribe((event) => {
      if (event.type !== 'runs.changed') return;
      if (['done', 'failed', 'interrupted'].includes(event.run.state)) resolve(event.run);
    });
  });
  const input = { name: 'Thistledown run', modelId, dataSetIds, recipe };
  const { id } = await client.call('runs.start', input);
  expect(await ended).toMatchObject({ id, state: 'done' });
  return id;
}

const question = {
  ...{ task: 'fennimore-task', kind: 'knowledge', metric: 'accuracy' },
  ...{ prompt: 'Is Fennimore well?\nA. Yes\nB. No', answer: 'A', choices: ['A', 'B'] },
};

test('what is deleted is found in no record and no file', async () => {
  const files = memoryStore();
  const locks = localLocks();
  const studio = await openStudio(async () => gpu, { files, name: NAME, locks });
  const { client } = studio;
  const dataSetIds = await bringData(studio);
  const [first = '', second = ''] = dataSetIds;
  const modelId = await bringTinyModel(studio, 'Gorsebank model');
  const runId = await train(studio, modelId, dataSetIds);
  await client.call('runs.annotate', {
    id: runId,
    tags: ['thistledown-tag'],
    notes: 'of Thistledown',
  });
  const questions = textFile('fennimore.jsonl', [JSON.stringify(question)]);
  const settings = { maxItems: 0, choices: 'likelihood', perplexity: true } as const;
  const { id: evaluationId } = await client.call('evaluation.run', {
    state: { modelId, runId, snapshot: 'merged' },
    ...{ label: 'Fennimore merged', files: [questions], settings, task: 'evaluate' },
  });
  const paired = textFile('harrowgate.jsonl', [
    JSON.stringify(question).replaceAll('ennimore', 'arrowgate'),
  ]);
  const pairs = await client.call('experts.scorePairs', {
    ...{ runId, files: [paired], maxItems: 0, task: 'pairs' },
  });
  const gridFile = textFile('larkmoor.jsonl', [
    JSON.stringify(question).replaceAll('ennimore', 'arkmoor'),
  ]);
  const grid = await client.call('ablation.create', {
    ...{ name: 'Larkmoor grid', modelId, dataSetIds, recipe, files: [gridFile], settings },
    choice: { ablations: ['mka-da'], fractions: [[], []] },
  });
  for (const kind of ['conversation', 'judging'] as const) {
    const value = { text: `Pemberwick ${kind}` };
    await client.call('documents.put', { kind, id: `pemberwick-${kind}`, value });
  }
  const dtype = 'F32';
  await client.call('exports.build', {
    ...{ runId, what: 'run', dtype, branches: true, checkpoint: true, task: 'export' },
  });
  await client.call('exports.build', { runId, what: 'card', dtype, task: 'export' });
  const { tokens } = await client.call('data.render', {
    ...{ id: first, index: 0, modelId, labels: 'assistant', maxLength: 64 },
  });
  // Tokens in the middle of a record, as words of 32 bits: no other record has them in this order.
  const tokensOfFirst = Buffer.from(Uint32Array.from(tokens.slice(6, 14), ({ id }) => id).buffer);

  /** Searches before deleting, to see where the words were; afterwards only `kept` may be left. */
  const gone = async (
    remove: () => Promise<unknown>,
    words: readonly (string | Buffer)[],
    kept: readonly string[] = [],
  ): Promise<void> => {
    for (const word of words) expect(await find(files, [word]), String(word)).not.toEqual([]);
    await remove();
    expect(await find(files, words), String(words)).toEqual(kept);
  };

  // While the run exists, it keeps the id of this set that it trained on, but no text from it.
  await gone(
    () => client.call('data.remove', { id: first }),
    ['Quillfeather', 'quillfeather-ward', tokensOfFirst],
  );
  expect(await find(files, [first])).toEqual([`grids "${grid.id}"`, `runs "${runId}"`]);
  // Everything of the other set is still there.
  const samples = await client.call('runs.samples', { id: runId });
  expect(samples.prompts.map(({ dataSet }) => dataSet)).toEqual(samples.prompts.map(() => 1));
  expect(samples.points[0]?.answers).toHaveLength(samples.prompts.length);
  await gone(
    () => client.call('evaluation.remove', { ids: [evaluationId] }),
    [evaluationId, 'Fennimore', 'fennimore.jsonl', 'fennimore-task'],
  );
  await gone(
    () => client.call('experts.removePairs', { runId, id: pairs.id }),
    [pairs.id, 'Farrowgate', 'harrowgate.jsonl'],
  );
  for (const kind of ['conversation', 'judging'] as const) {
    await gone(
      () => client.call('documents.remove', { kind, id: `pemberwick-${kind}` }),
      [`Pemberwick ${kind}`, `pemberwick-${kind}`],
    );
  }
  await gone(
    () => client.call('ablation.remove', { id: grid.id }),
    [grid.id, 'Larkmoor', 'larkmoor.jsonl', 'Farkmoor'],
  );
  await gone(
    () => client.call('runs.remove', { id: runId }),
    [runId, 'Thistledown', 'thistledown-tag'],
  );
  await gone(
    () => client.call('data.remove', { id: second }),
    [second, 'Brambleworth', 'brambleworth-ward'],
  );
  await gone(() => client.call('models.remove', { id: modelId }), [modelId, 'Gorsebank']);

  // Nothing is left but what is known of the device, and nothing that this session still held comes back in the next.
  studio.close();
  const next = await openStorage(files, locks, NAME);
  await next.sweep();
  expect(
    (await recordsOf(NAME)).stores.flatMap(({ name, rows }) => (rows.length > 0 ? [name] : [])),
  ).toEqual(['tunings']);
  expect(await pathsOf(files)).toEqual([]);
  next.close();
});
