/** The gate of a feed-forward block: forward, and backward in place (eq. 2). */
import { uniformWords } from '../uniforms.ts';
import { shaderKernels } from '../shaders.ts';
import { foldGrid } from '../../gpu/kernel.ts';
import { mostWindowBytes } from '../../gpu/grid-parts.ts';
import type { PlanRecorder } from '../../gpu/recorder.ts';
import { bindingWindows, viewTensor, type Tensor } from '../../gpu/tensor.ts';
import { chooseElements } from '../element-kernel.ts';
import { expectTensor, matrixSizes } from '../tensor-check.ts';

/** The activation of a gate: SiLU, or GELU in its tanh form. */
export type GateActivation = 'silu' | 'gelu-tanh';

const forward = shaderKernels('gate', 'ffn/gate-forward');
const backward = shaderKernels('gate', 'ffn/gate-backward');
const workgroup = 64;

/** The name of the forward shader. */
export const gateForwardShader = forward.shader;

/** The parts of three arrays of so many elements that dispatches should take at a time. */
const windowsOf = ({ traits }: PlanRecorder, elements: number) =>
  bindingWindows(elements, mostWindowBytes(traits, 3));

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
  for (const { first, count } of windowsOf(recorder, rows * columns)) {
    const { kernel, elements } = chooseElements(forward, count, { BEND: activation });
    recorder.dispatch({
      kernel,
      bindings: [
        { tensor: viewTensor(gate, first, [count]), access: 'read' },
        { tensor: viewTensor(up, first, [count]), access: 'read' },
        { tensor: viewTensor(y, first, [count]), access: 'write' },
      ],
      uniforms: uniformWords('ffn/gate-forward', { count: elements }),
      grid: foldGrid(Math.ceil(elements / workgroup), recorder.traits.maxWorkgroupsPerDimension),
    });
  }
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
  for (const { first, count } of windowsOf(recorder, rows * columns)) {
    const { kernel, elements } = chooseElements(backward, count, { BEND: activation });
    recorder.dispatch({
      kernel,
      bindings: [
        { tensor: viewTensor(gate, first, [count]), access: 'readwrite' },
        { tensor: viewTensor(up, first, [count]), access: 'readwrite' },
        { tensor: viewTensor(dy, first, [count]), access: 'read' },
      ],
      uniforms: uniformWords('ffn/gate-backward', { count: elements }),
      grid: foldGrid(Math.ceil(elements / workgroup), recorder.traits.maxWorkgroupsPerDimension),
    });
  }
}
