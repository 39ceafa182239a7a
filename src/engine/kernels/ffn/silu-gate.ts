/** SiLU gate forward, and backward in place (eq. 2). */
import { foldGrid, u32 } from '../../gpu/kernel.ts';
import type { PlanRecorder } from '../../gpu/recorder.ts';
import type { Tensor } from '../../gpu/tensor.ts';
import { chooseElements, defineElementKernel } from '../element-kernel.ts';
import { expectTensor, matrixSizes } from '../tensor-check.ts';
import forwardSource from '../../../../shaders/ffn/silu-gate-forward.wgsl?raw';
import backwardSource from '../../../../shaders/ffn/silu-gate-backward.wgsl?raw';

const forward = defineElementKernel('silu-gate-forward', 'gate', forwardSource);
const backward = defineElementKernel('silu-gate-backward', 'gate', backwardSource);
const workgroup = 64;

/** y = silu(gate) · up (eq. 2), all [N, F]. */
export function siluGateForward(
  recorder: PlanRecorder,
  args: { readonly gate: Tensor; readonly up: Tensor; readonly y: Tensor },
): void {
  const { gate, up, y } = args;
  const { rows, columns } = matrixSizes(gate, 'siluGateForward');
  expectTensor(up, 'siluGateForward up', gate.shape);
  expectTensor(y, 'siluGateForward y', gate.shape);
  const { kernel, elements } = chooseElements(forward, rows * columns);
  recorder.dispatch({
    kernel,
    bindings: [
      { tensor: gate, access: 'read' },
      { tensor: up, access: 'read' },
      { tensor: y, access: 'write' },
    ],
    uniforms: [u32(elements)],
    grid: foldGrid(Math.ceil(elements / workgroup), recorder.traits.maxWorkgroupsPerDimension),
  });
}

/**
 * Turns `gate` and `up` [N, F] into their own gradients, given `dy` [N, F]; the sigmoid is computed
 * again, so nothing of the forward pass has to be kept beside the two.
 */
export function siluGateBackward(
  recorder: PlanRecorder,
  args: { readonly gate: Tensor; readonly up: Tensor; readonly dy: Tensor },
): void {
  const { gate, up, dy } = args;
  const { rows, columns } = matrixSizes(gate, 'siluGateBackward');
  expectTensor(up, 'siluGateBackward up', gate.shape);
  expectTensor(dy, 'siluGateBackward dy', gate.shape);
  const { kernel, elements } = chooseElements(backward, rows * columns);
  recorder.dispatch({
    kernel,
    bindings: [
      { tensor: gate, access: 'readwrite' },
      { tensor: up, access: 'readwrite' },
      { tensor: dy, access: 'read' },
    ],
    uniforms: [u32(elements)],
    grid: foldGrid(Math.ceil(elements / workgroup), recorder.traits.maxWorkgroupsPerDimension),
  });
}
