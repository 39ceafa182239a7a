/** Writes what subgroups really are on a device. */
import type { PlanRecorder } from '../gpu/recorder.ts';
import type { Tensor } from '../gpu/tensor.ts';
import { shaderKernels } from './shaders.ts';
import { sizesOf } from './tensor-check.ts';

const kernels = shaderKernels('copy', 'device/subgroup-size');
const workgroup = 128;

/**
 * For each invocation the size of its subgroup, and how many lanes a sum over it has.
 * @param seen u32 [workgroups · 128, 2]
 * @throws RangeError for another shape
 */
export function subgroupSizes(recorder: PlanRecorder, seen: Tensor): void {
  const [invocations = 0, words = 0] = sizesOf(seen, 'subgroupSizes', 2);
  if (words !== 2 || invocations % workgroup !== 0) {
    throw new RangeError(`subgroupSizes: ${invocations} × ${words} is no whole number of groups`);
  }
  recorder.dispatch({
    kernel: kernels(),
    bindings: [{ tensor: seen, access: 'write' }],
    grid: [invocations / workgroup, 1, 1],
  });
}
