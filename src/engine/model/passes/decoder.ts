/** Runs all blocks forward, and backward with recomputation; backward with recomputation. */
import { groupKey } from '../../branches/layout.ts';
import type { Tensor } from '../../gpu/tensor.ts';
import {
  attentionBlockBackward,
  attentionBlockForward,
  type AttentionActivations,
  type AttentionStrategy,
  type TrainableAttention,
} from './attention.ts';
import type { PassContext } from './context.ts';
import { architectureNamed } from '../architectures/index.ts';
import { frozenLookup } from '../frozen-matrix.ts';
import {
  feedForwardBackward,
  feedForwardForward,
  type FeedForwardActivations,
} from './feed-forward.ts';
import { groupNames, type GroupName } from '../projections.ts';
import type { Checkpointing } from '../settings.ts';

export { checkpointings, type Checkpointing } from '../settings.ts';

interface BlockActivations<Kept> {
  readonly attention: AttentionActivations<Kept>;
  readonly feedForward: FeedForwardActivations;
}

/** What a block keeps for its backward pass; null parts are recomputed. */
interface KeptActivations<Kept> {
  readonly attention: AttentionActivations<Kept>;
  /** Output of the attention block, from which the feed-forward block can be computed again. */
  readonly between: Tensor;
  readonly feedForward: FeedForwardActivations | null;
}

/** A forward pass as the backward pass needs it: each block's input, and its kept inner values. */
export interface DecoderActivations<Kept> {
  readonly blockInputs: readonly Tensor[];
  readonly layers: readonly (KeptActivations<Kept> | null)[];
  /** Output of the last block, before the final norm, [N, hidden]. */
  readonly hidden: Tensor;
}

function whole<Kept>({ attention, feedForward }: BlockActivations<Kept>): KeptActivations<Kept> {
  return { attention, between: feedForward.x, feedForward };
}

function keep<Kept>(
  checkpointing: Checkpointing,
  inside: BlockActivations<Kept>,
): KeptActivations<Kept> | null {
  switch (checkpointing) {
    case 'none':
      return whole(inside);
    case 'feed-forward':
      return { ...whole(inside), feedForward: null };
    case 'block':
      return null;
  }
}

function blockForward<Kept>(
  context: PassContext,
  args: {
    readonly layer: number;
    readonly attention: AttentionStrategy<Kept>;
    readonly x: Tensor;
    /** Null where only the values for the backward pass are wanted. */
    readonly output: Tensor | null;
  },
): BlockActivations<Kept> {
  const { layer, attention, x, output } = args;
  const between = context.recorder.scratch('residual', x.shape);
  return {
    attention: attentionBlockForward(context, { layer, attention, x, output: between }),
    feedForward: feedForwardForward(context, layer, between, output),
  };
}

/** The rows of the embedding that the ids name, [N, hidden]. */
export function embed({ recorder, config, weights, rows }: PassContext, ids: Tensor): Tensor {
  const y = recorder.scratch('embedded', [rows, config.hiddenSize]);
  const { scaledEmbedding } = architectureNamed(config.architecture).block;
  const scale = scaledEmbedding ? Math.sqrt(config.hiddenSize) : 1;
  frozenLookup(recorder, weights.embedding, { ids, y, scale });
  return y;
}

/**
 * Embeds the ids and runs every block: the common beginning of training and scoring.
 * @param onBlock gets each block's input and inner values
 * @returns the output of the last block, before the final norm, [N, hidden]
 */
export function runBlocks<Kept>(
  context: PassContext,
  ids: Tensor,
  attention: AttentionStrategy<Kept>,
  onBlock?: (input: Tensor, inside: BlockActivations<Kept>) => void,
): Tensor {
  const { recorder, config } = context;
  let x = embed(context, ids);
  const { shape } = x;
  for (let layer = 0; layer < config.layers; layer += 1) {
    const output = recorder.scratch(`output of block ${layer}`, shape);
    const input = x;
    const inside = recorder.scope(`layer ${layer} forward`, () =>
      blockForward(context, { layer, attention, x: input, output }),
    );
    onBlock?.(input, inside);
    x = output;
  }
  return x;
}

/** Embeds the ids and runs every block, keeping what the backward pass needs. */
export function decoderForward<Kept>(
  context: PassContext,
  ids: Tensor,
  attention: AttentionStrategy<Kept>,
  checkpointing: Checkpointing,
): DecoderActivations<Kept> {
  const blockInputs: Tensor[] = [];
  const layers: (KeptActivations<Kept> | null)[] = [];
  const hidden = runBlocks(context, ids, attention, (input, inside) => {
    blockInputs.push(input);
    layers.push(keep(checkpointing, inside));
  });
  return { blockInputs, layers, hidden };
}

/** Whether any of these groups of a layer has branches. */
function learns(context: PassContext, layer: number, names: readonly GroupName[]): boolean {
  const groups = context.branches?.layout.groups;
  return names.some((name) => groups?.has(groupKey(layer, name)) ?? false);
}

/**
 * Runs the blocks backward, adding branch gradients to the arena. `dHidden` holds the gradient of the
 * last block's output and is overwritten. Blocks whose inner values were not kept are recomputed first;
 * below the lowest branch nothing runs.
 */
export function decoderBackward<Kept>(
  context: PassContext,
  attention: TrainableAttention<Kept>,
  saved: DecoderActivations<Kept>,
  dHidden: Tensor,
): void {
  const recompute: PassContext = { ...context, onRouting: null };
  const lowest = Array.from({ length: context.config.layers }, (_, layer) => layer).find((layer) =>
    learns(context, layer, groupNames),
  );
  if (lowest === undefined) return;
  const { recorder } = context;
  const blockBackward = (layer: number): void => {
    const x = saved.blockInputs[layer];
    if (!x) throw new RangeError(`Block ${layer} has no saved input`);
    const again = <T>(record: () => T): T => recorder.scope(`layer ${layer} recomputed`, record);
    const kept =
      saved.layers[layer] ??
      again(() => whole(blockForward(recompute, { layer, attention, x, output: null })));
    const feedForward =
      kept.feedForward ?? again(() => feedForwardForward(recompute, layer, kept.between, null));
    const isLowest = layer === lowest;
    const attentionLearns = learns(context, layer, ['queryKeyValue', 'output']);
    feedForwardBackward(context, {
      ...{ layer, saved: feedForward },
      ...{ dResidual: dHidden, inputNeeded: !isLowest || attentionLearns },
    });
    if (isLowest && !attentionLearns) return;
    attentionBlockBackward(context, {
      ...{ layer, attention, saved: kept.attention },
      ...{ dResidual: dHidden, inputNeeded: !isLowest },
    });
  };
  for (let layer = context.config.layers - 1; layer >= lowest; layer -= 1) {
    recorder.scope(`layer ${layer} backward`, () => blockBackward(layer));
  }
}
