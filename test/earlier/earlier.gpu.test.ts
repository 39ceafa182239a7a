import { readFile } from 'node:fs/promises';
import { unzipSync } from 'fflate';
import { afterAll, expect, test } from 'vitest';
import { openTestDevice } from '../gpu/kernel-bench.ts';
import { localLocks } from '../../src/storage/locks.ts';
import { memoryStore } from '../../src/storage/files/memory-store.ts';
import { openStorage } from '../../src/storage/storage.ts';
import type { EvaluationFigures, EvaluationSummary } from '../../src/contract/evaluation.ts';
import type { RunSummary } from '../../src/contract/runs.ts';
import { openStudio, type Studio } from '../../src/worker/testing/studio.ts';
import { relativeL2 } from '../../src/engine/testing/numbers.ts';
import { figuresOf, greedyText, type RunFigures } from './figures.ts';
import { pathsOf, unpackProfile } from './profile.ts';

/** What versions before this one stored is opened, and goes on to what they would have come to. */

const FOLDER = 'test/fixtures/earlier/0.1.0';

interface Expected {
  readonly adapter: { readonly description: string };
  readonly whole: Readonly<Record<string, RunFigures>>;
  readonly done: RunFigures & {
    readonly said: string;
    readonly evaluation: EvaluationSummary & { readonly figures: EvaluationFigures };
  };
}

const expected = JSON.parse(await readFile(`${FOLDER}/expected.json`, 'utf8')) as Expected;
const packed = new Uint8Array(await readFile(`${FOLDER}/profile.zip`));
const gpu = await openTestDevice();
afterAll(() => gpu.close());

/** Every bit is the same where the driver is the one that the figures were made with, which had subgroups. */
const sameDriver = gpu.adapter.description === expected.adapter.description && gpu.traits.subgroups;

async function openProfile() {
  const files = memoryStore();
  const name = `earlier-${crypto.randomUUID()}`;
  await unpackProfile(packed, name, files);
  // As a worker does when it starts.
  const storage = await openStorage(files, localLocks(), name);
  await storage.sweep();
  storage.close();
  const studio = await openStudio(async () => gpu, { files, name, locks: localLocks() });
  return { ...studio, files };
}

async function runNamed({ client }: Studio, name: string): Promise<RunSummary> {
  const run = (await client.call('runs.list', {})).find((candidate) => candidate.name === name);
  if (!run) throw new Error(`no run "${name}"`);
  return run;
}

/** Goes on with a run to its end. */
async function finish(studio: Studio, id: string): Promise<RunSummary> {
  const { client } = studio;
  const ended = new Promise<RunSummary>((resolve) => {
    client.subscribe((event) => {
      if (event.type !== 'runs.changed' || event.run.id !== id) return;
      if (['done', 'stopped', 'failed', 'interrupted'].includes(event.run.state)) {
        resolve(event.run);
      }
    });
  });
  await client.call('runs.resume', { id });
  return ended;
}

/** What earlier versions measured: they kept no losses of single records. */
function measured({
  logits: _logits,
  logitsHash: _hash,
  validation,
  ...rest
}: RunFigures): unknown {
  return { ...rest, validation: validation.map(({ records: _records, ...point }) => point) };
}

/**
 * What was trained is held bit by bit on the same driver; on others to what does not hang on rounding, and to near
 * losses. Logits may be rounded otherwise: the kernels of answers may change, those of training may not.
 */
function holdTo(found: RunFigures, wanted: RunFigures, told: string): void {
  if (sameDriver) {
    expect(measured(found), told).toEqual(measured(wanted));
    const distance = relativeL2(found.logits, wanted.logits);
    expect(distance, `logits of ${told}`).toBeLessThanOrEqual(1e-5);
    return;
  }
  const exact = ({ steps, validation, routing }: RunFigures): unknown => [
    steps.map(({ stage, step, tokens, targetTokens, learningRate }) => ({
      ...{ stage, step, tokens, targetTokens, learningRate },
    })),
    validation.map(({ stage, step, snapshot }) => ({ stage, step, snapshot })),
    routing.map(({ layer, projection, task, tokens }) => ({ layer, projection, task, tokens })),
  ];
  expect(exact(found), told).toEqual(exact(wanted));
  for (const [i, { nll }] of wanted.steps.entries()) {
    const difference = Math.abs((found.steps[i]?.nll ?? NaN) - nll);
    expect(difference, `${told}, step ${i}`).toBeLessThan(0.02 * nll);
  }
}

test.each([
  // Its browser ended three steps after the checkpoint.
  ['Plain text', { stage: 0, step: 3 }],
  // Paused in its second stage when its browser ended; its model was dropped by a person.
  ['With a template', { stage: 1, step: 2 }],
])('0.1.0: "%s" goes on to the end that it would have had', async (name, checkpoint) => {
  const studio = await openProfile();
  const run = await runNamed(studio, name);
  expect(run).toMatchObject({ state: 'interrupted', checkpoint, error: null });
  const ended = await finish(studio, run.id);
  expect(ended).toMatchObject({ state: 'done', error: null });
  // The places of records that teach nothing stay empty, as they did from the first step on.
  expect(ended.data?.withoutTargets).toBe(7);
  const wanted = expected.whole[name];
  if (!wanted) throw new Error(`nothing is known of "${name}"`);
  holdTo(await figuresOf(studio, studio.files, run.modelId, run.id), wanted, name);
  studio.close();
});

test('0.1.0: a finished run, its evaluation and a conversation are there, and the run is in use at once', async () => {
  const studio = await openProfile();
  const { client, files } = studio;
  // What was made to be saved went with the tab, and tokens are made again; nothing else went.
  const paths = Object.keys(unzipSync(packed)).flatMap(
    (path) => /^files\/(.*)/.exec(path)?.[1] ?? [],
  );
  const kept = paths.filter((path) => !/^(?:exports|tokens)\//.test(path));
  expect(paths.length - kept.length).toBe(5);
  expect(await pathsOf(files)).toEqual(kept.sort());
  const run = await runNamed(studio, 'Done');
  expect(run.state).toBe('done');
  const { said, evaluation, ...figures } = expected.done;
  holdTo(await figuresOf(studio, files, run.modelId, run.id), figures, 'Done');
  const state = { modelId: run.modelId, runId: run.id, snapshot: 'merged' };
  if (sameDriver) expect(await greedyText(studio, state)).toBe(said);
  // The answers are those of the evaluation; its figures are counted anew, with the intervals of this version.
  const { figures: counted, ...listed } = evaluation;
  const [found, ...others] = await client.call('evaluation.list', {});
  expect(others).toEqual([]);
  expect(found).toMatchObject({ ...listed, updatedAt: listed.updatedAt });
  const [score, ...scores] = found?.figures?.tasks ?? [];
  expect(scores).toEqual([]);
  expect(score).toMatchObject({ ...counted.tasks[0], interval: expect.anything() as unknown });
  // Wilson's interval of 1 of 2.
  expect(score?.interval?.low).toBeCloseTo(0.0945, 4);
  expect(score?.interval?.high).toBeCloseTo(0.9055, 4);
  expect(score?.baseline?.chance).toBeCloseTo(0.5, 12);
  expect(await client.call('documents.list', { kind: 'conversation' })).toEqual([
    { id: 'c', value: { words: 'kept' } },
  ]);
  studio.close();
});

test('0.1.0: a run archive is opened, and its states are those that were archived', async () => {
  const entries = unzipSync(packed);
  const path = Object.keys(entries).find((name) => name.endsWith('.run.zip')) ?? '';
  const bytes = entries[path];
  if (!bytes) throw new Error('no archive in the profile');
  const files = memoryStore();
  const name = `earlier-archive-${crypto.randomUUID()}`;
  const studio = await openStudio(async () => gpu, { files, name });
  const file = new File([bytes.slice()], 'Done.run.zip');
  const run = await studio.client.call('archive.open', { file, task: 'open' });
  expect(run).toMatchObject({
    state: 'done',
    name: 'Done',
    origin: { baseHere: true, branches: true },
  });
  const { said, evaluation: _evaluation, samples: _samples, ...figures } = expected.done;
  const found = await figuresOf(studio, files, run.modelId, run.id);
  holdTo({ ...found, samples: null as never }, { ...figures, samples: null as never }, 'archive');
  const state = { modelId: run.modelId, runId: run.id, snapshot: 'merged' };
  if (sameDriver) expect(await greedyText(studio, state)).toBe(said);
  studio.close();
});
