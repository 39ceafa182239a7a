/** Finds tokens that pretraining never showed, and gives each an embedding. */
import type { Model } from '../../src/engine/index.ts';
import { randomWord } from '../../src/engine/kernels/random-words.ts';
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
