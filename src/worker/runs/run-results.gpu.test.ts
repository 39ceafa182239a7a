import { expect, test } from 'vitest';
import { openTestDevice } from '../../../test/gpu/kernel-bench.ts';
import { quickRecipe } from '../../engine/training/recipe/presets.ts';
import type { Recipe } from '../../engine/training/recipe/recipe.ts';
import { memoryStore } from '../../storage/files/memory-store.ts';
import type { RunSummary } from '../../contract/runs.ts';
import { codeOf, openStudio, textFile } from '../testing/studio.ts';

const modelId = 'stories260k';

const recipe: Recipe = {
  ...quickRecipe(),
  batch: { records: 4, microBatchTokens: 128, maxLength: 96 },
  validation: { fraction: 0.2, maxRecords: 4, everySteps: 1 },
  samples: { prompts: 2, everySteps: 2, maxTokens: 5 },
};

test('a run keeps its best step, its samples and what was written on it; a dry run finds the longest record', async () => {
  const gpu = await openTestDevice();
  const kept = { files: memoryStore(), name: 'run-results' };
  const studio = await openStudio(async () => gpu, kept);
  const { client, events } = studio;
  const lines = (count: number, answer: (i: number) => string): string[] =>
    Array.from({ length: count }, (_, i) =>
      JSON.stringify({ prompt: `Is ${i} even?`, response: answer(i) }),
    );
  const long = JSON.stringify({ prompt: 'Tell me all.', response: 'and then a cat '.repeat(12) });
  const sets = await client.call('data.import', {
    files: [
      textFile('know.jsonl', [...lines(12, (i) => `A cat with ${i} hats.`), long]),
      textFile(
        'align.jsonl',
        lines(12, (i) => (i % 2 === 0 ? 'yes' : 'no')),
      ),
    ],
    task: 'import',
  });
  const dataSetIds = sets.map(({ id }) => id);
  for (const [index, kind] of (['knowledge', 'alignment'] as const).entries()) {
    await client.call('data.setKind', { id: dataSetIds[index] ?? '', kind });
  }

  const dry = await client.call('runs.dry', { modelId, dataSetIds, recipe, task: 'dry' });
  expect(dry).toMatchObject({ longest: 96, fromData: true, rows: 128 });
  expect(dry?.record).toEqual({ dataSet: 0, row: 12 });
  expect(dry?.peakBytes).toBe(dry?.plannedBytes);
  expect(gpu.ledger.total).toBe(0);

  const { id } = await client.call('runs.start', { name: 'run', modelId, dataSetIds, recipe });
  const dryWhileRunning = client.call('runs.dry', { modelId, dataSetIds, recipe, task: 'dry' });
  expect(await codeOf(dryWhileRunning)).toBe('profile-refused');
  let run: RunSummary | undefined;
  while (run?.state !== 'done') {
    await new Promise((resolve) => setTimeout(resolve, 20));
    run = (await client.call('runs.list', {})).find((candidate) => candidate.id === id);
    expect(run?.error).toBeNull();
  }
  // The longest record was known: the dry run before had tokenised everything.
  expect(run.dryRun).toMatchObject({ longest: 96, fromData: true });
  expect(run.snapshots.map((snapshot) => snapshot.id)).toEqual([
    'base',
    'stage1.best',
    'stage1.end',
    'stage1.after',
    'stage2.best',
    'stage2.end',
    'merged',
  ]);
  const curves = await client.call('runs.curves', { id });
  const [, second] = run.best ?? [];
  const ofStage2 = curves.validation.filter(
    ({ stage, snapshot }) => stage === 1 && snapshot !== 'merged',
  );
  expect(second?.loss).toBe(Math.min(...ofStage2.map(({ alignment }) => alignment ?? Infinity)));

  const samples = await client.call('runs.samples', { id });
  expect(samples.prompts).toHaveLength(2);
  expect(samples.prompts[1]?.text).toMatch(/^Is \d+ even\?$/);
  expect(samples.points[0]).toMatchObject({ snapshot: 'base', stage: 0, step: 0 });
  expect(samples.points.at(-1)).toMatchObject({ snapshot: 'stage2.end' });
  for (const { answers, endless } of samples.points) expect(endless).toHaveLength(answers.length);
  expect(events.filter(({ type }) => type === 'runs.samples').length).toBeGreaterThan(1);

  const settings = {
    ...{ temperature: 0, topP: 1, topK: 0, repetitionPenalty: 1, maxTokens: 5, seed: 0 },
  };
  const messages = [{ role: 'user' as const, content: 'Is 3 even?' }];
  const ask = (snapshot: string) =>
    client.call('chat.generate', {
      task: 'chat',
      state: { modelId, runId: id, snapshot },
      messages,
      settings,
    });
  expect((await ask('stage2.best')).tokens).toBeGreaterThan(0);
  const exported = { runId: id, what: 'gguf', dtype: 'F16', task: 'export' } as const;
  const last = await client.call('exports.build', exported);
  const ofBest = await client.call('exports.build', { ...exported, best: true });
  expect([last.name, ofBest.name]).toEqual(['run.F16.gguf', 'run-best.F16.gguf']);
  expect(ofBest.blob.size).toBe(last.blob.size);

  await client.call('runs.annotate', { id, tags: ['first', 'first', 'nano'], notes: 'λ as it is' });
  studio.close();

  const later = await openStudio(async () => gpu, kept);
  const [stored] = await later.client.call('runs.list', {});
  expect(stored).toMatchObject({ tags: ['first', 'nano'], notes: 'λ as it is' });
  expect(await later.client.call('runs.samples', { id })).toEqual(samples);
  // The record names its files, so the reload swept none of them.
  const best = { modelId, runId: id, snapshot: 'stage1.best' };
  const again = await later.client.call('chat.logits', { state: best, messages });
  expect(again.every(Number.isFinite)).toBe(true);
  later.close();
  gpu.close();
});
