import 'fake-indexeddb/auto';
import { expect, test } from 'vitest';
import { pathsOf } from '../../test/earlier/profile.ts';
import { quickRecipe } from '../engine/training/recipe/presets.ts';
import type { RunSummary } from '../contract/runs.ts';
import { dataLock, keepInUse, modelLock, runLock, tokensLock } from './lock-names.ts';
import { localLocks, type Locks } from './locks.ts';
import { memoryStore } from './files/memory-store.ts';
import { type FileStore, writeFile } from './files/file-store.ts';
import type { StoredRun } from './stored.ts';
import { openStorage } from './storage.ts';
import type { TokenSegment } from './token-cache.ts';
import { StudioError } from '../faults/fault.ts';

let count = 0;
const freshName = (): string => `tabs-${count++}`;

async function codeOf(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => 'no error',
    (error: unknown) => (error instanceof StudioError ? error.code : String(error)),
  );
}

function newRun(id: string, state: RunSummary['state']): StoredRun {
  const summary: RunSummary = {
    ...{ id, name: 'a run', modelId: 'm', modelName: 'M', dataSetIds: ['d'], state },
    ...{
      recipe: quickRecipe(),
      stages: [],
      snapshots: [],
      adapter: '',
      createdAt: 1,
      updatedAt: 1,
    },
    ...{ checkpoint: { stage: 0, step: 0 }, error: null },
  };
  return { summary, tasks: [], fingerprint: '', checkpoint: null, stages: [] };
}

const segment: TokenSegment = {
  ...{ rows: Uint32Array.of(0), lengths: Uint32Array.of(1), firstTargets: Uint32Array.of(1) },
  targets: Uint32Array.of(0),
  ...{ marks: Uint32Array.of(0), words: Uint32Array.of(7), refusals: [] },
};

/** Locks that answer a request for a name of this kind only after something else has happened. */
function delayed(inner: Locks, part: string, meanwhile: () => Promise<void>): Locks {
  let due = true;
  return {
    ...inner,
    take: async (name, mode, patienceMs) => {
      if (due && name.includes(part)) {
        due = false;
        await meanwhile();
      }
      return inner.take(name, mode, patienceMs);
    },
  };
}

test('a run that ends while another tab opens stays ended, with every file of it', async () => {
  const files = memoryStore();
  const locks = localLocks();
  const name = freshName();
  const first = await openStorage(files, locks, name);
  await first.runs.create(newRun('r', 'running'));
  const release = await locks.take(runLock('r'), 'exclusive');
  const branches = Uint8Array.of(1, 2, 3);
  // The other tab has read that the run is running; before it gets an answer about the lock, the run ends.
  const late = delayed(locks, ':run:r', async () => {
    await first.runs.saveStage('r', 0, branches);
    await first.runs.update('r', { state: 'done', checkpoint: null });
    release?.();
  });
  const second = await openStorage(files, late, name);
  await second.sweep();
  expect((await second.runs.get('r')).summary.state).toBe('done');
  expect(await first.runs.readStages('r')).toEqual([branches]);
});

test('a stage that is stored while another tab sweeps is not swept', async () => {
  const files = memoryStore();
  const locks = localLocks();
  const name = freshName();
  const first = await openStorage(files, locks, name);
  await first.runs.create(newRun('r', 'done'));
  await writeFile(files, 'runs/r/left-over', [new Uint8Array(3)]);
  const branches = Uint8Array.of(4, 5);
  const late = delayed(locks, ':run:r', async () => {
    await first.runs.saveStage('r', 0, branches);
  });
  await (await openStorage(files, late, name)).sweep();
  expect(await first.runs.readStages('r')).toEqual([branches]);
  expect(await files.list('runs/r')).toHaveLength(1);
});

test('what is removed does not come back by what another tab still writes', async () => {
  const files = memoryStore();
  const locks = localLocks();
  const name = freshName();
  const [one, two] = [await openStorage(files, locks, name), await openStorage(files, locks, name)];
  const writer = await one.dataSets.create('d');
  await writer.add({ line: 1, task: 't', messages: [] });
  await writer.finish({ name: 'n', kind: 'knowledge', shape: 'messages' });
  await one.runs.create(newRun('r', 'done'));
  await one.dataSets.remove('d');
  await one.runs.remove('r');
  expect(await codeOf(two.dataSets.setKind('d', 'alignment'))).toBe('data-set-missing');
  expect(await codeOf(two.runs.update('r', { name: 'again' }))).toBe('run-missing');
  expect(await codeOf(two.runs.saveCheckpoint('r', new Uint8Array(9), { stage: 0, step: 1 }))).toBe(
    'run-missing',
  );
  expect(await two.tokens.add('d', 'k', segment)).toBeNull();
  expect(await codeOf(two.downloads.setError('x', null))).toBe('download-missing');
  expect(await two.dataSets.list()).toEqual([]);
  expect(await two.runs.list()).toEqual([]);
  expect(await pathsOf(files)).toEqual([]);
});

test('a model that is in use in one tab is not removed by another', async () => {
  const locks = localLocks();
  const files = memoryStore();
  const name = freshName();
  const [one, two] = [await openStorage(files, locks, name), await openStorage(files, locks, name)];
  await one.models.adopt({ id: 'm' } as never, []);
  const release = await keepInUse(one.locks, [modelLock('m'), dataLock('d')]);
  expect(await codeOf(two.models.remove('m'))).toBe('model-in-use');
  // A second use shares the lock; the model can be removed only when the last use ends.
  const another = await keepInUse(two.locks, [modelLock('m')]);
  release();
  expect(await codeOf(one.models.remove('m'))).toBe('model-in-use');
  another();
  await two.models.remove('m');
  expect(await one.models.find('m')).toBeNull();
});

test('all that no record names and nobody makes is swept; what is named or in the making stays', async () => {
  const files = memoryStore();
  const locks = localLocks();
  const name = freshName();
  const first = await openStorage(files, locks, name);
  const leave = (path: string) => writeFile(files, path, [new Uint8Array(20)]);
  const writer = await first.dataSets.create('kept');
  await writer.add({ line: 1, task: 't', messages: [] });
  await writer.finish({ name: 'n', kind: 'knowledge', shape: 'messages' });
  await first.tokens.add('kept', 'k', segment);
  await first.runs.create(newRun('run', 'interrupted'));
  await first.runs.saveCheckpoint('run', new Uint8Array(5), { stage: 0, step: 1 });
  const hubFile = { path: 'model.gguf', bytes: 40, purpose: 'weights' } as never;
  const download = await first.downloads.create({} as never, '', [hubFile]);
  await leave(`models/${download.id}/model.gguf`);
  // Left by closed tabs.
  for (const path of [
    'data/gone/records.jsonl',
    'data/kept/records.tmp',
    'tokens/gone/k/x.bin',
    'tokens/kept/k/half.bin',
    'models/gone/model.safetensors',
    `models/${download.id}/stray`,
    'runs/gone/checkpoint-0-1-x.safetensors',
    'runs/run/checkpoint-0-2-x.safetensors',
    'exports/closed-session/run/x/run.zip',
    'exports/earlier-version.zip',
    'something-else/x',
  ]) {
    await leave(path);
  }
  await first.runs.appendCurves(
    'gone',
    [{ metrics: { stage: 0, step: 0 } as never, rows: new Uint32Array() }],
    [],
  );
  await first.runs.saveRouting('gone', { experts: 2, active: 1, counts: [] });
  // Another tab is still storing this.
  await leave('data/coming/records.jsonl');
  await leave('models/coming/model.safetensors');
  await leave('runs/coming/stage-0-archive.safetensors');
  await leave(`exports/${first.session}/run/x/run.zip`);
  for (const lock of [dataLock('coming'), modelLock('coming'), runLock('coming')]) {
    await locks.take(lock, 'exclusive');
  }

  const second = await openStorage(files, locks, name);
  await second.sweep();
  const left = await pathsOf(files);
  expect(left.filter((path) => !/kept|coming|^runs\/run\//.test(path)).sort()).toEqual(
    [`exports/${first.session}/run/x/run.zip`, `models/${download.id}/model.gguf`].sort(),
  );
  expect(left.filter((path) => path.includes('coming'))).toHaveLength(3);
  expect(left.filter((path) => path.startsWith('runs/run/'))).toHaveLength(1);
  expect(left.filter((path) => path.startsWith('data/kept/')).sort()).toEqual(
    ['index.bin', 'problems.bin', 'problems.jsonl', 'records.jsonl', 'tasks.bin'].map(
      (file) => `data/kept/${file}`,
    ),
  );
  expect(left.filter((path) => path.startsWith('tokens/kept/'))).toHaveLength(1);
  expect(await second.runs.stepsFrom('gone', 0, 0, 9)).toEqual([]);
  expect(await second.runs.routing('gone')).toBeNull();
  // Sweeping again finds nothing.
  await second.sweep();
  expect(await pathsOf(files)).toEqual(left);
});

test('tokens that another tab reads are not cleared to make room', async () => {
  const files = memoryStore();
  const locks = localLocks();
  const name = freshName();
  const [one, two] = [await openStorage(files, locks, name), await openStorage(files, locks, name)];
  const writer = await one.dataSets.create('d');
  await writer.add({ line: 1, task: 't', messages: [] });
  await writer.finish({ name: 'n', kind: 'knowledge', shape: 'messages' });
  await one.tokens.add('d', 'read', segment);
  for (let i = 0; i < 7; i += 1) await leaveTokens(files, `tokens/d/old${i}/x.bin`);
  await two.tokens.add('d', 'new', segment);
  expect(await files.list('tokens/d')).toEqual(['new', 'read']);
  expect(await locks.held(tokensLock('tokens/d/read'))).toBe(true);
});

async function leaveTokens(files: FileStore, path: string): Promise<void> {
  await writeFile(files, path, [new Uint8Array(4)]);
}

test('a conversation that another tab changed or removed is not written over', async () => {
  const files = memoryStore();
  const locks = localLocks();
  const name = freshName();
  const [one, two] = [await openStorage(files, locks, name), await openStorage(files, locks, name)];
  // Two writes without waiting in between: the second knows of the first.
  await Promise.all([
    one.documents.put('conversation', 'c', { turns: 1 }),
    one.documents.put('conversation', 'c', { turns: 2 }),
  ]);
  expect(await two.documents.list('conversation')).toEqual([{ id: 'c', value: { turns: 2 } }]);
  await one.documents.put('conversation', 'c', { turns: 3 });
  expect(await codeOf(two.documents.put('conversation', 'c', { turns: 9 }))).toBe(
    'document-elsewhere',
  );
  await two.documents.list('conversation');
  await two.documents.put('conversation', 'c', { turns: 4 });
  await two.documents.remove('conversation', 'c');
  expect(await codeOf(one.documents.put('conversation', 'c', { turns: 5 }))).toBe(
    'document-elsewhere',
  );
  expect(await one.documents.list('conversation')).toEqual([]);
});

test('names are shared or held alone, within a patience', async () => {
  const locks = localLocks();
  const one = await locks.take('x', 'shared');
  const two = await locks.take('x', 'shared');
  expect(await locks.take('x', 'exclusive')).toBeNull();
  one?.();
  one?.();
  const waiting = locks.take('x', 'exclusive', 60_000);
  expect(await locks.held('x')).toBe(true);
  two?.();
  const alone = await waiting;
  expect(alone).not.toBeNull();
  expect(await locks.take('x', 'shared', 5)).toBeNull();
  alone?.();
  expect(await locks.held('x')).toBe(false);
});

test('a run of the version before is opened, and goes on from its start', async () => {
  const files = memoryStore();
  const name = freshName();
  const first = await openStorage(files, localLocks(), name);
  const { summary, ...rest } = newRun('r', 'running');
  await first.runs.create({ ...rest, summary: { ...summary, checkpoint: null } });
  first.close();
  const second = await openStorage(files, localLocks(), name);
  expect(await second.runs.list()).toMatchObject([
    { state: 'interrupted', checkpoint: { stage: 0, step: 0 } },
  ]);
  expect(await second.runs.readResume('r')).toEqual({
    ...{ checkpoint: null, stageBranches: [], stage: 0, step: 0 },
  });
});

test('a database that was cleared away under the studio is opened anew', async () => {
  const files = memoryStore();
  const name = freshName();
  const storage = await openStorage(files, localLocks(), name);
  await storage.runs.create(newRun('r', 'running'));
  await new Promise((resolve, reject) => {
    const request = indexedDB.deleteDatabase(name);
    request.onsuccess = resolve;
    request.onerror = reject;
  });
  expect(await codeOf(storage.runs.update('r', { name: 'x' }))).toBe('run-missing');
  await storage.runs.create(newRun('s', 'done'));
  expect((await storage.runs.list()).map(({ id }) => id)).toEqual(['s']);
  storage.close();
  expect(await codeOf(storage.runs.list())).toBe('storage-failed');
});
