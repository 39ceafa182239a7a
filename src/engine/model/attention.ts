/** The attention block, forward and backward. */
import type { Tensor } from '../gpu/tensor.ts';
import { attentionBackward, attentionForward } from '../kernels/attention/attention.ts';
import { rmsNormBackward, rmsNormForward } from '../kernels/norm/norm.ts';
import { rotaryNormBackward, rotaryNormForward, rotate } from '../kernels/attention/rotary.ts';
import { groupBackward, groupForward, type GroupActivations } from './adapted-linear.ts';
import type { PassContext } from './context.ts';
import type { LayerWeights } from './weights.ts';

/** Which rows of a packed micro-batch belong to one record: its first row, and one past its last. */
export interface Segments {
  readonly start: Tensor;
  readonly end: Tensor;
}

/** What the backward pass of an attention block reads again. */
export interface AttentionActivations {
  readonly x: Tensor;
  readonly normed: Tensor;
  readonly projected: GroupActivations;
  readonly query: Tensor;
  readonly key: Tensor;
  readonly value: Tensor;
  readonly rotatedQuery: Tensor;
  readonly rotatedKey: Tensor;
  readonly logSumExp: Tensor;
  readonly attended: Tensor;
  readonly output: GroupActivations;
}

export function layerWeights(context: PassContext, layer: number): LayerWeights {
  const weights = context.weights.layers[layer];
  if (!weights) throw new RangeError(`The model has no layer ${layer}`);
  return weights;
}

/** q, k, v of a normed input, q and k rotated (after their per-head norm where the model has one). */
export function projectQueryKeyValue(
  context: PassContext,
  layer: number,
  normed: Tensor,
): Pick<
  AttentionActivations,
  'projected' | 'query' | 'key' | 'value' | 'rotatedQuery' | 'rotatedKey'
> {
  const { recorder, weights, positions } = context;
  const { rmsEpsilon } = context.config;
  const [query, key, value] = queryKeyValueTensors(context, 'query, key, value');
  const flat = [query, key, value].map(flatRows);
  const projected = groupForward(context, layer, 'queryKeyValue', normed, flat);
  const { queryNorm, keyNorm } = layerWeights(context, layer);
  const angles = { positions, cosine: weights.cosine, sine: weights.sine };
  if (!queryNorm || !keyNorm) {
    // In place: the backward pass of a rotation needs its angles only.
    rotate(recorder, [query, key], angles, 1);
    return { projected, query, key, value, rotatedQuery: query, rotatedKey: key };
  }
  const normalised = (x: Tensor, label: string, weight: Tensor): Tensor => {
    const y = recorder.scratch(label, x.shape);
    rotaryNormForward(recorder, { x, y, ...angles, norm: { weight, epsilon: rmsEpsilon } });
    return y;
  };
  const rotatedQuery = normalised(query, 'rotated query', queryNorm);
  const rotatedKey = normalised(key, 'rotated key', keyNorm);
  return { projected, query, key, value, rotatedQuery, rotatedKey };
}

/** Queries, keys and values (or their gradients), in one buffer: their products share dispatches. */
function queryKeyValueTensors(context: PassContext, label: string): [Tensor, Tensor, Tensor] {
  const { recorder, rows } = context;
  const { heads, keyValueHeads, headSize } = context.config;
  const [query, key, value] = recorder.scratchTogether(
    label,
    [heads, keyValueHeads, keyValueHeads].map((count) => [rows, count, headSize]),
  );
  if (!query || !key || !value) throw new Error('Three tensors were asked for');
  return [query, key, value];
}

/** [N, heads, size] as [N, heads · size]: the same bytes under another shape. */
export function flatRows(tensor: Tensor): Tensor {
  const [rows = 0, ...rest] = tensor.shape;
  return { ...tensor, shape: [rows, rest.reduce((product, size) => product * size, 1)] };
}

/** output = x + o_proj(attention(rmsnorm(x))), over packed records. */
export function attentionBlockForward(
  context: PassContext,
  layer: number,
  segments: Segments,
  x: Tensor,
  output: Tensor,
): AttentionActivations {
  const { recorder, config, rows } = context;
  const { attentionNorm } = layerWeights(context, layer);
  const normed = recorder.scratch('attention input', x.shape);
  rmsNormForward(recorder, { x, weight: attentionNorm, epsilon: config.rmsEpsilon, y: normed });
  const qkv = projectQueryKeyValue(context, layer, normed);
  const attended = recorder.scratch('attended', [rows, config.heads, config.headSize]);
  const logSumExp = recorder.scratch('log-sum-exp', [rows, config.heads]);
  attentionForward(recorder, {
    q: qkv.rotatedQuery,
    k: qkv.rotatedKey,
    v: qkv.value,
    segmentStart: segments.start,
    output: attended,
    logSumExp,
  });
  const projectedOutput = groupForward(context, layer, 'output', flatRows(attended), [output], x);
  return { x, normed, ...qkv, attended, logSumExp, output: projectedOutput };
}

/**
 * Backward of the block. `dResidual` holds the gradient of its output and receives that of its input
 * in place; with `inputNeeded` false nothing below learns and only the block's own branches do.
 */
export function attentionBlockBackward(
  context: PassContext,
  layer: number,
  segments: Segments,
  saved: AttentionActivations,
  dResidual: Tensor,
  inputNeeded: boolean,
): void {
  const { recorder, config, weights, positions } = context;
  const { attentionNorm, queryNorm, keyNorm } = layerWeights(context, layer);
  const dAttended = recorder.scratch('d attended', saved.attended.shape);
  groupBackward(
    context,
    layer,
    'output',
    flatRows(saved.attended),
    saved.output,
    [dResidual],
    flatRows(dAttended),
  );
  const [dQuery, dKey, dValue] = queryKeyValueTensors(context, 'd query, key, value');
  // What attention gives are gradients of the rotated queries and keys.
  const dRotated = queryNorm && keyNorm ? normalisedGradients(context, saved) : null;
  attentionBackward(recorder, {
    q: saved.rotatedQuery,
    k: saved.rotatedKey,
    v: saved.value,
    segmentStart: segments.start,
    segmentEnd: segments.end,
    output: saved.attended,
    logSumExp: saved.logSumExp,
    dOutput: dAttended,
    dq: dRotated?.query ?? dQuery,
    dk: dRotated?.key ?? dKey,
    dv: dValue,
  });
  const angles = { positions, cosine: weights.cosine, sine: weights.sine };
  if (!dRotated || !queryNorm || !keyNorm) rotate(recorder, [dQuery, dKey], angles, -1);
  else {
    const epsilon = config.rmsEpsilon;
    const unrotate = (x: Tensor, dy: Tensor, dx: Tensor, weight: Tensor): void => {
      rotaryNormBackward(recorder, { x, dy, dx, ...angles, norm: { weight, epsilon } });
    };
    unrotate(saved.query, dRotated.query, dQuery, queryNorm);
    unrotate(saved.key, dRotated.key, dKey, keyNorm);
  }
  const dNormed = inputNeeded ? recorder.scratch('d attention input', saved.x.shape) : null;
  const gradients = [dQuery, dKey, dValue].map(flatRows);
  groupBackward(context, layer, 'queryKeyValue', saved.normed, saved.projected, gradients, dNormed);
  if (!dNormed) return;
  rmsNormBackward(recorder, {
    x: saved.x,
    weight: attentionNorm,
    epsilon: config.rmsEpsilon,
    dy: dNormed,
    dx: dResidual,
    accumulate: true,
  });
}

/** Room for the gradients of rotated queries and keys, where a norm comes before the rotation. */
function normalisedGradients(
  { recorder }: PassContext,
  saved: AttentionActivations,
): { readonly query: Tensor; readonly key: Tensor } {
  return {
    query: recorder.scratch('d rotated query', saved.query.shape),
    key: recorder.scratch('d rotated key', saved.key.shape),
  };
}
