import 'fake-indexeddb/auto';
import { expect, test } from 'vitest';
import { faultFrom, StudioError } from '../faults/fault.ts';
import { memorySource } from '../formats/files/byte-source.ts';
import type { ModelSummary } from '../contract/models.ts';
import type { RunSummary, StepMetrics } from '../contract/runs.ts';
import { quickRecipe } from '../engine/training/recipe/presets.ts';
import { openDatabase } from './database.ts';
import { migrations } from './database-schema.ts';
import type { FileStore } from './files/file-store.ts';
import { localLocks } from './locks.ts';
import { memoryStore } from './files/memory-store.ts';
import type { StoredRun } from './stored.ts';
import { runLock } from './lock-names.ts';
import { followOthers, openStorage } from './storage.ts';

let count = 0;
const freshName = (): string => `test-${count++}`;

async function codeOf(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => 'no error',
    (error: unknown) => (error instanceof StudioError ? error.code : String(error)),
  );
}

function newRun(id: string, state: RunSummary['state']): StoredRun {
  return {
    summary: {
      id,
      name: 'a run',
      modelId: 'm',
      modelName: 'M',
      dataSetIds: [],
      recipe: quickRecipe(),
      state,
      stages: [],
      snapshots: [],
      adapter: '',
      createdAt: 1,
      updatedAt: 1,
      checkpoint: null,
      error: null,
    },
    tasks: [],
    fingerprint: '',
    checkpoint: null,
    stages: [],
  };
}

function step(stage: number, index: number, nll = 1): StepMetrics {
  return {
    stage,
    step: index,
    nll,
    orthogonal: null,
    learningRate: 0,
    gradientNorm: 0,
    targetTokens: 1,
    tokens: 2,
    milliseconds: 3,
  };
}

/** A store whose writes lose their last byte while `damage` is set. */
function damaging(inner: FileStore): FileStore & { damage: boolean } {
  const store = {
    ...inner,
    damage: false,
    create: async (path: string) => {
      const writer = await inner.create(path);
      const lossy = store.damage;
      let whole = 0;
      return {
        ...writer,
        write: async (bytes: Uint8Array) => {
          whole += bytes.length;
          await writer.write(lossy ? bytes.subarray(0, -1) : bytes);
        },
        close: async () => {
          const seal = await writer.close();
          return lossy ? { ...seal, bytes: whole } : seal;
        },
      };
    },
  };
  return store;
}

test('rows of a data set come back in order, by page and across index entries', async () => {
  const storage = await openStorage(memoryStore(), localLocks(), freshName());
  const writer = await storage.dataSets.create();
  for (let i = 0; i < 300; i++) {
    await writer.add({
      line: i * 2 + 1,
      task: i % 3 === 0 ? 'a' : 'b',
      messages: [{ role: 'user', content: `问题 ${i}\n\u2028"` }],
    });
  }
  await writer.problem({ file: 'f', line: 2, column: null, code: 'x', reason: 'y' });
  const summary = await writer.finish({ name: 'n', kind: 'knowledge', shape: 'messages' });
  expect(summary.records).toBe(300);
  expect(summary.tasks).toEqual(['b', 'a']);
  expect(summary.fingerprint).toMatch(/^[0-9a-f]{64}$/);
  const rows = await storage.dataSets.rows(summary.id, 60, 10);
  expect(rows.map(({ index }) => index)).toEqual([60, 61, 62, 63, 64, 65, 66, 67, 68, 69]);
  expect(rows[5]).toEqual({
    index: 65,
    line: 131,
    task: 'b',
    messages: [{ role: 'user', content: '问题 65\n\u2028"' }],
  });
  expect((await storage.dataSets.rows(summary.id, 299, 50)).length).toBe(1);
  expect(await storage.dataSets.rows(summary.id, 300, 50)).toEqual([]);
  expect(await storage.dataSets.problems(summary.id, 0, 10)).toHaveLength(1);
  const all: number[] = [];
  for await (const page of storage.dataSets.allRows(summary.id)) {
    all.push(...page.map(({ index }) => index));
  }
  expect(all).toEqual(Array.from({ length: 300 }, (_, i) => i));
  await storage.dataSets.remove(summary.id);
  expect(await codeOf(storage.dataSets.rows(summary.id, 0, 1))).toBe('data-set-missing');
  expect(await storage.files.list('data')).toEqual([]);
});

test('a data set that is given up leaves nothing', async () => {
  const storage = await openStorage(memoryStore(), localLocks(), freshName());
  const writer = await storage.dataSets.create();
  await writer.add({ line: 1, task: 'a', messages: [] });
  await writer.abort();
  expect(await storage.dataSets.list()).toEqual([]);
  expect(await storage.files.list('data')).toEqual([]);
});

test('a checkpoint that was written wrongly leaves the one before in force', async () => {
  const files = damaging(memoryStore());
  const storage = await openStorage(files, localLocks(), freshName());
  await storage.runs.create(newRun('r', 'running'));
  const start = { checkpoint: null, stageBranches: [], stage: 0, step: 0 };
  expect(await storage.runs.readResume('r')).toEqual(start);
  const good = Uint8Array.from({ length: 1000 }, (_, i) => i % 251);
  const summary = await storage.runs.saveCheckpoint('r', good, { stage: 0, step: 5 });
  expect(summary.checkpoint).toEqual({ stage: 0, step: 5 });

  files.damage = true;
  const later = storage.runs.saveCheckpoint(
    'r',
    good.map((x) => x ^ 1),
    { stage: 0, step: 9 },
  );
  expect(await codeOf(later)).toBe('file-damaged');
  files.damage = false;

  const kept = await storage.runs.readResume('r');
  expect(kept.step).toBe(5);
  expect(kept.checkpoint).toEqual(good);
  expect(await files.list('runs/r')).toHaveLength(1);

  await storage.runs.saveCheckpoint('r', good, { stage: 0, step: 9 });
  expect(await files.list('runs/r')).toHaveLength(1);

  // The end of a stage replaces the checkpoint inside it.
  await storage.runs.saveStage('r', 0, new Uint8Array([7]));
  expect(await files.list('runs/r')).toHaveLength(1);
  expect(await storage.runs.readResume('r')).toEqual({
    checkpoint: null,
    stageBranches: [new Uint8Array([7])],
    stage: 1,
    step: 0,
  });
});

test('a run found alive at start-up without a worker was interrupted; half-written files go', async () => {
  const files = memoryStore();
  const name = freshName();
  const first = await openStorage(files, localLocks(), name);
  await first.runs.create(newRun('mine', 'running'));
  await first.runs.create(newRun('other-tab', 'paused'));
  await first.runs.create(newRun('paused', 'paused'));
  await first.runs.create(newRun('over', 'done'));
  await first.runs.saveStage('mine', 0, new Uint8Array([1, 2]));
  const orphan = await files.create('runs/mine/checkpoint-0-3-x.safetensors');
  await orphan.write(new Uint8Array(10));
  await orphan.close();
  first.close();

  const locks = localLocks();
  await locks.take(runLock('other-tab'), 'exclusive');
  const second = await openStorage(files, locks, name);
  await second.sweep();
  const states = new Map((await second.runs.list()).map((run) => [run.id, run.state]));
  expect(states.get('mine')).toBe('interrupted');
  expect(states.get('other-tab')).toBe('paused');
  expect(states.get('over')).toBe('done');
  // A person's pause is no accident, though the tab that held it is gone.
  const pausedBefore = (await second.runs.list()).filter(({ paused }) => paused === true);
  expect(pausedBefore.map(({ id, state }) => [id, state])).toEqual([['paused', 'interrupted']]);
  expect(await files.list('runs/mine')).toHaveLength(1);
  expect(await second.runs.readStages('mine')).toEqual([new Uint8Array([1, 2])]);
  expect(await locks.take(runLock('other-tab'), 'exclusive')).toBeNull();
});

test('curves are kept by step, in order, and cut back to a checkpoint', async () => {
  const storage = await openStorage(memoryStore(), localLocks(), freshName());
  await storage.runs.create(newRun('r', 'running'));
  await storage.runs.create(newRun('r2', 'running'));
  const steps = [0, 1, 2].flatMap((stage) => [0, 1, 2, 10].map((index) => step(stage, index)));
  const rows = new Uint32Array([0, 4, 1, 9]);
  await storage.runs.appendCurves(
    'r',
    steps.map((metrics) => ({ metrics, rows })),
    [
      { stage: 0, step: 10, knowledge: 1, alignment: 2, snapshot: 'stage1.end' },
      { stage: 0, step: 10, knowledge: 1, alignment: 3, snapshot: 'stage1.after' },
      { stage: 1, step: 2, knowledge: 1, alignment: 2, snapshot: 'live' },
    ],
  );
  await storage.runs.appendCurves('r2', [{ metrics: step(0, 0), rows }], []);
  await storage.runs.appendCurves('r', [{ metrics: step(0, 1, 7), rows }], []);
  const before = await storage.runs.curves('r');
  expect(before.steps.map(({ stage, step: s }) => [stage, s])).toEqual(
    steps.map(({ stage, step: s }) => [stage, s]),
  );
  expect(before.steps[1]?.nll).toBe(7);
  expect(before.validation).toHaveLength(3);
  expect(await storage.runs.stepRows('r', 1, 10)).toEqual(rows);

  await storage.runs.truncateCurves('r', 1, 2);
  const after = await storage.runs.curves('r');
  expect(after.steps).toHaveLength(6);
  // Measurements at the checkpoint are not repeated, so they stay.
  expect(after.validation.map(({ snapshot }) => snapshot)).toEqual([
    'stage1.end',
    'stage1.after',
    'live',
  ]);
  expect(await codeOf(storage.runs.stepRows('r', 2, 0))).toBe('step-missing');
  expect((await storage.runs.curves('r2')).steps).toHaveLength(1);

  await storage.runs.remove('r');
  expect(await codeOf(storage.runs.curves('r'))).toBe('run-missing');
  expect((await storage.runs.curves('r2')).steps).toHaveLength(1);
});

test('a model whose file breaks off half-way is not stored', async () => {
  const storage = await openStorage(memoryStore(), localLocks(), freshName());
  const summary = { id: 'm', name: 'M', template: 'plain' } as ModelSummary;
  const broken = {
    ...memorySource('b.bin', new Uint8Array(10)),
    read: async () => {
      throw faultFrom({ code: 'file-unreadable', message: '', remedy: '' });
    },
  };
  const sources = new Map([
    ['config.json', memorySource('config.json', new Uint8Array([1, 2, 3]))],
    ['b.bin', broken],
  ]);
  expect(await codeOf(storage.models.add(summary, sources, () => undefined))).toBe(
    'file-unreadable',
  );
  expect(await storage.models.list()).toEqual([]);
  expect(await storage.files.list('models')).toEqual([]);
  sources.set('b.bin', memorySource('b.bin', new Uint8Array([9])));
  let bytes = 0;
  await storage.models.add(summary, sources, (done) => (bytes = done));
  expect(bytes).toBe(4);
  const read = await storage.models.sources('m');
  expect(await read.get('b.bin')?.read(0, 1)).toEqual(new Uint8Array([9]));
});

test('an older database is carried over; a newer one is refused and left alone', async () => {
  const name = freshName();
  const first = await openDatabase(name);
  await first.put('runs', newRun('r', 'done'), 'r');
  first.close();
  const rename = [
    ...migrations,
    async (_database: unknown, transaction: { objectStore(name: 'runs'): unknown }) => {
      const store = transaction.objectStore('runs') as {
        get(key: string): Promise<StoredRun>;
        put(value: StoredRun, key: string): Promise<unknown>;
      };
      const run = await store.get('r');
      await store.put({ ...run, summary: { ...run.summary, name: 'migrated' } }, 'r');
    },
  ];
  const second = await openDatabase(name, rename);
  expect((await second.get('runs', 'r'))?.summary.name).toBe('migrated');
  second.close();
  expect(await codeOf(openDatabase(name))).toBe('storage-newer');
  const failing = [
    ...rename,
    () => {
      throw new Error('half-way');
    },
  ];
  expect(await codeOf(openDatabase(name, failing as typeof migrations))).toBe('storage-failed');
  const third = await openDatabase(name, rename);
  expect((await third.get('runs', 'r'))?.summary.name).toBe('migrated');
});

test('no path leaves the store', async () => {
  const files = memoryStore();
  for (const path of ['../x', 'a//b', '/a', 'a/./b', 'a\\b', '']) {
    expect(await codeOf(files.create(path))).toBe('storage-path');
  }
});

test('a run in the hands of another tab is told of once it is let go', async () => {
  const locks = localLocks();
  const storage = await openStorage(memoryStore(), locks, freshName());
  await storage.runs.create(newRun('there', 'running'));
  await storage.runs.create(newRun('nobody', 'done'));
  const release = await locks.take(runLock('there'), 'exclusive');
  const told: RunSummary[] = [];
  await followOthers(storage, (run) => told.push(run));
  expect((await storage.runs.get('there')).summary.state).toBe('running');
  expect(told).toEqual([]);
  release?.();
  await expect
    .poll(() => told.map(({ id, state }) => [id, state]))
    .toEqual([['there', 'interrupted']]);
  expect(await locks.held(runLock('there'))).toBe(false);
});
