import 'fake-indexeddb/auto';
import { readFile } from 'node:fs/promises';
import { unzipSync } from 'fflate';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTestDevice } from '../../test/gpu/kernel-bench.ts';
import { quickRecipe } from '../engine/training/recipe/presets.ts';
import type { Recipe } from '../engine/training/recipe/recipe.ts';
import { openMemoryStorage } from '../storage/storage.ts';
import type { Handlers } from './dispatcher.ts';
import { createHandlers } from './handlers.ts';
import type { DataSetSummary } from '../contract/data.ts';
import type { ModelStateId } from '../contract/fields.ts';
import type { RunSummary } from '../contract/runs.ts';
import type { WorkerEvent } from '../contract/contract.ts';
import { heldToContract } from './testing/listed-faults.ts';
import { findersHere } from './testing/studio.ts';
import { localChannel } from './tokens/token-channel.ts';
import { TokenPool } from './tokens/token-pool.ts';

/**
 * The worker's own path in Node, with storage in memory: the test calls directly what a page reaches through
 * clicks, so that logits can be compared figure by figure.
 */

const gpu = await openTestDevice();
const modelId = 'stories260k';
const listeners = new Set<(event: WorkerEvent) => void>();
let handlers: Handlers;
let sets: readonly DataSetSummary[];
let run: RunSummary;

beforeAll(async () => {
  const own = createHandlers({
    storage: await openMemoryStorage('whole-path'),
    publicFiles: { read: async (path) => new Uint8Array(await readFile(`public/${path}`)) },
    openDevice: async () => gpu,
    estimate: async () => ({ usage: 0, quota: 0, persistent: false }),
    emit: (event) => {
      for (const listener of listeners) listener(event);
    },
    tokenPool: new TokenPool(localChannel, 1),
    finders: findersHere(),
    searchThread: null,
  });
  handlers = heldToContract(own);
  const names = ['body.alpaca.jsonl', 'children.prompt-response.jsonl'];
  const files = await Promise.all(
    names.map(async (name) => new File([await readFile(`e2e/fixtures/${name}`)], name)),
  );
  sets = await handlers['data.import']({ files, task: 'import' });
  run = await train();
});
afterAll(() => {
  const { fault } = gpu;
  gpu.close();
  expect(fault).toBeNull();
});

function shortRecipe(): Recipe {
  const recipe = quickRecipe();
  return {
    ...recipe,
    batch: { records: 8, microBatchTokens: 256, maxLength: 128 },
    // Branches large enough that leaving one out would be seen in the logits.
    optimizer: { ...recipe.optimizer, learningRate: 1e-2 },
    checkpointEverySteps: 2,
  };
}

/** Trains both stages and gives the run as it ended. */
async function train(): Promise<RunSummary> {
  const ended = new Promise<RunSummary>((resolve) => {
    listeners.add((event) => {
      if (event.type !== 'runs.changed') return;
      if (['done', 'failed', 'interrupted'].includes(event.run.state)) resolve(event.run);
    });
  });
  const dataSetIds = sets.map(({ id }) => id);
  const recipe = shortRecipe();
  await handlers['runs.start']({ name: 'whole path', modelId, dataSetIds, recipe });
  return ended;
}

const messages = [{ role: 'user' as const, content: 'What does the heart do?' }];

async function logits(state: ModelStateId): Promise<Float32Array> {
  return handlers['chat.logits']({ state, messages });
}

async function greedy(state: ModelStateId): Promise<string> {
  const settings = {
    temperature: 0,
    topP: 1,
    topK: 0,
    repetitionPenalty: 1,
    maxTokens: 40,
    seed: 1,
  };
  const result = await handlers['chat.generate']({ task: 'chat', state, messages, settings });
  expect(result.tokens).toBeGreaterThan(0);
  return result.text;
}

function largestDifference(one: Float32Array, other: Float32Array): number {
  expect(one.length).toBe(other.length);
  return one.reduce((most, value, i) => Math.max(most, Math.abs(value - (other[i] ?? NaN))), 0);
}

test('data in, both stages, merged as unmerged, and the export is the merged model', async () => {
  expect(sets.map(({ kind, records, problems }) => [kind, records, problems])).toEqual([
    ['knowledge', 24, 5],
    ['alignment', 20, 3],
  ]);
  expect(run.error).toBeNull();
  expect(run.state).toBe('done');
  expect(run.snapshots.map(({ id }) => id)).toEqual([
    'base',
    'stage1.best',
    'stage1.end',
    'stage1.after',
    'stage2.best',
    'stage2.end',
    'merged',
  ]);
  const at = (snapshot: string): ModelStateId => ({ modelId, runId: run.id, snapshot });

  const base = await logits({ modelId, runId: null, snapshot: 'base' });
  const unmerged = await logits(at('stage2.end'));
  const merged = await logits(at('merged'));
  expect(largestDifference(unmerged, merged)).toBeLessThan(1e-3);
  // The bound is meaningful only if training moved the logits by far more than the bound.
  expect(largestDifference(base, merged)).toBeGreaterThan(0.1);

  const { name, blob } = await handlers['exports.build']({
    runId: run.id,
    what: 'merged',
    dtype: 'F32',
    task: 'export',
  });
  expect(name).toBe('whole-path.zip');
  const entries = Object.entries(unzipSync(new Uint8Array(await blob.arrayBuffer())));
  const paths = entries.map(([path]) => path.slice(path.indexOf('/') + 1));
  const files = entries.map(([, bytes], i) => new File([bytes.slice()], paths[i] ?? ''));
  const imported = await handlers['models.import']({
    files,
    paths,
    name: 'again',
    task: 'import',
  });
  const again: ModelStateId = { modelId: imported.id, runId: null, snapshot: 'base' };
  expect(largestDifference(await logits(again), merged)).toBe(0);
  expect(await greedy(again)).toBe(await greedy(at('merged')));

  const file = await handlers['exports.build']({
    runId: run.id,
    what: 'gguf',
    dtype: 'F16',
    task: 'export',
  });
  expect(file.name).toBe('whole-path.F16.gguf');
  const fromGguf = await handlers['models.import']({
    files: [new File([file.blob], file.name)],
    paths: [file.name],
    name: 'as GGUF',
    task: 'import',
  });
  const halved: ModelStateId = { modelId: fromGguf.id, runId: null, snapshot: 'base' };
  // Weights in 16 bit: an error of half of 2^-10 of each, summed over rows of 64 and 172 in five layers.
  const largest = largestDifference(merged, new Float32Array(merged.length));
  expect(largestDifference(await logits(halved), merged)).toBeLessThan(5e-3 * largest);
});

test('experts are counted for every token that trained, K of them each', async () => {
  const report = await handlers['experts.report']({ runId: run.id });
  const { counts, experts, active } = report;
  expect([experts, active]).toEqual([4, 2]);
  const { steps } = await handlers['runs.curves']({ id: run.id });
  const trained = steps
    .filter(({ stage }) => stage === 0)
    .reduce((sum, { tokens }) => sum + tokens, 0);
  const tasks = new Set(counts.map(({ task }) => task));
  expect(tasks.size).toBe(2);
  const linears = new Set(counts.map(({ layer, projection }) => `${layer}.${projection}`));
  expect(linears.size).toBe(5 * 3);
  for (const linear of linears) {
    const own = counts.filter(({ layer, projection }) => `${layer}.${projection}` === linear);
    expect(own.reduce((sum, { tokens }) => sum + tokens, 0)).toBe(trained);
    for (const { tokens, pairs, weights } of own) {
      const chosen = Array.from({ length: experts }, (_, e) => pairs[e * experts + e] ?? 0);
      expect(chosen.reduce((sum, count) => sum + count, 0)).toBe(tokens * active);
      const both = pairs.filter((_, i) => Math.floor(i / experts) < i % experts);
      expect(both.reduce((sum, count) => sum + count, 0)).toBe(tokens);
      // Gate weights of a token add up to one.
      const gates = weights.reduce((sum, weight) => sum + weight, 0);
      expect(Math.abs(gates / tokens - 1)).toBeLessThan(1e-3);
    }
  }
});
