/** The step state and the dropout settings that kernels share. */
import type { Tensor } from '../gpu/tensor.ts';

/**
 * Positions in `stepState` (u32[16]), written by the CPU once per step or micro-batch. Those marked f
 * hold the bits of a float32.
 */
export const stepStateWord = {
  /** f */
  learningRate: 0,
  /** f, 1 / (1 − β₁^t) */
  firstMomentCorrection: 1,
  /** f, 1 / (1 − β₂^t) */
  secondMomentCorrection: 2,
  /** f, 1 / number of target tokens of the whole batch */
  inverseTargets: 3,
  seed: 4,
  step: 5,
  microBatch: 6,
} as const;

export const stepStateLength = 16;

/** The dropout of one layer input; `stream` tells layers and linears apart. */
export interface Dropout {
  /** In [0, 1). */
  readonly probability: number;
  readonly stream: number;
  readonly stepState: Tensor;
}

/**
 * What `keep_scale` (shaders/common/random.wgsl) takes for a probability: an element is dropped when
 * its random word is below `threshold`, and kept elements are multiplied by `scale` = 1/(1 − p).
 * @throws RangeError when the probability is not in [0, 1)
 */
export function dropoutMask(probability: number): { threshold: number; scale: number } {
  if (!(probability >= 0 && probability < 1)) {
    throw new RangeError(`A dropout probability of ${probability} is not in [0, 1)`);
  }
  return {
    threshold: Math.floor(probability * 2 ** 32),
    scale: Math.fround(1 / (1 - probability)),
  };
}
