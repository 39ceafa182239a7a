/** From the last block to logits: the final norm and the head. */
import type { KernelFamily } from '../../gpu/kernel.ts';
import type { PlanRecorder } from '../../gpu/recorder.ts';
import { asMatrix, type Tensor } from '../../gpu/tensor.ts';
import type { ModelConfig } from '../config.ts';
import { frozenNormedForwards } from '../frozen-matrix.ts';
import type { ModelWeights } from '../weights.ts';

/** Writes the logits of rows of the last block's output: `hidden` [N, hidden size], `logits` [N, vocabulary]. */
export function recordLogits(
  recorder: PlanRecorder,
  args: {
    readonly config: ModelConfig;
    readonly weights: ModelWeights;
    readonly hidden: Tensor;
    readonly logits: Tensor;
    /** The family under which reports count the product. */
    readonly family?: KernelFamily;
  },
): void {
  const { config, weights, hidden, logits, ...rest } = args;
  frozenNormedForwards(recorder, {
    x: hidden,
    norm: { weight: weights.finalNorm, epsilon: config.rmsEpsilon },
    products: [{ w: weights.head, y: asMatrix(logits), ...rest }],
  });
}
