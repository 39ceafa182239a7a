import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { unpackProfile } from '../../../test/earlier/profile.ts';
import { bringTinyModel } from '../../../test/earlier/tiny-model.ts';
import { readWhole } from '../../storage/files/file-store.ts';
import { localLocks } from '../../storage/locks.ts';
import { memoryStore } from '../../storage/files/memory-store.ts';
import { openStorage } from '../../storage/storage.ts';
import { parseSafetensors } from '../../formats/weights/safetensors.ts';
import { writeSafetensors } from '../../formats/weights/safetensors-writer.ts';
import type { TensorToWrite } from '../../formats/weights/safetensors-writer.ts';
import { openStudio } from '../testing/studio.ts';

/** A run from an archive is checked against its base model as soon as the base comes, not only at its first use. */

let count = 0;

async function freshStudio(profile?: Uint8Array) {
  const files = memoryStore();
  const name = `archive-link-${count++}`;
  if (profile) await unpackProfile(profile, name, files);
  const locks = localLocks();
  const storage = await openStorage(files, locks, name);
  return { ...(await openStudio(undefined, { files, name, locks })), storage, files };
}

type Tensors = Map<string, TensorToWrite>;

async function changed(bytes: Uint8Array, change: (tensors: Tensors) => void): Promise<Uint8Array> {
  const file = await parseSafetensors(bytes);
  const tensors: Tensors = new Map();
  for (const [name, { shape }] of file.tensors) {
    tensors.set(name, { dtype: 'F32', shape, data: await file.readFloat32(name) });
  }
  change(tensors);
  return writeSafetensors(tensors, file.metadata);
}

/** A second studio that has the archive of a run but not its imported base model. */
async function opened(change?: (tensors: Tensors) => void) {
  const profile = await readFile('test/fixtures/earlier/0.1.0/profile.zip');
  const first = await freshStudio(new Uint8Array(profile));
  const runs = await first.client.call('runs.list', {});
  const id = runs.find(({ name }) => name === 'With a template')?.id ?? '';
  if (change) {
    const { stages, best = [] } = await first.storage.runs.get(id);
    const without = async ({ path }: { readonly path: string }): Promise<Uint8Array> =>
      changed(await readWhole(first.files, path), change);
    for (const [stage, file] of stages.entries()) {
      await first.storage.runs.saveStage(id, stage, await without(file));
    }
    for (const { file, ...about } of best) {
      await first.storage.runs.saveBest(id, await without(file), about);
    }
  }
  const { blob } = await first.client.call('exports.build', {
    ...{ runId: id, what: 'run', dtype: 'F32', branches: true, checkpoint: true, task: 'export' },
  });
  first.close();
  const second = await freshStudio();
  const run = await second.client.call('archive.open', {
    ...{ file: new File([blob], 'run.zip'), task: 'open' },
  });
  expect(run).toMatchObject({ id, error: null, origin: { baseHere: false, branches: true } });
  return { ...second, id };
}

const withoutItsLastLayer = (tensors: Tensors): void => {
  for (const name of [...tensors.keys()]) if (name.startsWith('layers.1.')) tensors.delete(name);
};

test('branches and checkpoint that fit the base are linked with it when it comes', async () => {
  const { client, id, ...studio } = await opened();
  expect(await client.call('archive.link', {})).toEqual([]);
  const modelId = await bringTinyModel({ client, ...studio });
  expect(await client.call('archive.link', {})).toMatchObject([
    { id, modelId, error: null, origin: { baseHere: true } },
  ]);
  expect(await client.call('archive.link', {})).toEqual([]);
});

test('a run of fewer layers than the base has is refused in words, once, and keeps what it was', async () => {
  const { client, storage, id, ...studio } = await opened(withoutItsLastLayer);
  const before = await storage.runs.curves(id);
  const modelId = await bringTinyModel({ client, ...studio });
  const [refused] = await client.call('archive.link', {});
  expect(refused).toMatchObject({
    ...{ id, origin: { baseHere: false } },
    error: { code: 'run-base-mismatch' },
  });
  expect(refused?.error?.message).toContain('layers.1.');
  expect(refused?.modelId).not.toBe(modelId);
  expect(await client.call('archive.link', {})).toEqual([]);
  expect(await storage.runs.curves(id)).toEqual(before);
  // Without the model nothing shows that the run does not fit.
  await client.call('models.remove', { id: modelId });
  expect(await client.call('archive.link', {})).toMatchObject([{ id, error: null }]);
});

test('a value that is no number is found when the base comes', async () => {
  const { client, storage, id, ...studio } = await opened();
  const [stage = new Uint8Array()] = await storage.runs.readStages(id);
  const none = await changed(stage, (tensors) => {
    const [[name, tensor] = ['', null]] = [...tensors];
    if (tensor)
      tensors.set(name, { ...tensor, data: new Float32Array(tensor.data.length).fill(NaN) });
  });
  await storage.runs.saveStage(id, 0, none);
  await bringTinyModel({ client, ...studio });
  expect(await client.call('archive.link', {})).toMatchObject([
    {
      id,
      error: { code: 'run-base-mismatch', data: { reason: 'no-number' } },
    },
  ]);
});
