import type { Tensor } from '../gpu/tensor.ts';
import { attentionBackward, attentionForward } from '../kernels/attention.ts';
import { rmsNormBackward, rmsNormForward } from '../kernels/norm.ts';
import { rotaryBackward, rotaryForward } from '../kernels/rotary.ts';
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
  const { recorder, config, weights, rows, positions } = context;
  const { heads, keyValueHeads, headSize, rmsEpsilon } = config;
  const query = recorder.scratch('query', [rows, heads, headSize]);
  const key = recorder.scratch('key', [rows, keyValueHeads, headSize]);
  const value = recorder.scratch('value', [rows, keyValueHeads, headSize]);
  const flat = [query, key, value].map(flatRows);
  const projected = groupForward(context, layer, 'queryKeyValue', normed, flat);
  const { queryNorm, keyNorm } = layerWeights(context, layer);
  const { cosine, sine } = weights;
  const rotate = (x: Tensor, label: string, norm: Tensor | null): Tensor => {
    const y = recorder.scratch(label, x.shape);
    rotaryForward(recorder, {
      x,
      y,
      positions,
      cosine,
      sine,
      ...(norm ? { norm: { weight: norm, epsilon: rmsEpsilon } } : {}),
    });
    return y;
  };
  const rotatedQuery = rotate(query, 'rotated query', queryNorm);
  const rotatedKey = rotate(key, 'rotated key', keyNorm);
  return { projected, query, key, value, rotatedQuery, rotatedKey };
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
  const dRotatedQuery = recorder.scratch('d rotated query', saved.query.shape);
  const dRotatedKey = recorder.scratch('d rotated key', saved.key.shape);
  const dValue = recorder.scratch('d value', saved.value.shape);
  attentionBackward(recorder, {
    q: saved.rotatedQuery,
    k: saved.rotatedKey,
    v: saved.value,
    segmentStart: segments.start,
    segmentEnd: segments.end,
    output: saved.attended,
    logSumExp: saved.logSumExp,
    dOutput: dAttended,
    dq: dRotatedQuery,
    dk: dRotatedKey,
    dv: dValue,
  });
  const unrotate = (x: Tensor, dy: Tensor, label: string, norm: Tensor | null): Tensor => {
    const dx = recorder.scratch(label, x.shape);
    const { cosine, sine } = weights;
    rotaryBackward(recorder, {
      x,
      dy,
      dx,
      positions,
      cosine,
      sine,
      ...(norm ? { norm: { weight: norm, epsilon: config.rmsEpsilon } } : {}),
    });
    return dx;
  };
  const dQuery = unrotate(saved.query, dRotatedQuery, 'd query', queryNorm);
  const dKey = unrotate(saved.key, dRotatedKey, 'd key', keyNorm);
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
