/** Attention over packed records: each row sees the rows of its own record up to itself. */
import type { Tensor } from '../../gpu/tensor.ts';
import { attentionBackward } from '../../kernels/attention/attention-backward.ts';
import { attentionForward } from '../../kernels/attention/attention-forward.ts';
import type { TrainableAttention } from './attention.ts';
import type { PackedInputTensors } from '../inputs.ts';

/** Which rows a row sees, and which see it: the rows of its record, or of its window in local layers. */
function segmentsOf(inputs: PackedInputTensors, isLocal: boolean): { start: Tensor; end: Tensor } {
  const { windowStart, windowEnd, segmentStart, segmentEnd } = inputs;
  if (!isLocal || !windowStart || !windowEnd) return { start: segmentStart, end: segmentEnd };
  return { start: windowStart, end: windowEnd };
}

/** Keeps the log-sum-exp of each row's scores, [N, heads]. */
export function packedAttention(inputs: PackedInputTensors): TrainableAttention<Tensor> {
  return {
    forward: ({ recorder, config, rows }, { layer, heads, output }) => {
      const { start } = segmentsOf(inputs, config.local?.layers[layer] ?? false);
      const logSumExp = recorder.scratch('log-sum-exp', [rows, config.heads]);
      attentionForward(recorder, {
        ...{ q: heads.query, k: heads.key, v: heads.value },
        ...{ segmentStart: start, output, logSumExp, scale: config.attentionScale },
      });
      return logSumExp;
    },
    backward: ({ recorder, config }, { layer, heads, output, ...args }) => {
      const { kept: logSumExp, dOutput, gradients } = args;
      const { start, end } = segmentsOf(inputs, config.local?.layers[layer] ?? false);
      attentionBackward(recorder, {
        ...{ q: heads.query, k: heads.key, v: heads.value },
        ...{ segmentStart: start, segmentEnd: end, output, logSumExp, dOutput },
        scale: config.attentionScale,
        ...{ dq: gradients.query, dk: gradients.key, dv: gradients.value },
      });
    },
  };
}
