/** What a run on many GPUs needs, computed from the shapes of a model and a recipe, and simulated step by step. */
import { layOutBranches } from '../../src/engine/branches/layout.ts';
import { randomWord } from '../../src/engine/kernels/random-words.ts';
import { parseModelConfig, type ModelConfig } from '../../src/engine/model/config.ts';
import { projections } from '../../src/engine/model/projections.ts';
import { projectionShape } from '../../src/engine/model/weights.ts';
import { paperRecipe } from '../../src/engine/training/recipe/presets.ts';
import type { Recipe } from '../../src/engine/training/recipe/recipe.ts';
import { stageBranches } from '../../src/engine/training/stage/branch-plans.ts';

export interface Cluster {
  readonly gpus: number;
  readonly gpusOfNode: number;
  /** Bits a second between two nodes. */
  readonly network: number;
  /** Bytes a second between two GPUs of a node. */
  readonly within: number;
  /** Operations a second that a GPU reaches, not what its sheet says. */
  readonly reached: number;
}

export interface Load {
  readonly records: number;
  /** Records of a step over all GPUs. */
  readonly batch: number;
  readonly microBatchTokens: number;
  /** Median and spread (of the logarithm) of the tokens of a record. */
  readonly median: number;
  readonly spread: number;
  readonly maxLength: number;
  /** Whether the frozen base is spread over the GPUs (FSDP2). */
  readonly sharded: boolean;
}

export interface Needs {
  readonly parameters: number;
  readonly trainable: number;
  readonly steps: number;
  /** Tokens of a step, and the share of rows of micro-batches that hold one. */
  readonly tokens: number;
  readonly filled: number;
  /** Share of GPU time that is not spent waiting for the GPU with the most micro-batches. */
  readonly busy: number;
  readonly bytesRead: number;
  readonly bytesReduced: number;
  readonly bytesGathered: number;
  readonly secondsComputing: number;
  readonly secondsReducing: number;
  readonly secondsGathering: number;
}

/** A Qwen2 model by its published shape. */
export function qwen2(
  hidden: number,
  layers: number,
  feedForward: number,
  [heads, keyValueHeads]: readonly [number, number],
): ModelConfig {
  return parseModelConfig({
    ...{ model_type: 'qwen2', hidden_size: hidden, num_hidden_layers: layers },
    ...{ intermediate_size: feedForward, num_attention_heads: heads },
    ...{ num_key_value_heads: keyValueHeads, vocab_size: 152_064, tie_word_embeddings: false },
    max_position_embeddings: 32_768,
  });
}

export const models = {
  '7B': qwen2(3584, 28, 18_944, [28, 4]),
  '14B': qwen2(5120, 48, 13_824, [40, 8]),
} as const;

/** Weights of all matrices: those of blocks, which every token passes, and with embedding and head. */
export function parametersOf(config: ModelConfig): { blocks: number; all: number } {
  const block = projections.reduce((sum, projection) => {
    const { inputs, outputs } = projectionShape(config, projection);
    return sum + inputs * outputs;
  }, 0);
  const blocks = config.layers * block;
  return { blocks, all: blocks + 2 * config.vocabularySize * config.hiddenSize };
}

/** Operations of a token: forward, and backward without gradients of frozen weights; blocks twice where recomputed. */
export function operationsOf(config: ModelConfig, recomputing: boolean): number {
  const { blocks } = parametersOf(config);
  const head = config.vocabularySize * config.hiddenSize;
  return 2 * (blocks * (recomputing ? 3 : 2) + head * 2);
}

/** Seconds of a ring over nodes, each GPU's part between its own node's first. */
function ring(bytes: number, { gpus, gpusOfNode, network, within }: Cluster): number {
  const nodes = Math.ceil(gpus / gpusOfNode);
  const inside = Math.min(gpus, gpusOfNode);
  return (
    ((inside - 1) / inside) * (bytes / within) + ((nodes - 1) / nodes) * (bytes / (network / 8))
  );
}

/** Tokens of record `index`: log-normal, cut to the longest that the recipe allows. */
function lengthOf(index: number, { median, spread, maxLength }: Load): number {
  const [one, two] = [0, 1].map((k) => (randomWord(15, 0, 0x5ca1e, 2 * index + k) + 0.5) / 2 ** 32);
  const normal = Math.sqrt(-2 * Math.log(one ?? 1)) * Math.cos(2 * Math.PI * (two ?? 0));
  return Math.max(8, Math.min(maxLength, Math.round(median * Math.exp(spread * normal))));
}

/** Micro-batches of a step, first fit in order, as the run packs them. */
export function microBatches(lengths: readonly number[], rows: number): number[] {
  const used: number[] = [];
  for (const length of lengths) {
    const place = used.findIndex((taken) => taken + length <= rows);
    if (place < 0) used.push(length);
    else used[place] = (used[place] ?? 0) + length;
  }
  return used;
}

/** @param stage of the paper's recipe at this rank; @param sampled steps that are packed one by one */
export function simulate(
  config: ModelConfig,
  stage: number,
  [cluster, load]: readonly [Cluster, Load],
  sampled = 20,
): Needs {
  const recipe: Recipe = paperRecipe({ rank: 16, sharedExperts: 2, experts: 8, active: 2 });
  const { elements, trainable } = layOutBranches(config, stageBranches(recipe, stage));
  const { all, blocks } = parametersOf(config);
  let [tokens, rows, turns, most] = [0, 0, 0, 0];
  for (let step = 0; step < sampled; step += 1) {
    const lengths = Array.from({ length: load.batch }, (_, i) =>
      lengthOf(step * load.batch + i, load),
    );
    const packed = microBatches(lengths, load.microBatchTokens);
    tokens += lengths.reduce((sum, length) => sum + length, 0);
    rows += packed.length * load.microBatchTokens;
    turns += packed.length;
    // Micro-batch m is computed by GPU m mod N: a step lasts as long as that of the GPU with the most.
    most += Math.ceil(packed.length / cluster.gpus);
  }
  const each = tokens / sampled;
  const busy = turns / (most * cluster.gpus);
  const operations = operationsOf(config, true) * each;
  const bytesReduced = 4 * elements;
  // In bfloat16, for each micro-batch: forward, and backward once more.
  const bytesGathered = load.sharded ? 2 * blocks * 2 * (most / sampled) : 0;
  return {
    ...{ parameters: all, trainable, tokens: each, filled: tokens / rows, busy, bytesReduced },
    steps: Math.ceil(load.records / load.batch),
    // Every process reads the records of the whole step, and a node's page cache gives them to all of its processes.
    bytesRead: 4 * each,
    bytesGathered,
    secondsComputing: operations / (cluster.reached * cluster.gpus) / busy,
    // A reduction goes round twice: sums, then results.
    secondsReducing: 2 * ring(bytesReduced, cluster),
    secondsGathering: ring(bytesGathered, cluster),
  };
}
