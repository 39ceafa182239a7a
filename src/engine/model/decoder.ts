/** All blocks forward; backward with recomputation. */
import { groupKey } from '../adapters/layout.ts';
import type { Tensor } from '../gpu/tensor.ts';
import {
  attentionBlockBackward,
  attentionBlockForward,
  type AttentionActivations,
  type Segments,
} from './attention.ts';
import type { PassContext } from './context.ts';
import { frozenLookup } from './frozen-matrix.ts';
import {
  feedForwardBackward,
  feedForwardForward,
  type FeedForwardActivations,
} from './feed-forward.ts';
import { groupNames, type GroupName } from './projections.ts';
import type { Checkpointing } from './settings.ts';

export { checkpointings, type Checkpointing } from './settings.ts';

interface LayerActivations {
  readonly attention: AttentionActivations;
  readonly feedForward: FeedForwardActivations;
}

/** What a block keeps for its backward pass; null parts are recomputed. */
interface KeptActivations {
  readonly attention: AttentionActivations;
  /** Output of the attention block, from which the feed-forward block can be computed anew. */
  readonly between: Tensor;
  readonly feedForward: FeedForwardActivations | null;
}

/** A forward pass as the backward pass needs it: each block's input, and of its inside what was kept. */
export interface DecoderActivations {
  readonly blockInputs: readonly Tensor[];
  readonly layers: readonly (KeptActivations | null)[];
  /** Output of the last block, before the final norm, [N, hidden]. */
  readonly hidden: Tensor;
}

function whole({ attention, feedForward }: LayerActivations): KeptActivations {
  return { attention, between: feedForward.x, feedForward };
}

function keep(checkpointing: Checkpointing, inside: LayerActivations): KeptActivations | null {
  switch (checkpointing) {
    case 'none':
      return whole(inside);
    case 'feed-forward':
      return { ...whole(inside), feedForward: null };
    case 'block':
      return null;
  }
}

function blockForward(
  context: PassContext,
  layer: number,
  segments: Segments,
  x: Tensor,
  output: Tensor | null,
): LayerActivations {
  const between = context.recorder.scratch('residual', x.shape);
  const attention = attentionBlockForward(context, layer, segments, x, between);
  const feedForward = feedForwardForward(context, layer, between, output);
  return { attention, feedForward };
}

/** Embeds the ids and runs every block over packed records. */
export function decoderForward(
  context: PassContext,
  ids: Tensor,
  segments: Segments,
  checkpointing: Checkpointing,
): DecoderActivations {
  const { recorder, config, weights, rows } = context;
  const shape = [rows, config.hiddenSize];
  let x = recorder.scratch('embedded', shape);
  frozenLookup(recorder, weights.embedding, { ids, y: x });
  const blockInputs: Tensor[] = [];
  const layers: (KeptActivations | null)[] = [];
  for (let layer = 0; layer < config.layers; layer += 1) {
    const output = recorder.scratch(`output of block ${layer}`, shape);
    const input = x;
    const activations = recorder.scope(`layer ${layer} forward`, () =>
      blockForward(context, layer, segments, input, output),
    );
    blockInputs.push(input);
    layers.push(keep(checkpointing, activations));
    x = output;
  }
  return { blockInputs, layers, hidden: x };
}

/** Whether any of these groups of a layer has branches. */
function learns(context: PassContext, layer: number, names: readonly GroupName[]): boolean {
  const groups = context.adapters?.layout.groups;
  return names.some((name) => groups?.has(groupKey(layer, name)) ?? false);
}

/**
 * Runs the blocks backward, adding branch gradients to the arena. `dHidden` holds the gradient of the
 * last block's output and is used up. Blocks whose inside was not kept are recomputed first; below the
 * lowest branch nothing runs.
 */
export function decoderBackward(
  context: PassContext,
  segments: Segments,
  saved: DecoderActivations,
  dHidden: Tensor,
): void {
  const recompute: PassContext = { ...context, onRouting: null };
  const lowest = Array.from({ length: context.config.layers }, (_, layer) => layer).find((layer) =>
    learns(context, layer, groupNames),
  );
  if (lowest === undefined) return;
  const { recorder } = context;
  const blockBackward = (layer: number): void => {
    const input = saved.blockInputs[layer];
    if (!input) throw new RangeError(`Block ${layer} has no saved input`);
    const again = <T>(record: () => T): T => recorder.scope(`layer ${layer} recomputed`, record);
    const kept =
      saved.layers[layer] ??
      again(() => whole(blockForward(recompute, layer, segments, input, null)));
    const feedForward =
      kept.feedForward ?? again(() => feedForwardForward(recompute, layer, kept.between, null));
    const isLowest = layer === lowest;
    const attentionLearns = learns(context, layer, ['queryKeyValue', 'output']);
    feedForwardBackward(context, layer, feedForward, dHidden, !isLowest || attentionLearns);
    if (isLowest && !attentionLearns) return;
    attentionBlockBackward(context, layer, segments, kept.attention, dHidden, !isLowest);
  };
  for (let layer = context.config.layers - 1; layer >= lowest; layer -= 1) {
    recorder.scope(`layer ${layer} backward`, () => blockBackward(layer));
  }
}
