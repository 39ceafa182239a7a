/** The gated feed-forward block, forward and backward. */
import type { Tensor } from '../../gpu/tensor.ts';
import { rmsNormBackward, rmsNormForward } from '../../kernels/norm/norm.ts';
import { gateBackward, gateForward } from '../../kernels/ffn/gate.ts';
import type { GroupActivations } from './linear-group.ts';
import { groupBackward } from './linear-group-backward.ts';
import { groupForward } from './linear-group-forward.ts';
import { architectureNamed } from '../architectures/index.ts';
import { joinResidual, layerWeights, leaveResidual } from './attention.ts';
import type { PassContext } from './context.ts';

/** Values that the backward pass of a feed-forward block reads; it overwrites `gate` and `up`. */
export interface FeedForwardActivations {
  readonly x: Tensor;
  readonly normed: Tensor;
  readonly gateUp: GroupActivations;
  readonly gate: Tensor;
  readonly up: Tensor;
  readonly activated: Tensor;
  readonly down: GroupActivations;
  /** The block's output, where a norm comes before the residual. */
  readonly branch: Tensor | null;
}

/**
 * output = x + down(activation(gate(n)) · up(n)) with n = rmsnorm(x) (eq. 2), and a norm before the sum where
 * the architecture has one. Without an output only the values for the backward pass are computed.
 */
export function feedForwardForward(
  context: PassContext,
  layer: number,
  x: Tensor,
  output: Tensor | null,
): FeedForwardActivations {
  const { recorder, config, rows } = context;
  const { feedForwardNorm, feedForwardOutputNorm } = layerWeights(context, layer);
  const normed = recorder.scratch('feed-forward input', x.shape);
  rmsNormForward(recorder, { x, weight: feedForwardNorm, epsilon: config.rmsEpsilon, y: normed });
  // In one buffer, so that the products that make them share dispatches, as do the products of their gradients.
  const wide = [rows, config.feedForwardSize];
  const [gate, up] = recorder.scratchTogether('gate, up', [wide, wide]);
  if (!gate || !up) throw new Error('Two tensors were asked for');
  const gateUp = groupForward(context, { layer, name: 'gateUp', x: normed, outputs: [gate, up] });
  const activated = recorder.scratch('activated', wide);
  gateForward(recorder, architectureNamed(config.architecture).block.activation, {
    gate,
    up,
    y: activated,
  });
  const { given: down, branch } = joinResidual(context, {
    ...{ norm: feedForwardOutputNorm, x, output },
    give: (outputs, residual) =>
      groupForward(context, { layer, name: 'down', x: activated, outputs, residual }),
  });
  return { x, normed, gateUp, gate, up, activated, down, branch };
}

/** Like `attentionBlockBackward`: the gradient of the output becomes that of the input, in place. */
export function feedForwardBackward(
  context: PassContext,
  {
    layer,
    saved,
    dResidual,
    inputNeeded,
  }: {
    readonly layer: number;
    readonly saved: FeedForwardActivations;
    readonly dResidual: Tensor;
    readonly inputNeeded: boolean;
  },
): void {
  const { recorder, config } = context;
  const { feedForwardNorm, feedForwardOutputNorm } = layerWeights(context, layer);
  const { gate, up, activated } = saved;
  const dActivated = recorder.scratch('d activated', activated.shape);
  const dDown = leaveResidual(context, feedForwardOutputNorm, saved.branch, dResidual);
  groupBackward(context, {
    ...{ layer, name: 'down', x: activated, activations: saved.down },
    ...{ dOutputs: [dDown], dx: dActivated },
  });
  gateBackward(recorder, architectureNamed(config.architecture).block.activation, {
    gate,
    up,
    dy: dActivated,
  });
  const dNormed = inputNeeded ? recorder.scratch('d feed-forward input', saved.x.shape) : null;
  groupBackward(context, {
    ...{ layer, name: 'gateUp', x: saved.normed, activations: saved.gateUp },
    ...{ dOutputs: [gate, up], dx: dNormed },
  });
  if (!dNormed) return;
  rmsNormBackward(recorder, {
    x: saved.x,
    weight: feedForwardNorm,
    epsilon: config.rmsEpsilon,
    dy: dNormed,
    dx: dResidual,
    accumulate: true,
  });
}
