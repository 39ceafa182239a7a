/** Finds tokens that pretraining never showed, and gives each an embedding. */
import { copyFile, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Model } from '../../src/engine/index.ts';
import { randomWord } from '../../src/engine/kernels/random-words.ts';
import { openedModel } from '../../src/engine/face/model.ts';
import { writeFiles } from '../../src/engine/node/index.ts';
import { streamSafetensors } from '../../src/formats/weights/safetensors-writer.ts';
import { openDemoModel } from './model.ts';

const embedding = 'model.embed_tokens.weight';
/** Rows this alike are one vector for all a frozen head can do with them. */
const alike = 0.99;
/** Fewer look-alikes than this can happen among trained tokens. */
const leastAlike = 8;
/** Standard deviation of what is added to each element. */
const spread = 0.08;
const stream = 0x5eed6000;

/** A model whose tokens can be told apart, and those that could not be before. */
interface ToldApart {
  readonly model: Model;
  readonly ids: readonly number[];
}

/**
 * The model of a folder with noise, drawn by seed, on the embeddings of the tokens that pretraining never showed;
 * as it is where there are none.
 */
export async function tellTokensApart(folder: string, seed: number): Promise<ToldApart> {
  const model = await openDemoModel(folder);
  const [end] = model.endIds;
  if (end === undefined || !model.tiedHead) return { model, ids: [] };
  const rows = await model.readTensor(embedding);
  const size = rows.length / model.vocabularySize;
  const ids = untrainedTokens(rows, size, end);
  if (ids.length === 0) return { model, ids };
  for (const id of ids) {
    for (let element = id * size; element < (id + 1) * size; element += 1) {
      rows[element] = (rows[element] ?? 0) + spread * normal(seed, element);
    }
  }
  return { model: await openDemoModel(folder, { tensors: { [embedding]: rows } }), ids };
}

/** A model folder on the disk, and the tokens in it that were told apart. */
export interface FolderToldApart extends ToldApart {
  readonly folder: string;
}

/** The same as a model folder: `out`, or the folder itself where nothing had to be told apart. */
export async function folderToldApart(
  folder: string,
  seed: number,
  out: string,
): Promise<FolderToldApart> {
  const told = await tellTokensApart(folder, seed);
  if (told.ids.length === 0) return { ...told, folder };
  const { weights, files } = openedModel(told.model).folder;
  const { root } = weights;
  const replaced = new Set(weights.files.map((path) => root + path));
  for (const path of files.keys()) {
    if (replaced.has(path)) continue;
    await mkdir(dirname(join(out, path)), { recursive: true });
    await copyFile(join(folder, path), join(out, path));
  }
  const tensors = [...weights.tensors].map(([name, { shape }]) => {
    return { name, dtype: 'F32' as const, shape };
  });
  const chunks = streamSafetensors(tensors, (name) => weights.readFloat32(name));
  await writeFiles(out, [{ path: `${root}model.safetensors`, chunks }]);
  return { ...told, folder: out };
}

/**
 * Tokens whose embedding is the end-of-turn token's but for rounding: pretraining never showed them, and
 * pushed all of them the same way. Where the head is the embedding and both are frozen, no branch can make
 * the model prefer one of them to the others, so that an answer could never end. Empty for models that were
 * trained with their template.
 */
function untrainedTokens(rows: Float32Array, size: number, end: number): number[] {
  const rowOf = (id: number): Float32Array => rows.subarray(id * size, (id + 1) * size);
  const wanted = rowOf(end);
  const dot = (a: Float32Array, b: Float32Array): number =>
    a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0);
  const length = Math.sqrt(dot(wanted, wanted));
  const found: number[] = [];
  for (let id = 0; id < rows.length / size; id += 1) {
    const row = rowOf(id);
    const cosine = dot(row, wanted) / (length * Math.sqrt(dot(row, row)));
    if (cosine > alike) found.push(id);
  }
  return found.length < leastAlike ? [] : found;
}

/** About normal, by the sum of twelve uniform values. */
function normal(seed: number, element: number): number {
  let sum = -6;
  for (let i = 0; i < 12; i += 1) sum += randomWord(seed, i, stream, element) / 2 ** 32;
  return sum;
}
