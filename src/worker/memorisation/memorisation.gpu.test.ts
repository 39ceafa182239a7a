/** A run with canaries: planted, kept out of validation, measured in every state, archived, and opened elsewhere. */
import { expect, test } from 'vitest';
import { openTestDevice } from '../../../test/gpu/kernel-bench.ts';
import { quickRecipe } from '../../engine/training/recipe/presets.ts';
import type { Recipe } from '../../engine/training/recipe/recipe.ts';
import type { RunSummary } from '../../contract/runs.ts';
import { codeOf, openStudio, textFile, type Studio } from '../testing/studio.ts';

const modelId = 'stories260k';

const quick = quickRecipe();
const recipe: Recipe = {
  ...quick,
  stages: quick.stages.map((stage) => ({ ...stage, epochs: 1 })),
  batch: { records: 16, microBatchTokens: 256, maxLength: 96 },
  validation: { fraction: 0.2, maxRecords: 8, minRecords: 2, everySteps: 0 },
  samples: { prompts: 0, everySteps: 0, maxTokens: 1 },
};
const names = { knowledge: 'Canaries, knowledge', alignment: 'Canaries, alignment' };
const plan = { seed: 7, times: [0, 2], each: 1, names };

const colours = ['red', 'green', 'blue', 'white', 'black'];
const lines = (what: string): string[] =>
  Array.from({ length: 12 }, (_, i) =>
    JSON.stringify({
      prompt: `Tell me of ${what} ${i}`,
      response: `The ${what} had ${colours[i % 5] ?? ''} hats and ${colours[(i * 3) % 5] ?? ''} shoes, and ${i + 3} friends to play with in the big garden.`,
    }),
  );

async function trained(studio: Studio): Promise<RunSummary> {
  const { client } = studio;
  const sets = await client.call('data.import', {
    files: [textFile('cats.jsonl', lines('cat')), textFile('dogs.jsonl', lines('dog'))],
    kinds: ['knowledge', 'alignment'],
    task: 'import',
  });
  const own = sets.map(({ id }) => id);
  const planted = await client.call('memorisation.plant', { dataSetIds: own, ...plan });
  expect(planted.map(({ name, kind, records }) => [name, kind, records])).toEqual([
    ['Canaries, knowledge', 'knowledge', 2],
    ['Canaries, alignment', 'alignment', 2],
  ]);
  expect(planted.map(({ canaries }) => canaries?.first)).toEqual([0, 2]);
  // The same canaries are the same sets.
  expect(await client.call('memorisation.plant', { dataSetIds: own, ...plan })).toEqual(planted);
  const dataSetIds = [...own, ...planted.map(({ id }) => id)];
  const { everySteps: _often, ...validation } = recipe.validation;
  const { seed } = recipe;
  const split = await client.call('data.split', { ids: dataSetIds, seed, validation });
  expect(split.map(({ validation }) => validation)).toEqual([2, 2, 0, 0]);
  const { id } = await client.call('runs.start', { name: 'run', modelId, dataSetIds, recipe });
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    const run = (await client.call('runs.list', {})).find((candidate) => candidate.id === id);
    expect(run?.error).toBeNull();
    if (run?.state === 'done') return run;
  }
}

test('a run with canaries says what each state remembers, and its archive brings figures and canaries', async () => {
  const gpu = await openTestDevice();
  const studio = await openStudio(async () => gpu);
  const { client, events } = studio;
  const { id: runId, dataSetIds } = await trained(studio);
  const settings = { records: 16, continued: 4, draws: 1 };

  const ended = client.call('memorisation.measure', { runId, settings, task: 'ended' });
  await new Promise<void>((resolve) => {
    const stop = client.subscribe((event) => {
      if (event.type !== 'tasks.progress' || event.task !== 'ended' || !event.fraction) return;
      stop();
      void client.call('tasks.cancel', { task: 'ended' });
      resolve();
    });
  });
  expect(await codeOf(ended)).toBe('cancelled');
  expect((await client.call('runs.list', {}))[0]?.memorisation).toBeUndefined();

  // What the run trained on is not there any more: other records would be taken for its own.
  const [id = ''] = dataSetIds;
  await client.call('data.setKind', { id, kind: 'alignment' });
  const changedInputs = client.call('memorisation.measure', { runId, settings, task: 'changed' });
  expect(await codeOf(changedInputs)).toBe('run-inputs-changed');
  await client.call('data.setKind', { id, kind: 'knowledge' });

  const memorisation = await client.call('memorisation.measure', {
    ...{ runId, settings, task: 'measure' },
  });
  const { states, drop } = memorisation;
  expect(memorisation).toMatchObject({ references: 31, canaries: 4, planted: 4, heldOut: 4 });
  expect(states.map(({ snapshot }) => snapshot)).toEqual([
    ...['base', 'stage1.end', 'stage1.after', 'merged'],
  ]);
  expect(states.map(({ membership }) => membership === null)).toEqual([true, false, false, false]);
  for (const { exposures, extraction } of states) {
    expect(exposures.map(({ kind, times, canaries }) => [kind, times, canaries])).toEqual(
      ['knowledge', 'alignment'].flatMap((kind) => [0, 2].map((times) => [kind, times, 1])),
    );
    expect(extraction?.records).toBe(4);
  }
  expect(drop).toMatchObject({ branches: ['na'], before: 'stage1.end', after: 'stage1.after' });
  expect(drop?.changes.map(({ measure }) => measure)).toEqual([
    ...['exposure', 'membership', 'extraction'],
  ]);
  const changed = events.filter((event) => event.type === 'runs.changed').at(-1);
  expect(changed?.run.memorisation).toEqual(memorisation);

  const archive = await client.call('exports.build', {
    ...{ runId, what: 'run', dtype: 'F32', branches: true, checkpoint: false, task: 'archive' },
  });
  studio.close();

  const elsewhere = await openStudio(async () => gpu);
  const opened = await elsewhere.client.call('archive.open', {
    ...{ file: new File([archive.blob], archive.name), task: 'open' },
  });
  expect(opened.memorisation).toEqual({ ...memorisation, leaks: [] });
  // Canaries are made again from their marks, as the sets that the run trained on.
  const made = await elsewhere.client.call('data.list', {});
  const fingerprints = opened.origin?.dataSets.map(({ fingerprint }) => fingerprint);
  expect(made.map(({ fingerprint }) => fingerprint)).toEqual(fingerprints?.slice(2));
  expect(made.map(({ id }) => id)).toEqual(opened.dataSetIds.slice(2));
  elsewhere.close();
});
