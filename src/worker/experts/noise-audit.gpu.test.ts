import { expect, test } from 'vitest';
import { openTestDevice } from '../../../test/gpu/kernel-bench.ts';
import { heldByNoise, noisiest } from '../../engine/evaluation/noise-audit/noise-audit.ts';
import { quickRecipe } from '../../engine/training/recipe/presets.ts';
import type { Recipe } from '../../engine/training/recipe/recipe.ts';
import { codeOf, openStudio, textFile, type Studio } from '../testing/studio.ts';

const modelId = 'stories260k';

const recipe: Recipe = {
  ...quickRecipe(),
  batch: { records: 4, microBatchTokens: 128, maxLength: 96 },
  validation: { fraction: 0.2, maxRecords: 4, everySteps: 1 },
};

async function trained({ client }: Studio, dataSetIds: readonly string[]): Promise<string> {
  const { id } = await client.call('runs.start', { name: 'run', modelId, dataSetIds, recipe });
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    const run = (await client.call('runs.list', {})).find((candidate) => candidate.id === id);
    expect(run?.error).toBeNull();
    if (run?.state === 'done') return id;
  }
}

test('records are measured with the Noise Aggregator and without it, and sets are copied without the noisiest', async () => {
  const gpu = await openTestDevice();
  const studio = await openStudio(async () => gpu);
  const { client } = studio;
  // All answers are the same: each record then has as many targets, and means over records are means over targets.
  const question = (i: number): string => `What did cat number ${i} say to its ${i * 7} friends?`;
  const lines = Array.from({ length: 20 }, (_, i) =>
    JSON.stringify({ prompt: question(i), response: 'A big red ball.' }),
  );
  const [set] = await client.call('data.import', {
    files: [textFile('know.jsonl', lines)],
    kinds: ['knowledge'],
    task: 'import',
  });
  const align = Array.from({ length: 12 }, (_, i) =>
    JSON.stringify({ prompt: `Is ${2 * i} even?`, response: 'yes' }),
  );
  const [other] = await client.call('data.import', {
    files: [textFile('align.jsonl', align)],
    kinds: ['alignment'],
    task: 'import',
  });
  const runId = await trained(studio, [set?.id ?? '', other?.id ?? '']);
  expect(await client.call('experts.noiseAudit', { runId })).toBeNull();
  expect(
    await codeOf(client.call('experts.leaveOutNoisiest', { runId, share: 0.1, task: 'copy' })),
  ).toBe('noise-audit-missing');

  const audit = await client.call('experts.auditNoise', { runId, maxRecords: 0, task: 'audit' });
  expect(audit.states).toEqual({ withNoise: 'stage1.end', without: 'stage1.after' });
  expect(audit.row).toHaveLength(audit.trained);
  // The run measured the same records at the end of the stage: its losses of both kinds, each with its records.
  const curves = await client.call('runs.curves', { id: runId });
  const splits = await client.call('data.split', {
    ids: [set?.id ?? '', other?.id ?? ''],
    seed: recipe.seed,
    validation: { fraction: 0.2, maxRecords: 4 },
  });
  const [know = 0, alike = 0] = splits.map(({ validation }) => validation);
  const measured = (snapshot: string): number => {
    const at = curves.validation.findLast(
      (point) => point.stage === 0 && point.snapshot === snapshot,
    );
    const sum = know * (at?.knowledge ?? Number.NaN) + alike * (at?.alignment ?? Number.NaN);
    return sum / (know + alike);
  };
  expect(audit.heldOut?.records).toBe(know + alike);
  expect(audit.heldOut?.withNoise).toBeCloseTo(measured('stage1.end'), 4);
  expect(audit.heldOut?.without).toBeCloseTo(measured('stage1.after'), 4);
  const held = heldByNoise(audit);
  expect(held.every(Number.isFinite)).toBe(true);
  expect(held.some((value) => Math.abs(value) > 1e-4)).toBe(true);
  expect(await client.call('experts.noiseAudit', { runId })).toEqual(audit);

  const few = await client.call('experts.auditNoise', { runId, maxRecords: 5, task: 'few' });
  expect(few.row).toHaveLength(5);
  expect([...few.withNoise]).toEqual([...audit.withNoise.slice(0, 5)]);

  await client.call('experts.auditNoise', { runId, maxRecords: 0, task: 'again' });
  const copies = await client.call('experts.leaveOutNoisiest', { runId, share: 0.1, task: 'copy' });
  const out = noisiest(audit, 0.1);
  for (const copy of copies) {
    const from = audit.dataSetIds.indexOf(
      copy.kind === 'knowledge' ? (set?.id ?? '') : (other?.id ?? ''),
    );
    const rows = [...out].flatMap((place) =>
      audit.dataSet[place] === from ? [audit.row[place] ?? -1] : [],
    );
    const before = copy.kind === 'knowledge' ? set : other;
    expect(copy.records).toBe((before?.records ?? 0) - rows.length);
    const left = await client.call('data.rows', { id: copy.id, from: 0, count: 100 });
    const all = await client.call('data.rows', { id: before?.id ?? '', from: 0, count: 100 });
    expect(left.map(({ messages }) => messages)).toEqual(
      all.filter(({ index }) => !rows.includes(index)).map(({ messages }) => messages),
    );
  }
  expect(copies.length).toBeGreaterThan(0);

  await client.call('runs.remove', { id: runId });
  expect(await codeOf(client.call('experts.noiseAudit', { runId }))).toBe('run-missing');
  studio.close();
  gpu.close();
}, 120_000);
