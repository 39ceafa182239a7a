/** All blocks forward over key-value caches: what prompts and decoding share. */
import type { Tensor } from '../../gpu/tensor.ts';
import { cachedAttention } from '../../kernels/attention/cached-attention.ts';
import { rotateToCache } from '../../kernels/attention/key-value-cache.ts';
import { flatRows, joinResidual, layerWeights, queryKeyValueTensors } from './attention.ts';
import type { PassContext } from './context.ts';
import { embed } from './decoder.ts';
import { groupForward } from './linear-group-forward.ts';
import { gatedGroupForward, normedGroupForward } from './normed-group-forward.ts';

/** Keys and values of a layer, [slots, capacity, groups, headSize]. */
export interface LayerCache {
  readonly key: Tensor;
  readonly value: Tensor;
}

interface CachedRows {
  /** Token and sequence of each row, u32[N]. */
  readonly ids: Tensor;
  readonly slots: Tensor;
  /** One for each layer. */
  readonly caches: readonly LayerCache[];
}

/**
 * Embeds the ids and runs every block; keys and values of the rows go into the caches, and each row attends those of
 * its sequence.
 * @returns the output of the last block, before the final norm, [N, hidden]
 */
export function cachedBlocks(context: PassContext, { ids, slots, caches }: CachedRows): Tensor {
  const { recorder, config } = context;
  let x = embed(context, ids);
  for (let layer = 0; layer < config.layers; layer += 1) {
    const cache = caches[layer];
    if (!cache) throw new RangeError(`Layer ${layer} has no cache`);
    const input = x;
    const output = recorder.scratch(`output of block ${layer}`, x.shape);
    recorder.scope(`layer ${layer} forward`, () => {
      const between = recorder.scratch('residual', x.shape);
      attentionBlock(context, { layer, slots, cache, x: input, output: between });
      feedForwardBlock(context, layer, between, output);
    });
    x = output;
  }
  return x;
}

/** output = x + o_proj(attention(rmsnorm(x))), with a norm before the sum where the architecture has one. */
function attentionBlock(
  context: PassContext,
  args: {
    readonly layer: number;
    readonly slots: Tensor;
    readonly cache: LayerCache;
    readonly x: Tensor;
    readonly output: Tensor;
  },
): void {
  const { recorder, config, rows, positions } = context;
  const { layer, slots, cache, x, output } = args;
  const { key: keyCache, value: valueCache } = cache;
  const { rmsEpsilon: epsilon, local } = config;
  const weights = layerWeights(context, layer);
  const { queryNorm, keyNorm, rotary } = weights;
  const heads = queryKeyValueTensors(context, 'query, key, value');
  const outputs = [heads.query, heads.key, heads.value].map(flatRows);
  const inputNorm = { weight: weights.attentionNorm, epsilon };
  normedGroupForward(context, { layer, name: 'queryKeyValue', x, norm: inputNorm, outputs });
  const norm = queryNorm && keyNorm ? { query: queryNorm, key: keyNorm, epsilon } : null;
  const angles = { positions, ...rotary };
  rotateToCache(recorder, { heads, angles, norm, keyCache, valueCache, slots });
  const attended = recorder.scratch('attended', [rows, config.heads, config.headSize]);
  cachedAttention(recorder, {
    ...{ q: heads.query, keyCache, valueCache, slots, positions, output: attended },
    scale: config.attentionScale,
    window: local?.layers[layer] ? local.window : null,
  });
  joinResidual(context, {
    ...{ norm: weights.attentionOutputNorm, x, output },
    give: (given, residual) =>
      groupForward(context, {
        layer,
        name: 'output',
        x: flatRows(attended),
        outputs: given,
        residual,
      }),
  });
}

/** output = x + down(activation(gate(n)) · up(n)), n = rmsnorm(x), with a norm before the sum where there is one. */
function feedForwardBlock(context: PassContext, layer: number, x: Tensor, output: Tensor): void {
  const { recorder, config, rows } = context;
  const { feedForwardNorm, feedForwardOutputNorm } = layerWeights(context, layer);
  const activated = recorder.scratch('activated', [rows, config.feedForwardSize]);
  const norm = { weight: feedForwardNorm, epsilon: config.rmsEpsilon };
  gatedGroupForward(context, { layer, x, norm, output: activated });
  joinResidual(context, {
    ...{ norm: feedForwardOutputNorm, x, output },
    give: (given, residual) =>
      groupForward(context, { layer, name: 'down', x: activated, outputs: given, residual }),
  });
}
