/** Records a pass that gives −log p of each target. */
import type { PlanRecorder } from '../../gpu/recorder.ts';
import type { Tensor } from '../../gpu/tensor.ts';
import type { ModelConfig } from '../config.ts';
import type { DeviceBranches, RoutingRecord } from './context.ts';
import { decoderForward } from './decoder.ts';
import type { PackedInputTensors } from '../inputs.ts';
import { recordLoss } from './loss-head.ts';
import { packedAttention } from './packed-attention.ts';
import type { ModelWeights } from '../weights.ts';

/** Records a forward pass over packed records that leaves −log p of each target in `losses`. */
export function recordScore(args: {
  readonly recorder: PlanRecorder;
  readonly config: ModelConfig;
  readonly weights: ModelWeights;
  readonly branches: DeviceBranches | null;
  readonly rows: number;
  readonly inputs: PackedInputTensors;
  readonly stepState: Tensor;
  readonly losses: Tensor;
  readonly keepProbabilities?: boolean;
  readonly forcedExperts?: readonly number[] | null;
  readonly onRouting?: (routing: RoutingRecord) => void;
}): Tensor {
  const { recorder, config, weights, branches, rows, inputs, stepState, losses } = args;
  const attention = packedAttention(inputs);
  recorder.clear(losses);
  const { hidden } = decoderForward(
    {
      recorder,
      config,
      weights,
      branches,
      rows,
      positions: inputs.positions,
      training: null,
      forcedExperts: args.forcedExperts ?? null,
      keepProbabilities: args.keepProbabilities ?? false,
      onRouting: args.onRouting ?? null,
    },
    inputs.ids,
    attention,
    'block',
  );
  const targets = { rows: inputs.targetRows, ids: inputs.targetIds };
  recordLoss({ recorder, config, weights, stepState, targets, losses }, hidden, null);
  return hidden;
}
