/** The attention block, forward and backward. */
import type { Tensor } from '../../gpu/tensor.ts';
import { rmsNormBackward, rmsNormForward } from '../../kernels/norm/norm.ts';
import { rotaryNormBackward, rotaryNormForward, rotate } from '../../kernels/attention/rotary.ts';
import type { GroupActivations } from './linear-group.ts';
import { groupBackward } from './linear-group-backward.ts';
import { groupForward } from './linear-group-forward.ts';
import type { PassContext } from './context.ts';
import type { LayerWeights } from '../weights.ts';

/** Queries [N, heads, size], keys and values [N, key/value heads, size]. */
export interface Heads {
  readonly query: Tensor;
  readonly key: Tensor;
  readonly value: Tensor;
}

/** How queries meet keys. */
export interface AttentionStrategy<Kept> {
  /**
   * Writes what each query gathers to `output` [N, heads, size]; queries and keys are rotated.
   * @returns the values that the strategy's own backward pass reads
   */
  readonly forward: (
    context: PassContext,
    args: { readonly layer: number; readonly heads: Heads; readonly output: Tensor },
  ) => Kept;
}

/** A strategy that also has a backward pass. */
export interface TrainableAttention<Kept> extends AttentionStrategy<Kept> {
  /** Writes the gradients of rotated queries and keys and of values. */
  readonly backward: (
    context: PassContext,
    args: {
      readonly layer: number;
      readonly heads: Heads;
      readonly output: Tensor;
      readonly kept: Kept;
      readonly dOutput: Tensor;
      readonly gradients: Heads;
    },
  ) => void;
}

/** Values that the backward pass of an attention block reads. */
export interface AttentionActivations<Kept> {
  readonly x: Tensor;
  readonly normed: Tensor;
  readonly projected: GroupActivations;
  /** Before the norm of each head and the rotation, which happens in place where there is no norm. */
  readonly plain: Heads;
  readonly rotated: Heads;
  readonly attended: Tensor;
  readonly kept: Kept;
  readonly output: GroupActivations;
  /** The block's output, where a norm comes before the residual. */
  readonly branch: Tensor | null;
}

export function layerWeights(context: PassContext, layer: number): LayerWeights {
  const weights = context.weights.layers[layer];
  if (!weights) throw new RangeError(`The model has no layer ${layer}`);
  return weights;
}

/** q, k, v of a normed input, q and k rotated (after their per-head norm where the model has one). */
function projectQueryKeyValue(
  context: PassContext,
  layer: number,
  normed: Tensor,
): Pick<AttentionActivations<unknown>, 'projected' | 'plain' | 'rotated'> {
  const { recorder, positions } = context;
  const { rmsEpsilon } = context.config;
  const plain = queryKeyValueTensors(context, 'query, key, value');
  const { query, key, value } = plain;
  const flat = [query, key, value].map(flatRows);
  const projected = groupForward(context, {
    layer,
    name: 'queryKeyValue',
    x: normed,
    outputs: flat,
  });
  const { queryNorm, keyNorm, rotary } = layerWeights(context, layer);
  const angles = { positions, ...rotary };
  if (!queryNorm || !keyNorm) {
    // In place: the backward pass of a rotation needs only its angles.
    rotate(recorder, [query, key], angles, 1);
    return { projected, plain, rotated: plain };
  }
  const normalised = (x: Tensor, label: string, weight: Tensor): Tensor => {
    const y = recorder.scratch(label, x.shape);
    rotaryNormForward(recorder, { x, y, ...angles, norm: { weight, epsilon: rmsEpsilon } });
    return y;
  };
  const rotatedQuery = normalised(query, 'rotated query', queryNorm);
  const rotatedKey = normalised(key, 'rotated key', keyNorm);
  return { projected, plain, rotated: { query: rotatedQuery, key: rotatedKey, value } };
}

/** Queries, keys and values (or their gradients), in one buffer: their products share dispatches. */
export function queryKeyValueTensors(context: PassContext, label: string): Heads {
  const { recorder, rows } = context;
  const { heads, keyValueHeads, headSize } = context.config;
  const [query, key, value] = recorder.scratchTogether(
    label,
    [heads, keyValueHeads, keyValueHeads].map((count) => [rows, count, headSize]),
  );
  if (!query || !key || !value) throw new Error('Three tensors were asked for');
  return { query, key, value };
}

/** [N, heads, size] as [N, heads · size]: the same bytes under another shape. */
export function flatRows(tensor: Tensor): Tensor {
  const [rows = 0, ...rest] = tensor.shape;
  return { ...tensor, shape: [rows, rest.reduce((product, size) => product * size, 1)] };
}

/**
 * Joins a block's output to the residual: y = x + block, or x + rmsnorm(block) where the architecture
 * has a norm there.
 */
export function joinResidual(
  context: PassContext,
  args: {
    readonly norm: Tensor | null;
    readonly x: Tensor;
    /** Null where only the values for the backward pass are wanted. */
    readonly output: Tensor | null;
    /** Writes the block's output to one tensor or none, with the residual added where one is given. */
    readonly give: (y: readonly Tensor[], residual: Tensor | null) => GroupActivations;
  },
): { readonly given: GroupActivations; readonly branch: Tensor | null } {
  const { norm, x, output, give } = args;
  if (!norm) return { given: give(output ? [output] : [], x), branch: null };
  const { recorder, config } = context;
  const branch = recorder.scratch('before the output norm', x.shape);
  const given = give([branch], null);
  const epsilon = config.rmsEpsilon;
  if (output)
    rmsNormForward(recorder, { x: branch, weight: norm, epsilon, residual: x, y: output });
  return { given, branch };
}

/** Gradient of a block's output, from the gradient of its sum with the residual. */
export function leaveResidual(
  { recorder, config }: PassContext,
  norm: Tensor | null,
  branch: Tensor | null,
  dResidual: Tensor,
): Tensor {
  if (!norm || !branch) return dResidual;
  const dx = recorder.scratch('d before the output norm', branch.shape);
  const epsilon = config.rmsEpsilon;
  rmsNormBackward(recorder, { x: branch, weight: norm, epsilon, dy: dResidual, dx });
  return dx;
}

/** output = x + o_proj(attention(rmsnorm(x))), with a norm before the sum where the architecture has one. */
export function attentionBlockForward<Kept>(
  context: PassContext,
  args: {
    readonly layer: number;
    readonly attention: AttentionStrategy<Kept>;
    readonly x: Tensor;
    readonly output: Tensor;
  },
): AttentionActivations<Kept> {
  const { recorder, config, rows } = context;
  const { layer, attention, x, output } = args;
  const { attentionNorm, attentionOutputNorm } = layerWeights(context, layer);
  const normed = recorder.scratch('attention input', x.shape);
  rmsNormForward(recorder, { x, weight: attentionNorm, epsilon: config.rmsEpsilon, y: normed });
  const { projected, plain, rotated } = projectQueryKeyValue(context, layer, normed);
  const attended = recorder.scratch('attended', [rows, config.heads, config.headSize]);
  const kept = attention.forward(context, { layer, heads: rotated, output: attended });
  const { given, branch } = joinResidual(context, {
    ...{ norm: attentionOutputNorm, x, output },
    give: (outputs, residual) =>
      groupForward(context, { layer, name: 'output', x: flatRows(attended), outputs, residual }),
  });
  return { x, normed, projected, plain, rotated, attended, kept, output: given, branch };
}

/**
 * Backward pass of the block. `dResidual` holds the gradient of its output and receives that of its input
 * in place; with `inputNeeded` false nothing below learns, and only the block's own branches do.
 */
export function attentionBlockBackward<Kept>(
  context: PassContext,
  args: {
    readonly layer: number;
    readonly attention: TrainableAttention<Kept>;
    readonly saved: AttentionActivations<Kept>;
    readonly dResidual: Tensor;
    readonly inputNeeded: boolean;
  },
): void {
  const { recorder, config } = context;
  const { layer, saved, dResidual, inputNeeded } = args;
  const { attentionNorm, attentionOutputNorm } = layerWeights(context, layer);
  const dOutput = leaveResidual(context, attentionOutputNorm, saved.branch, dResidual);
  const dAttended = recorder.scratch('d attended', saved.attended.shape);
  groupBackward(context, {
    ...{ layer, name: 'output', x: flatRows(saved.attended), activations: saved.output },
    ...{ dOutputs: [dOutput], dx: flatRows(dAttended) },
  });
  const { query, key, value } = headsBackward(context, { ...args, dAttended });
  const dNormed = inputNeeded ? recorder.scratch('d attention input', saved.x.shape) : null;
  const gradients = [query, key, value].map(flatRows);
  groupBackward(context, {
    ...{ layer, name: 'queryKeyValue', x: saved.normed, activations: saved.projected },
    ...{ dOutputs: gradients, dx: dNormed },
  });
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

/** Gradients of queries, keys and values as projected: back through attention, rotation and norms. */
function headsBackward<Kept>(
  context: PassContext,
  args: {
    readonly layer: number;
    readonly attention: TrainableAttention<Kept>;
    readonly saved: AttentionActivations<Kept>;
    readonly dAttended: Tensor;
  },
): Heads {
  const { recorder, config, positions } = context;
  const { layer, attention, saved, dAttended } = args;
  const { queryNorm, keyNorm, rotary } = layerWeights(context, layer);
  const plain = queryKeyValueTensors(context, 'd query, key, value');
  const normed = queryNorm && keyNorm;
  const rotated = normed
    ? {
        query: recorder.scratch('d rotated query', saved.plain.query.shape),
        key: recorder.scratch('d rotated key', saved.plain.key.shape),
        value: plain.value,
      }
    : plain;
  attention.backward(context, {
    layer,
    heads: saved.rotated,
    output: saved.attended,
    kept: saved.kept,
    dOutput: dAttended,
    gradients: rotated,
  });
  const angles = { positions, ...rotary };
  if (!normed) {
    rotate(recorder, [plain.query, plain.key], angles, -1);
    return plain;
  }
  for (const [part, weight] of [
    ['query', queryNorm],
    ['key', keyNorm],
  ] as const) {
    rotaryNormBackward(recorder, {
      ...{ x: saved.plain[part], dy: rotated[part], dx: plain[part] },
      ...{ ...angles, norm: { weight, epsilon: config.rmsEpsilon } },
    });
  }
  return plain;
}
