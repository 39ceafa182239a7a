/** The worked example that comes with the studio opens as any archive, with everything that the pages show of it. */
import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { sameAccuracy } from '../../studio/experts/expert-figures.ts';
import { EXAMPLE, EXAMPLE_BYTES } from '../../studio/exports/example-run.ts';
import { codeOf, openStudio } from '../testing/studio.ts';

/** The states that scripts/shipped/example.ts measures. */
const MEASURED = ['base', 'stage1.end', 'stage1.after', 'merged'];

test('it opens beside the built-in model: curves of both stages, routing, growth, scores, branches', async () => {
  const studio = await openStudio();
  const { client } = studio;
  const bytes = new Uint8Array(await readFile(`public/${EXAMPLE.path}`));
  expect(bytes.length).toBeLessThanOrEqual(EXAMPLE_BYTES);
  const file = new File([bytes], 'example.run.zip');
  const run = await client.call('archive.open', { file, task: 'open' });
  expect(run).toMatchObject({ id: EXAMPLE.id, state: 'done', modelId: 'medcare-nano' });
  expect(run.origin).toMatchObject({ baseHere: true, branches: true });
  expect(run.snapshots.map(({ id }) => id)).toEqual(expect.arrayContaining(MEASURED));

  const { steps, validation } = await client.call('runs.curves', { id: run.id });
  expect(new Set(steps.map(({ stage }) => stage))).toEqual(new Set([0, 1]));
  expect(steps.length).toBe(run.stages.reduce((sum, stage) => sum + stage.steps, 0));
  for (const { nll } of steps) expect(nll).toBeGreaterThan(0);
  expect(validation.length).toBeGreaterThan(3);

  const { counts } = await client.call('experts.report', { runId: run.id });
  expect(counts.length).toBeGreaterThan(0);
  const [scored] = await client.call('experts.pairEvaluations', { runId: run.id });
  expect(scored?.pairs).toHaveLength(6);
  expect(scored?.tasks.toSorted()).toEqual(['medmcqa', 'mts-section']);
  // Accuracy cannot tell the pairs apart, so figure 4 shows their likelihoods, which differ.
  expect(sameAccuracy(scored ?? null, 'medmcqa')).not.toBeNull();
  const likelihoods = scored?.pairs.map((pair) => pair.tasks[0]?.logLikelihood);
  expect(new Set(likelihoods).size).toBe(6);
  // The shortcut check of each state, with what it found.
  const { shortcuts = [] } = run.origin ?? {};
  for (const { id } of run.snapshots.filter(({ id }) => MEASURED.includes(id))) {
    const found = shortcuts.filter(({ snapshot }) => snapshot === id);
    expect(
      found.map(({ shortcut }) => shortcut),
      id,
    ).toContain('options');
    for (const { items } of found) expect(items).toBeGreaterThan(0);
  }
  const scores = run.origin?.scores ?? [];
  for (const snapshot of MEASURED) {
    const tasks = scores.filter((score) => score.snapshot === snapshot).map(({ task }) => task);
    expect(tasks.toSorted(), snapshot).toEqual(['medmcqa', 'mts-section']);
  }
  // What the guide says of them (views/example/text.ts).
  const exam = (snapshot: string) =>
    scores.find((score) => score.snapshot === snapshot && score.task === 'medmcqa')?.againstBase;
  expect([exam('stage1.after')?.shows, exam('merged')?.shows]).toEqual([true, false]);
  const losses = (snapshot: string) => validation.findLast((point) => point.snapshot === snapshot);
  const [base, before, after, merged] = MEASURED.map(losses);
  for (const kind of ['knowledge', 'alignment'] as const) {
    expect(before?.[kind]).toBeLessThan(base?.[kind] ?? Number.NaN);
    expect(after?.[kind]).toBeGreaterThan(before?.[kind] ?? Number.NaN);
  }
  expect(merged?.alignment).toBeLessThan(before?.alignment ?? Number.NaN);
  expect(merged?.knowledge).toBeGreaterThan(after?.knowledge ?? Number.NaN);
  expect(await codeOf(client.call('archive.open', { file, task: 'again' }))).toBe(
    'run-archive-here',
  );
  studio.close();
});
