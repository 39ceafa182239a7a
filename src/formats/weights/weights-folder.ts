/** The weights of a Hugging Face folder, whether in one file or in shards. */
import type { DisagreeReason, IndexReason } from '../../faults/catalogue/weights.ts';
import { fault, StudioError } from '../../faults/fault.ts';
import type { ArchitectureNames } from '../gguf/gguf-names.ts';
import type { StoredType } from '../gguf/block-types.ts';
import type { ByteSource } from '../files/byte-source.ts';
import { isJsonObject, parseJsonObject } from '../texts/json.ts';
import { dtypeSize, missingTensor, readSafetensorsHeader, readTensor } from './safetensors.ts';
import type { TensorEntry } from './safetensors.ts';

const SINGLE_FILE = 'model.safetensors';
const INDEX_FILE = 'model.safetensors.index.json';
const MAX_INDEX_BYTES = 25_000_000;
const MAX_SHARDS = 10_000;
/** Computed buffers, which indices name and files leave out. */
const ROTARY_BUFFER = /(?:^|\.)rotary_emb\.[\w.]+$/;

export interface TensorInfo {
  readonly dtype: StoredType;
  readonly shape: readonly number[];
}

/** The weights of a Hugging Face folder, whether in one file or in shards. */
export interface WeightsFolder {
  /** Path of the folder inside the dropped files, '' or ending in '/'. */
  readonly root: string;
  readonly tensors: ReadonlyMap<string, TensorInfo>;
  /** The files that hold the weights, their index included, by path below the root. */
  readonly files: readonly string[];
  /** Bytes of all tensors as stored. */
  readonly byteSize: number;
  /**
   * A tensor widened to float32, or its elements [first, last) when a range is given.
   * @throws StudioError `tensor-missing`, `safetensors-not-float`, `file-unreadable`.
   */
  readFloat32(name: string, first?: number, last?: number): Promise<Float32Array<ArrayBuffer>>;
  /**
   * The bytes of elements [first, last) as they are stored, little-endian; the range is whole blocks where
   * the type has blocks.
   * @throws StudioError `tensor-missing`, `file-unreadable`.
   */
  readStored(name: string, first: number, last: number): Promise<Uint8Array<ArrayBuffer>>;
}

/**
 * Opens the weights among the files of a folder: `model.safetensors`, or the shards that
 * `model.safetensors.index.json` names. Headers are read and checked, weights are not.
 * @param files path (with `/`) → source; the model may lie in a subfolder.
 * @param known architectures whose head an index may name and files leave out, because it is the embedding
 * @throws StudioError `weights-…`, or what the parsers of its files throw.
 */
export async function openWeightsFolder(
  files: ReadonlyMap<string, ByteSource>,
  known: readonly Pick<ArchitectureNames, 'tensors'>[] = [],
): Promise<WeightsFolder> {
  const root = findModelRoot(files);
  const single = files.get(root + SINGLE_FILE);
  const { located, names } =
    single === undefined
      ? await openShards(files, root, known)
      : { located: await openSingle(single), names: [SINGLE_FILE] };
  let byteSize = 0;
  const tensors = new Map<string, TensorInfo>();
  for (const [name, { entry }] of located) {
    tensors.set(name, { dtype: entry.dtype, shape: entry.shape });
    byteSize += entry.end - entry.begin;
  }
  const find = (name: string): Located => {
    const found = located.get(name);
    if (found === undefined) throw missingTensor(root === '' ? 'The folder' : root, name);
    return found;
  };
  return {
    root,
    tensors,
    files: names,
    byteSize,
    readFloat32: async (name, first, last) => {
      const { source, entry } = find(name);
      return readTensor(source, entry, first, last);
    },
    readStored: async (name, first, last) => {
      const { source, entry } = find(name);
      const size = dtypeSize(entry.dtype);
      return source.read(entry.begin + first * size, entry.begin + last * size);
    },
  };
}

/** The folder (as a prefix: '' or ending in '/') that holds the weights; the one nearest the top. */
export function findModelRoot(files: ReadonlyMap<string, ByteSource>): string {
  const roots = new Set<string>();
  for (const path of files.keys()) {
    const cut = path.lastIndexOf('/') + 1;
    const base = path.slice(cut);
    if (base === SINGLE_FILE || base === INDEX_FILE) roots.add(path.slice(0, cut));
  }
  const depthOf = (root: string): number => root.split('/').length;
  const sorted = [...roots].sort((a, b) => depthOf(a) - depthOf(b));
  const [first, second] = sorted;
  if (first === undefined) throw missingWeights(files);
  if (second !== undefined && depthOf(second) === depthOf(first)) {
    throw fault('weights-ambiguous', { first, second });
  }
  return first;
}

function missingWeights(files: ReadonlyMap<string, ByteSource>): StudioError {
  const names = [...files.keys()];
  const named = (pattern: RegExp): string | undefined => names.find((name) => pattern.test(name));
  const pickle = named(/\.(?:bin|pt|pth|ckpt|pkl|pickle)$/i);
  if (pickle !== undefined) {
    return fault('weights-pickle', { file: pickle });
  }
  const shard = named(/-\d{5}-of-\d{5}\.safetensors$/i);
  if (shard !== undefined) {
    return fault('weights-index-missing', { file: shard });
  }
  const other = named(/\.safetensors$/i);
  if (other !== undefined) {
    return fault('weights-unnamed', { file: other });
  }
  return fault('weights-missing', { files: names.slice(0, 20), count: names.length });
}

interface Located {
  readonly source: ByteSource;
  readonly entry: TensorEntry;
}

async function openSingle(source: ByteSource): Promise<Map<string, Located>> {
  const header = await readSafetensorsHeader(source);
  return new Map([...header.tensors].map(([name, entry]) => [name, { source, entry }]));
}

async function openShards(
  files: ReadonlyMap<string, ByteSource>,
  root: string,
  known: readonly Pick<ArchitectureNames, 'tensors'>[],
): Promise<{ readonly located: Map<string, Located>; readonly names: readonly string[] }> {
  const index = await readIndex(files.get(root + INDEX_FILE));
  const shards = new Map<string, ByteSource>();
  for (const shard of new Set(index.values())) {
    const source = files.get(root + checkShardPath(shard));
    if (source === undefined) {
      throw fault('weights-shard-missing', { shard });
    }
    shards.set(shard, source);
  }
  const located = new Map<string, Located>();
  for (const [shard, source] of shards) {
    const header = await readSafetensorsHeader(source);
    for (const [name, entry] of header.tensors) {
      if (located.has(name)) throw disagree(name, { reason: 'two-shards' });
      // A buffer that the index leaves out is a tensor like any other.
      if ((index.get(name) ?? shard) !== shard) {
        throw disagree(name, { reason: 'elsewhere', shard });
      }
      located.set(name, { source, entry });
    }
  }
  const heads = known.map(({ tensors }) => `.${tensors.outside.head.huggingFace}.weight`);
  const mayBeAbsent = (name: string): boolean =>
    ROTARY_BUFFER.test(name) || heads.some((head) => `.${name}`.endsWith(head));
  for (const name of index.keys()) {
    if (located.has(name) || mayBeAbsent(name)) continue;
    throw disagree(name, { reason: 'no-shard' });
  }
  return { located, names: [INDEX_FILE, ...shards.keys()] };
}

function disagree(tensor: string, why: DisagreeReason): StudioError {
  return fault('weights-index-disagrees', { tensor: tensor.slice(0, 120), ...why });
}

async function readIndex(source: ByteSource | undefined): Promise<Map<string, string>> {
  if (source === undefined) throw missingWeights(new Map());
  if (source.size > MAX_INDEX_BYTES) {
    throw badIndex({ reason: 'too-large', bytes: source.size, most: MAX_INDEX_BYTES });
  }
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(await source.read(0, source.size));
  } catch (cause) {
    if (cause instanceof StudioError) throw cause;
    throw badIndex({ reason: 'not-text' });
  }
  const index = parseJsonObject(text, { name: source.name, duplicateKeys: 'refuse' });
  const weightMap = index['weight_map'];
  if (!isJsonObject(weightMap)) throw badIndex({ reason: 'no-map' });
  const placed = new Map<string, string>();
  const shards = new Set<string>();
  for (const [name, shard] of Object.entries(weightMap)) {
    if (typeof shard !== 'string')
      throw badIndex({ reason: 'no-name', tensor: name.slice(0, 120) });
    placed.set(name, shard);
    shards.add(shard);
  }
  if (placed.size === 0) throw badIndex({ reason: 'empty' });
  if (shards.size > MAX_SHARDS) throw badIndex({ reason: 'too-many', count: shards.size });
  return placed;
}

function badIndex(why: IndexReason): StudioError {
  return fault('weights-index', why);
}

function checkShardPath(shard: string): string {
  const parts = shard.split('/');
  const inside = parts.every((part) => part !== '' && part !== '.' && part !== '..');
  if (inside && !/[\\:\0]/.test(shard) && shard.endsWith('.safetensors')) return shard;
  throw fault('weights-shard-path', { shard: shard.slice(0, 120) });
}
