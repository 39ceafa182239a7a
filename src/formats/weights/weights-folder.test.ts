import { describe, expect, test } from 'vitest';
import { llamaTensors } from '../../engine/model/architectures/llama.ts';
import { StudioError } from '../../faults/fault.ts';
import { memorySource } from '../files/byte-source.ts';
import type { ByteSource } from '../files/byte-source.ts';
import { writeSafetensors } from './safetensors-writer.ts';
import { openWeightsFolder } from './weights-folder.ts';

function weights(...pairs: readonly (readonly [string, number])[]): Uint8Array {
  return writeSafetensors(
    new Map(
      pairs.map(([name, value]) => [
        name,
        { dtype: 'BF16', shape: [2], data: Float32Array.of(value, -value) },
      ]),
    ),
  );
}

function folder(files: Record<string, Uint8Array | string>): ReadonlyMap<string, ByteSource> {
  const encoder = new TextEncoder();
  return new Map(
    Object.entries(files).map(([path, content]) => {
      const bytes = typeof content === 'string' ? encoder.encode(content) : content;
      return [path, memorySource(path, bytes)];
    }),
  );
}

const indexOf = (map: Record<string, string>): string => JSON.stringify({ weight_map: map });

async function codeOf(files: ReadonlyMap<string, ByteSource>): Promise<string> {
  try {
    await openWeightsFolder(files);
    return 'accepted';
  } catch (error) {
    if (error instanceof StudioError) return error.code;
    throw error;
  }
}

const SHARDS = {
  'm/model-00001-of-00002.safetensors': weights(['a', 1], ['b', 2]),
  'm/model-00002-of-00002.safetensors': weights(['c', 3]),
};
const PLACES = {
  a: 'model-00001-of-00002.safetensors',
  b: 'model-00001-of-00002.safetensors',
  c: 'model-00002-of-00002.safetensors',
};
const INDEX = 'm/model.safetensors.index.json';

describe('weights folder', () => {
  test('one file', async () => {
    const opened = await openWeightsFolder(folder({ 'x/y/model.safetensors': weights(['a', 4]) }));
    expect(opened.root).toBe('x/y/');
    expect(opened.byteSize).toBe(4);
    expect(opened.tensors.get('a')).toEqual({ dtype: 'BF16', shape: [2] });
    expect([...(await opened.readFloat32('a'))]).toEqual([4, -4]);
    expect([...(await opened.readFloat32('a', 1, 2))]).toEqual([-4]);
    await expect(opened.readFloat32('z')).rejects.toMatchObject({ code: 'tensor-missing' });
  });

  test('shards', async () => {
    const opened = await openWeightsFolder(folder({ ...SHARDS, [INDEX]: indexOf(PLACES) }));
    expect([...opened.tensors.keys()].sort()).toEqual(['a', 'b', 'c']);
    expect([...(await opened.readFloat32('c'))]).toEqual([3, -3]);
  });

  test('an index may name a head that is the embedding, and buffers that are computed', async () => {
    const named = { ...PLACES, 'x.lm_head.weight': PLACES.c, 'rotary_emb.inv_freq': PLACES.c };
    const files = folder({ ...SHARDS, [INDEX]: indexOf(named) });
    const opened = await openWeightsFolder(files, [{ tensors: llamaTensors }]);
    expect([...opened.tensors.keys()].sort()).toEqual(['a', 'b', 'c']);
    expect(await codeOf(files)).toBe('weights-index-disagrees');
    const other = folder({
      ...SHARDS,
      [INDEX]: indexOf({ ...PLACES, 'xlm_head.weight': PLACES.c }),
    });
    await expect(openWeightsFolder(other, [{ tensors: llamaTensors }])).rejects.toMatchObject({
      code: 'weights-index-disagrees',
    });
  });

  test.each<[string, string, Record<string, Uint8Array | string>]>([
    ['nothing', 'weights-missing', { 'config.json': '{}' }],
    ['pickled weights', 'weights-pickle', { 'pytorch_model.bin': '' }],
    ['two models', 'weights-ambiguous', { 'a/model.safetensors': '', 'b/model.safetensors': '' }],
    ['a shard that is not there', 'weights-shard-missing', { [INDEX]: indexOf(PLACES) }],
    ['a shard outside', 'weights-shard-path', { [INDEX]: indexOf({ a: '../model.safetensors' }) }],
    ['an absolute shard', 'weights-shard-path', { [INDEX]: indexOf({ a: '/model.safetensors' }) }],
    ['a drive', 'weights-shard-path', { [INDEX]: indexOf({ a: 'C:\\model.safetensors' }) }],
    [
      'a tensor the index places elsewhere',
      'weights-index-disagrees',
      { ...SHARDS, [INDEX]: indexOf({ ...PLACES, b: PLACES.c }) },
    ],
    [
      'a tensor in no shard',
      'weights-index-disagrees',
      { ...SHARDS, [INDEX]: indexOf({ ...PLACES, d: PLACES.c }) },
    ],
    [
      'a tensor in two shards',
      'weights-index-disagrees',
      { ...SHARDS, [`m/${PLACES.c}`]: weights(['a', 1], ['c', 3]), [INDEX]: indexOf(PLACES) },
    ],
    ['an empty index', 'weights-index', { [INDEX]: indexOf({}) }],
    ['an index without a map', 'weights-index', { [INDEX]: '{"weight_map":[]}' }],
    ['a poisoned index', 'json-prototype-key', { [INDEX]: '{"weight_map":{"__proto__":"a"}}' }],
    ['a key twice', 'json-duplicate-key', { [INDEX]: '{"weight_map":{"a":"x","a":"y"}}' }],
  ])('%s → %s', async (_name, code, files) => {
    expect(await codeOf(folder(files))).toBe(code);
  });
});
