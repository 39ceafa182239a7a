/** The gate of a feed-forward block: forward, and backward in place (eq. 2). */
import { uniformWords } from '../uniforms.ts';
import { shaderKernels } from '../shaders.ts';
import { foldGrid } from '../../gpu/kernel.ts';
import type { PlanRecorder } from '../../gpu/recorder.ts';
import type { Tensor } from '../../gpu/tensor.ts';
import { chooseElements } from '../element-kernel.ts';
import { expectTensor, matrixSizes } from '../tensor-check.ts';

/** The activation of a gate: SiLU, or GELU in its tanh form. */
export type GateActivation = 'silu' | 'gelu-tanh';

const forward = shaderKernels('gate', 'ffn/gate-forward');
const backward = shaderKernels('gate', 'ffn/gate-backward');
const workgroup = 64;

/** y = activation(gate) · up (eq. 2), all [N, F]. */
export function gateForward(
  recorder: PlanRecorder,
  activation: GateActivation,
  args: { readonly gate: Tensor; readonly up: Tensor; readonly y: Tensor },
): void {
  const { gate, up, y } = args;
  const { rows, columns } = matrixSizes(gate, 'gateForward');
  expectTensor(up, 'gateForward up', gate.shape);
  expectTensor(y, 'gateForward y', gate.shape);
  const { kernel, elements } = chooseElements(forward, rows * columns, { BEND: activation });
  recorder.dispatch({
    kernel,
    bindings: [
      { tensor: gate, access: 'read' },
      { tensor: up, access: 'read' },
      { tensor: y, access: 'write' },
    ],
    uniforms: uniformWords('ffn/gate-forward', { count: elements }),
    grid: foldGrid(Math.ceil(elements / workgroup), recorder.traits.maxWorkgroupsPerDimension),
  });
}

/**
 * Turns `gate` and `up` [N, F] into their own gradients, given `dy` [N, F]; the activation is computed
 * again, so nothing else of the forward pass has to be kept.
 */
export function gateBackward(
  recorder: PlanRecorder,
  activation: GateActivation,
  args: { readonly gate: Tensor; readonly up: Tensor; readonly dy: Tensor },
): void {
  const { gate, up, dy } = args;
  const { rows, columns } = matrixSizes(gate, 'gateBackward');
  expectTensor(up, 'gateBackward up', gate.shape);
  expectTensor(dy, 'gateBackward dy', gate.shape);
  const { kernel, elements } = chooseElements(backward, rows * columns, { BEND: activation });
  recorder.dispatch({
    kernel,
    bindings: [
      { tensor: gate, access: 'readwrite' },
      { tensor: up, access: 'readwrite' },
      { tensor: dy, access: 'read' },
    ],
    uniforms: uniformWords('ffn/gate-backward', { count: elements }),
    grid: foldGrid(Math.ceil(elements / workgroup), recorder.traits.maxWorkgroupsPerDimension),
  });
}
