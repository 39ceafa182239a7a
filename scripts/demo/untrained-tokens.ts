/** Finds tokens that pretraining never showed and gives them embeddings of their own. */
import { randomWord } from '../../src/engine/kernels/random-words.ts';
import type { WeightsFolder } from '../../src/formats/weights/weights-folder.ts';
import type { DemoModel } from './model.ts';

const embedding = 'model.embed_tokens.weight';
/** Rows this alike are one vector for all a frozen head can do with them. */
const alike = 0.99;
/** Fewer look-alikes than this can happen among trained tokens. */
const leastAlike = 8;
/** Standard deviation of what is added to each element. */
const spread = 0.08;
const stream = 0x5eed6000;

/**
 * Tokens whose embedding is the end-of-turn token's but for rounding: pretraining never showed them, and
 * pushed all of them the same way. Where the head is the embedding and both are frozen, no branch can make
 * the model prefer one of them to the others, so that an answer could never end. Empty for models that were
 * trained with their template.
 */
export async function findUntrainedTokens({
  config,
  weights,
  tokenizer,
}: DemoModel): Promise<number[]> {
  const [end] = tokenizer.eosIds;
  if (end === undefined || !config.tiedHead) return [];
  const rows = await weights.readFloat32(embedding);
  const size = config.hiddenSize;
  const rowOf = (id: number): Float32Array => rows.subarray(id * size, (id + 1) * size);
  const wanted = rowOf(end);
  const dot = (a: Float32Array, b: Float32Array): number =>
    a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0);
  const length = Math.sqrt(dot(wanted, wanted));
  const found: number[] = [];
  for (let id = 0; id < config.vocabularySize; id += 1) {
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

/** The same weights with noise, drawn by seed, on the embedding rows of some tokens. */
export function withOwnRows(
  weights: WeightsFolder,
  ids: readonly number[],
  size: number,
  seed: number,
): WeightsFolder {
  return {
    ...weights,
    readFloat32: async (name, first = 0, last) => {
      const values = await weights.readFloat32(name, first, last);
      if (name !== embedding) return values;
      for (const id of ids) {
        for (let element = id * size; element < (id + 1) * size; element += 1) {
          const at = element - first;
          const before = values[at];
          if (before !== undefined)
            values[at] = Math.fround(before + spread * normal(seed, element));
        }
      }
      return values;
    },
  };
}
