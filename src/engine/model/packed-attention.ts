/** Attention over packed records: each row sees the rows of its own record up to itself. */
import type { Tensor } from '../gpu/tensor.ts';
import { attentionBackward } from '../kernels/attention/attention-backward.ts';
import { attentionForward } from '../kernels/attention/attention-forward.ts';
import type { TrainableAttention } from './attention.ts';

/** Which rows of a packed micro-batch belong to one record: its first row, and one past its last. */
export interface Segments {
  readonly start: Tensor;
  readonly end: Tensor;
}

/** Keeps the log-sum-exp of each row's scores, [N, heads]. */
export function packedAttention({ start, end }: Segments): TrainableAttention<Tensor> {
  return {
    forward: ({ recorder, config, rows }, { heads, output }) => {
      const logSumExp = recorder.scratch('log-sum-exp', [rows, config.heads]);
      attentionForward(recorder, {
        ...{ q: heads.query, k: heads.key, v: heads.value },
        ...{ segmentStart: start, output, logSumExp },
      });
      return logSumExp;
    },
    backward: ({ recorder }, { heads, output, kept: logSumExp, dOutput, gradients }) => {
      attentionBackward(recorder, {
        ...{ q: heads.query, k: heads.key, v: heads.value },
        ...{ segmentStart: start, segmentEnd: end, output, logSumExp, dOutput },
        ...{ dq: gradients.query, dk: gradients.key, dv: gradients.value },
      });
    },
  };
}
