/** Cross-entropy of a chunk of rows, and its gradient; logits become their own gradient. */
import { uniformWords } from '../uniforms.ts';
import { shaderKernels } from '../shaders.ts';
import { foldGrid } from '../../gpu/kernel.ts';
import type { PlanRecorder } from '../../gpu/recorder.ts';
import type { Tensor } from '../../gpu/tensor.ts';
import { chooseElements } from '../element-kernel.ts';
import { stepStateLength } from '../random.ts';
import { expectTensor, matrixSizes } from '../tensor-check.ts';

const kernels = shaderKernels('loss', 'loss/cross-entropy');

/**
 * Cross-entropy of one chunk of rows.
 *
 * `logits`: [C, V]; with `gradient` they become (softmax − onehot) · stepState.inverseTargets, zeros in
 * rows without a target. `targets`: i32 [C], negative = none. `losses`: [C], −log p(target), 0 where
 * there is none, infinite for a target past the vocabulary. `topCorrect`: u32 [C], 1 where the target
 * is the most likely token (a tie goes to the lower id), 0 in rows without a target.
 */
export function crossEntropy(
  recorder: PlanRecorder,
  args: {
    readonly logits: Tensor;
    readonly targets: Tensor;
    readonly losses: Tensor;
    readonly stepState: Tensor;
    readonly gradient: boolean;
    readonly topCorrect?: Tensor;
    /** Invocations per row, a power of two up to 256. */
    readonly workgroup?: number;
  },
): void {
  const { logits, targets, losses, stepState, gradient, topCorrect } = args;
  const { rows, columns } = matrixSizes(logits, 'crossEntropy');
  expectTensor(targets, 'crossEntropy targets', [rows], 'i32');
  expectTensor(losses, 'crossEntropy losses', [rows]);
  expectTensor(stepState, 'crossEntropy stepState', [stepStateLength], 'u32');
  if (topCorrect) expectTensor(topCorrect, 'crossEntropy topCorrect', [rows], 'u32');
  const { kernel, elements } = chooseElements(kernels, columns);
  recorder.dispatch({
    kernel,
    bindings: [
      { tensor: logits, access: 'readwrite' },
      { tensor: targets, access: 'read' },
      { tensor: losses, access: 'write' },
      { tensor: stepState, access: 'read' },
      { tensor: topCorrect ?? recorder.scratch('no hits', [1], 'u32'), access: 'write' },
    ],
    constants: {
      WORKGROUP: args.workgroup ?? (recorder.traits.software ? 8 : 256),
      GRADIENT: gradient ? 1 : 0,
      CORRECT: topCorrect ? 1 : 0,
    },
    uniforms: uniformWords('loss/cross-entropy', { rows, vocabulary: columns, elements }),
    grid: foldGrid(rows, recorder.traits.maxWorkgroupsPerDimension),
  });
}
