/** Records a pass that gives −log p of each target. */
import type { Tensor } from '../../gpu/tensor.ts';
import { forwardPass, type ForwardPass } from './context.ts';
import { decoderForward } from './decoder.ts';
import type { PackedInputTensors } from '../inputs.ts';
import { recordLoss } from './loss-head.ts';
import { packedAttention } from './packed-attention.ts';

/**
 * Records a forward pass over packed records that leaves −log p of each target in `losses`, and in `hits` whether it is
 * the likeliest token.
 */
export function recordScore(
  args: Omit<ForwardPass, 'positions'> & {
    readonly inputs: PackedInputTensors;
    readonly stepState: Tensor;
    readonly losses: Tensor;
    readonly hits?: Tensor | null;
  },
): Tensor {
  const { recorder, config, weights, inputs, stepState, losses, hits = null } = args;
  const attention = packedAttention(inputs);
  recorder.clear(losses);
  const pass = forwardPass({ ...args, positions: inputs.positions });
  const { hidden } = decoderForward(pass, inputs.ids, attention, 'block');
  const targets = { rows: inputs.targetRows, ids: inputs.targetIds };
  recordLoss({ recorder, config, weights, stepState, targets, losses, hits }, hidden, null);
  return hidden;
}
