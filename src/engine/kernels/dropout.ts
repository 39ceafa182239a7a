import { defineKernel, f32, foldGrid, u32 } from '../gpu/kernel.ts';
import type { PlanRecorder } from '../gpu/recorder.ts';
import type { Tensor } from '../gpu/tensor.ts';
import { dropoutMask, stepStateLength, type Dropout } from './random.ts';
import { expectTensor, matrixSizes } from './tensor-check.ts';
import randomSource from '../../../shaders/common/random.wgsl?raw';
import forwardSource from '../../../shaders/ffn/dropout-forward.wgsl?raw';

const forward = defineKernel({
  name: 'dropout-forward',
  family: 'branch',
  sources: [randomSource, forwardSource],
});
const workgroup = 64;

/**
 * y = mask · x, both [N, D]. The mask of element row·D + column comes from seed, step and micro-batch
 * of the step state and from `stream`; the backward products of the branches draw the same one.
 * @throws RangeError when the probability is not in [0, 1)
 */
export function dropoutForward(
  recorder: PlanRecorder,
  args: { readonly x: Tensor; readonly y: Tensor } & Dropout,
): void {
  const { x, y, probability, stream, stepState } = args;
  const { rows, columns } = matrixSizes(x, 'dropoutForward');
  expectTensor(y, 'dropoutForward y', x.shape);
  expectTensor(stepState, 'dropoutForward stepState', [stepStateLength], 'u32');
  const { threshold, scale } = dropoutMask(probability);
  const count = rows * columns;
  recorder.dispatch({
    kernel: forward,
    bindings: [
      { tensor: x, access: 'read' },
      { tensor: y, access: 'write' },
      { tensor: stepState, access: 'read' },
    ],
    uniforms: [u32(count), u32(stream), u32(threshold), f32(scale)],
    grid: foldGrid(Math.ceil(count / workgroup), recorder.traits.maxWorkgroupsPerDimension),
  });
}
