/** The norm of all gradients, and the factor that clips it. */
import { uniformWords } from '../uniforms.ts';
import { shaderKernels } from '../shaders.ts';
import { foldGrid } from '../../gpu/kernel.ts';
import { mostWindowBytes } from '../../gpu/grid-parts.ts';
import type { PlanRecorder } from '../../gpu/recorder.ts';
import { bindingWindows, viewTensor, type Tensor } from '../../gpu/tensor.ts';
import { expectTensor, sizesOf } from '../tensor-check.ts';

const partialSums = shaderKernels('optimizer', 'optimizer/gradient-norm-partial');
const finish = shaderKernels('optimizer', 'optimizer/gradient-norm-finish');
const elementsPerGroup = 4096;
/** Gradients of a dispatch are whole multiples of this, so that its partial sums can be bound. */
const windowElements = 32 * elementsPerGroup;

/** Positions in the result of `gradientNorm`. */
export const gradientNormWord = { norm: 0, clipFactor: 1, nonFinite: 2 } as const;
export const gradientNormLength = 4;

/**
 * The L2 norm of all `gradients` [P] and the factor that clips them, as in PyTorch's
 * clip_grad_norm_: `result` = [norm, min(1, clipNorm / (norm + 1e-6)), non-finite, 0].
 * `clipNorm` 0 means no clipping. Non-finite is 1 if any gradient, or the sum of their squares, is
 * infinite or not a number.
 */
export function gradientNorm(
  recorder: PlanRecorder,
  args: {
    readonly gradients: Tensor;
    readonly result: Tensor;
    readonly clipNorm: number;
    /** Invocations per 4096 gradients, a power of two up to 256. */
    readonly workgroup?: number;
  },
): void {
  const { gradients, result, clipNorm } = args;
  const [count = 0] = sizesOf(gradients, 'gradientNorm', 1);
  expectTensor(gradients, 'gradientNorm gradients', [count]);
  expectTensor(result, 'gradientNorm result', [gradientNormLength]);
  const groups = Math.ceil(count / elementsPerGroup);
  const partial = recorder.scratch('gradient norm partial sums', [groups, 2]);
  for (const { first, count: length } of bindingWindows(
    count,
    mostWindowBytes(recorder.traits, 1),
    windowElements,
  )) {
    const own = Math.ceil(length / elementsPerGroup);
    recorder.dispatch({
      kernel: partialSums(),
      bindings: [
        { tensor: viewTensor(gradients, first, [length]), access: 'read' },
        { tensor: viewTensor(partial, (2 * first) / elementsPerGroup, [own, 2]), access: 'write' },
      ],
      // Barriers are slow on CPU adapters: use few invocations that each do more.
      constants: { WORKGROUP: args.workgroup ?? (recorder.traits.software ? 8 : 256) },
      uniforms: uniformWords('optimizer/gradient-norm-partial', { count: length }),
      grid: foldGrid(own, recorder.traits.maxWorkgroupsPerDimension),
    });
  }
  recorder.dispatch({
    kernel: finish(),
    bindings: [
      { tensor: partial, access: 'read' },
      { tensor: result, access: 'write' },
    ],
    uniforms: uniformWords('optimizer/gradient-norm-finish', { groups, clip: clipNorm }),
    grid: [1, 1, 1],
  });
}
