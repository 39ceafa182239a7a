/** The trainer's Python code without torch gives what its TypeScript twins give: order, packing, layout, archives. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { recordChunks, trainingWords } from '../../src/archive/hand-off/record-file.ts';
import {
  indexText,
  parseIndex,
  shardPath,
  type Shard,
} from '../../src/archive/prepared/prepared-index.ts';
import { shardChunks } from '../../src/archive/prepared/shard-file.ts';
import { checkArchive, openArchive } from '../../src/archive/archive-reader.ts';
import { layOutBranches } from '../../src/engine/branches/layout.ts';
import {
  initialParameters,
  packParameters,
  unpackParameters,
} from '../../src/engine/branches/parameters.ts';
import { keepScale } from '../../src/engine/kernels/random.reference.ts';
import { randomWord } from '../../src/engine/kernels/random-words.ts';
import { parseModelConfig } from '../../src/engine/model/config.ts';
import { packRecords, type TokenRecord } from '../../src/engine/model/packing.ts';
import { projections } from '../../src/engine/model/projections.ts';
import { projectionShape } from '../../src/engine/model/weights.ts';
import {
  paperRecipe,
  presetNames,
  presetRecipe,
} from '../../src/engine/training/recipe/presets.ts';
import type { Recipe } from '../../src/engine/training/recipe/recipe.ts';
import { learningRate } from '../../src/engine/training/recipe/schedule.ts';
import {
  branchMetadata,
  encodeBranches,
  encodeCheckpoint,
} from '../../src/engine/training/run/checkpoint.ts';
import { shuffledIndices } from '../../src/engine/training/run/data-order.ts';
import { StageRecords } from '../../src/engine/training/run/record-source.ts';
import { bestSnapshot, snapshotsAfter } from '../../src/engine/training/run/snapshots.ts';
import { validationRows } from '../../src/engine/training/run/validation-split.ts';
import {
  remainingBranches,
  stageBranches,
  type Merging,
} from '../../src/engine/training/stage/branch-plans.ts';
import { growthDue } from '../../src/engine/training/stage/growth-event.ts';
import { memorySource, type ByteSource } from '../../src/formats/files/byte-source.ts';
import { Sealer } from '../../src/formats/files/sealer.ts';
import { NO_TARGET } from '../../src/text/labels/no-target.ts';
import { openPython, type Python } from './python.ts';

let python: Python;
beforeAll(async () => {
  python = await openPython();
});

const config = parseModelConfig({
  ...{ model_type: 'qwen2', hidden_size: 60, num_hidden_layers: 2, intermediate_size: 154 },
  ...{ num_attention_heads: 6, num_key_value_heads: 3, vocab_size: 509 },
  max_position_embeddings: 256,
});
const shape = {
  layers: config.layers,
  projections: Object.fromEntries(
    projections.map((projection) => {
      const { outputs, inputs } = projectionShape(config, projection);
      return [projection, [outputs, inputs]];
    }),
  ),
};
const small = paperRecipe({ rank: 3, sharedExperts: 3, experts: 5, active: 3 });
const recipes: Recipe[] = [small, ...presetNames.map((name) => presetRecipe(name))];

/** Random numbers that every run of the test draws again. */
function draws(count: number): number[] {
  return Array.from({ length: count }, (_, i) => randomWord(15, 1, 2, i));
}

/** Records of all lengths up to 48; every ninth teaches nothing. */
function someRecords(count: number): (TokenRecord | null)[] {
  const words = draws(count * 50);
  return Array.from({ length: count }, (_, row) => {
    const own = words.slice(row * 50, (row + 1) * 50);
    const length = 2 + ((own[0] ?? 0) % 47);
    const ids = Uint32Array.from(own.slice(1, 1 + length), (word) => word % 509);
    const first = 1 + ((own[49] ?? 0) % (length - 1));
    const labels = Int32Array.from(ids, (id, t) => (t < first ? NO_TARGET : id));
    return row % 9 === 4 ? null : { ids, labels, task: row % 3 };
  });
}

const asJson = (records: readonly (TokenRecord | null)[]) =>
  records.map((one) => one && { ids: [...one.ids], labels: [...one.labels], task: one.task });

test('words, shuffles and masks of dropout are drawn alike', () => {
  const four = fc.tuple(...[0, 1, 2, 3].map(() => fc.nat(0xffffffff)));
  const asked = fc.sample(four, { numRuns: 500, seed: 15 }) as [number, number, number, number][];
  expect(python.call('words', asked)).toEqual(asked.map((one) => randomWord(...one)));
  const shuffles = [0, 1, 2, 100, 1001].map((count) => [count, 42, count, 0x5eed0001] as const);
  const due = shuffles.map((one) => [...shuffledIndices(...one)]);
  expect(python.call('shuffles', shuffles)).toEqual(due);
  const masks = asked.map(([seed, step, stream, element], i) => ({
    ...{ seed, step, stream, element, microBatch: i % 7, probability: (i % 10) / 10 },
  }));
  const found = python.call(
    'masks',
    masks.map(({ probability, seed, step, stream, microBatch, element }) => ({
      ...{ probability, element, draws: [seed, step, stream, microBatch] },
    })),
  );
  expect(found).toEqual(masks.map((mask) => keepScale(mask) === 0));
});

test('the same rows are kept for validation', () => {
  const counts = [[150, 150], [1, 2, 3], [4], [9000, 7], [64, 64, 65]];
  const asked = counts.flatMap((own) => recipes.map((recipe) => ({ counts: own, recipe })));
  expect(python.call('splits', asked)).toEqual(
    asked.map((one) => validationRows(one.counts, one.recipe).map((rows) => [...rows])),
  );
});

test.each([true, false])('every step has the same records, gaps left: %s', async (gaps) => {
  const fraction = structuredClone(small) as { stages: { data: { fraction: number } }[] } & Recipe;
  for (const stage of fraction.stages) stage.data.fraction = 0.6;
  for (const recipe of [small, fraction]) {
    const records = someRecords(90);
    const places = records.map((_, row) => ({
      ...({ kind: row % 3 === 0 ? 'knowledge' : 'alignment', dataSet: row % 3, row } as const),
    }));
    const used = { ...recipe, batch: { ...recipe.batch, records: 8 } };
    const read = async (indices: readonly number[]) =>
      indices.map((index) => {
        const [record, place] = [records[index], places[index]];
        return record && place ? { ...record, ...place } : null;
      });
    const source = { places, read, leavesGaps: gaps };
    const due: number[][][] = [];
    for (const [stage] of used.stages.entries()) {
      const steps = new StageRecords(config, used, stage, source);
      const own = [];
      for (let step = 0; step < steps.steps; step += 1) {
        own.push([...(await steps.take(step)).indices]);
      }
      due.push(own);
    }
    const listed = places.map(({ kind, dataSet, row }) => [kind, dataSet, row]);
    const asked = { recipe: used, places: listed, records: asJson(records), gaps };
    expect(python.call('orders', asked)).toEqual(due);
    expect(due.flat().length).toBeGreaterThan(10);
  }
});

test('records are packed alike, and predict the same rows', () => {
  const records = someRecords(60).flatMap((record) => record ?? []);
  for (const rows of [48, 64, 200]) {
    const due = packRecords(records, rows).map((part) => ({
      ...{ ids: [...part.ids.subarray(0, part.tokens)], tasks: [...part.tasks] },
      positions: [...part.positions.subarray(0, part.tokens)],
      tasks: [...part.tasks.subarray(0, part.tokens)],
      rows: [...part.targetRows.subarray(0, part.targets)],
      wanted: [...part.targetIds.subarray(0, part.targets)],
      members: part.records.map(({ index }) => index),
      lengths: part.records.map(({ index }) => records[index]?.ids.length),
    }));
    expect(python.call('packed', { records: asJson(records), rows })).toEqual(due);
  }
});

test.each<Merging>(['into-weights', 'beside-weights'])('parameters lie alike, %s', (merging) => {
  for (const recipe of recipes) {
    const due = recipe.stages.map((_, stage) => {
      const { elements, parameters } = layOutBranches(
        config,
        stageBranches(recipe, stage, merging),
      );
      const slots = parameters.map(({ name, shape: of, offset, stride, inputs, branch }) => [
        ...[name, [...of], offset, stride, inputs, branch.scale, branch.trains],
      ]);
      const left = remainingBranches(recipe, stage, merging).map(({ name }) => name);
      return { elements, slots, left };
    });
    expect(python.call('layouts', { ...shape, recipe, merging })).toEqual(due);
  }
});

test.each(['uniform', 'gaussian'] as const)('initial values are the same, %s', (initialisation) => {
  const recipe = { ...small, initialisation };
  const layout = layOutBranches(config, stageBranches(recipe, 0));
  const due = initialParameters(layout, recipe.seed, initialisation);
  const found = python.call('initial', { ...shape, recipe, stage: 0, most: 24 }) as object;
  const values = Object.entries(found) as [string, number[]][];
  expect(values.length).toBe(due.size);
  for (const [name, own] of values) {
    expect(Float32Array.from(own)).toEqual(due.get(name)?.data.slice(0, 24));
  }
});

test('rates, growth and states follow one another alike', () => {
  for (const recipe of recipes) {
    const total = 37;
    const stages = [...recipe.stages.keys()];
    const { rates, ...rest } = python.call('schedule', { recipe, total }) as { rates: number[] };
    rates.forEach((rate, step) => {
      const due = learningRate(step, total, recipe.optimizer);
      // The cosines of two libraries differ in the last digit, which float32 does not have.
      expect(Math.abs(rate - due)).toBeLessThanOrEqual(1e-14 * due);
    });
    expect(rest).toEqual({
      growth: Array.from({ length: total + 1 }, (_, step) => growthDue(step, total)),
      snapshots: [0, ...stages.map((stage) => stage + 1)].map((done) =>
        snapshotsAfter(recipe, done),
      ),
      best: stages.map((stage) => bestSnapshot(recipe, stage, 7)),
    });
  }
});

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

const hashOf = async (file: ByteSource) => sha256(await file.read(0, file.size));

/** Everything that the studio reads of an archive. */
async function opened(name: string, bytes: Uint8Array) {
  const archive = await openArchive(memorySource(name, bytes));
  await checkArchive(archive, null);
  const steps = [];
  for await (const some of archive.steps()) steps.push(...some);
  const { run, tasks, fingerprint, base, dataSets, best: places } = archive.manifest;
  const [validation, growth] = [await archive.validation(), await archive.growth()];
  const stages = [];
  for (const file of archive.stages) stages.push(await hashOf(file));
  const best = [];
  for (const [index, file] of archive.best.entries()) {
    const { stage, step, loss } = places[index] ?? {};
    best.push([stage, step, loss, await hashOf(file)]);
  }
  const about = { run, tasks, fingerprint, base, dataSets };
  return { ...about, steps, validation, growth, routing: await archive.routing(), stages, best };
}

test('an archive of the studio is read and written alike', async () => {
  const bytes = new Uint8Array(await readFile('public/example/medcare-nano.run.zip'));
  python.write('/tmp/studio.zip', bytes);
  const found = python.call('archive', {
    from: '/tmp/studio.zip',
    to: '/tmp/python.zip',
  }) as Record<string, unknown>;
  const due = await opened('studio.zip', bytes);
  const again = await opened('python.zip', python.read('/tmp/python.zip'));
  expect(again).toEqual(due);
  expect(due.steps).toHaveLength(81);
  expect([found['stages'], found['best']]).toEqual([due.stages, due.best]);
  expect(found['tasks']).toEqual(due.tasks);
  expect(found['files']).toContain('curves/validation.json');
});

test('checkpoints and branches are the same bytes', async () => {
  const layout = layOutBranches(config, stageBranches(small, 0));
  const named = initialParameters(layout, 7, 'uniform');
  for (const { data } of named.values()) data.forEach((_, i) => (data[i] = Math.sin(i + 1)));
  const parameters = packParameters(layout, named);
  // Moments in 8 bits: a code for each value of whole windows, and a scale for 32 of them.
  const padded = Math.ceil(parameters.length / 2048) * 2048;
  const codes = Uint32Array.from(draws(padded / 4 + padded / 32));
  const units = 4;
  const routing = Array.from({ length: units }, (_, unit) => ({
    pairCounts: Uint32Array.from({ length: 25 }, (__, i) => i * unit),
    weightSums: Float32Array.from({ length: 5 }, (__, i) => i / (unit + 1)),
  }));
  for (const moments of [parameters.slice().reverse(), codes]) {
    const state = { parameters, firstMoment: moments, secondMoment: moments };
    const checkpoint = encodeCheckpoint({ stage: 0, step: 3, state, routing });
    const branches = encodeBranches(
      unpackParameters(layout, parameters),
      branchMetadata(0, small.name),
    );
    python.write('/tmp/checkpoint', checkpoint);
    python.write('/tmp/branches', branches);
    python.call('rewritten', { ...shape, recipe: small, stage: 0, folder: '/tmp' });
    expect(python.read('/tmp/checkpoint.py')).toEqual(new Uint8Array(checkpoint));
    expect(python.read('/tmp/branches.py')).toEqual(new Uint8Array(branches));
    expect(new Float32Array(python.read('/tmp/arena.py').slice().buffer)).toEqual(parameters);
  }
});

test('a file of records gives back what was written', () => {
  const records = asJson(someRecords(40));
  expect(python.call('record_file', { path: '/tmp/records', records })).toEqual(records);
});

test('shards are read back as the one file of a bundle has them, with tasks as the run counts them', async () => {
  const records = someRecords(70);
  const lists = (some: typeof records) => ({
    lengths: Uint32Array.from(some, (one) => one?.ids.length ?? 0),
    tasks: Uint32Array.from(some, (one) => one?.task ?? 0),
  });
  const wordsOf = (some: typeof records) =>
    some.flatMap((one) => (one ? [trainingWords(one)] : []));
  python.folder('/tmp/prepared');
  const shards: Shard[] = [];
  for (const [at, own] of [records.slice(0, 32), records.slice(32)].entries()) {
    const bytes = await collected(
      shardChunks({ ...lists(own), cuts: Uint32Array.of(1) }, wordsOf(own)),
    );
    const path = shardPath(0, at);
    python.write(`/tmp/prepared/${path}`, bytes);
    const tokens = wordsOf(own).reduce((sum, piece) => sum + piece.length, 0);
    shards.push({ path, ...sealOf(bytes), records: own.length, tokens });
  }
  const tasks = [
    ['a', 24],
    ['b', 23],
    ['c', 23],
  ] as const;
  const tokens = shards.reduce((sum, shard) => sum + shard.tokens, 0);
  const fingerprint = sealOf(new Uint8Array()).sha256;
  const set = {
    name: 'set',
    kind: 'knowledge',
    fingerprint,
    records: 70,
    tokens,
    tasks,
    shards,
  } as const;
  const made = { tokenizer: fingerprint, template: fingerprint, date: 0 };
  const rules = { labels: 'assistant', maxLength: 48 } as const;
  const index = indexText({ ...made, rules, sets: [{ ...set, leftOut: [], rowsLeft: 0 }] });
  expect(parseIndex(index, 'index').sets[0]?.shards).toEqual(shards);
  python.write('/tmp/prepared/prepared.json', new TextEncoder().encode(index));
  // The run names c and a; b is counted under its last name.
  const counted = [1, 1, 0];
  const all = { ...lists(records), words: () => inTurn(wordsOf(records)) };
  const joined = { ...all, tasks: all.tasks.map((task) => counted[task] ?? 0) };
  const file = await collected(recordChunks(joined, { check: () => undefined }));
  const due = asJson(records).map((one) => one && { ...one, task: counted[one.task] });
  const found = python.call('prepared', { folder: '/tmp/prepared', tasks: ['c', 'a'] });
  expect(found).toEqual({ records: due, ...sealOf(file) });
});

function sealOf(bytes: Uint8Array) {
  const sealer = new Sealer();
  sealer.update(bytes);
  return sealer.seal();
}

async function collected(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(chunk.slice());
  return new Uint8Array(Buffer.concat(parts));
}

async function* inTurn<T>(values: Iterable<T>): AsyncGenerator<T> {
  yield* values;
}
