/** Adds up losses in a fixed order. */
import { uniformWords } from '../uniforms.ts';
import { shaderKernels } from '../shaders.ts';
import type { PlanRecorder } from '../../gpu/recorder.ts';
import type { Tensor } from '../../gpu/tensor.ts';
import { expectTensor, sizesOf } from '../tensor-check.ts';

const kernels = shaderKernels('loss', 'loss/loss-sum');

/** `result`[0] (+)= sum of `losses` [M], in an order that depends on M alone. */
export function lossSum(
  recorder: PlanRecorder,
  args: { readonly losses: Tensor; readonly result: Tensor; readonly accumulate: boolean },
): void {
  const { losses, result, accumulate } = args;
  const [count = 0] = sizesOf(losses, 'lossSum', 1);
  expectTensor(result, 'lossSum result', [1]);
  recorder.dispatch({
    kernel: kernels(),
    bindings: [
      { tensor: losses, access: 'read' },
      { tensor: result, access: accumulate ? 'readwrite' : 'write' },
    ],
    uniforms: uniformWords('loss/loss-sum', { count, accumulate: accumulate ? 1 : 0 }),
    grid: [1, 1, 1],
  });
}
