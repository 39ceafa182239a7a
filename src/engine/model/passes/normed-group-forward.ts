/**
 * The linears that read one normed input, forward without a backward pass: norm and gate become part of the products
 * where the linears have no branches, few rows and a device that gains by it.
 */
import { asMatrix, type Tensor } from '../../gpu/tensor.ts';
import { gateForward } from '../../kernels/ffn/gate.ts';
import { normedInput, type InputNorm } from '../../kernels/linear/fused-product.ts';
import { gatedForward } from '../../kernels/linear/gated-forward.ts';
import { architectureNamed } from '../architectures/index.ts';
import { frozenNormedForwards } from '../frozen-matrix.ts';
import { projectionsOf } from '../projections.ts';
import type { PassContext } from './context.ts';
import { groupOf, linearAt, type GroupInput } from './linear-group.ts';
import { groupForward } from './linear-group-forward.ts';

/** y_p = n W_pᵀ + b_p + branches with n = rmsnorm(x), for every projection p of a group, as `groupForward`. */
export function normedGroupForward(
  context: PassContext,
  args: GroupInput & { readonly norm: InputNorm; readonly outputs: readonly Tensor[] },
): void {
  const { recorder, products } = context;
  const { layer, name, x, norm, outputs } = args;
  if (groupOf(context, layer, name)) {
    groupForward(context, { layer, name, x: normedInput(recorder, x, norm), outputs });
    return;
  }
  frozenNormedForwards(recorder, {
    ...{ x, norm },
    products: outputs.map((output, index) => {
      const { weight, bias } = linearAt(context, layer, name, index).weights;
      return { w: weight, y: asMatrix(output), bias: bias ?? undefined, products };
    }),
  });
}

/** output = activation(gate(n)) · up(n) with n = rmsnorm(x) (eq. 2). */
export function gatedGroupForward(
  context: PassContext,
  args: Omit<GroupInput, 'name'> & { readonly norm: InputNorm; readonly output: Tensor },
): void {
  const { recorder, config, products } = context;
  const { layer, x, norm, output } = args;
  const { activation } = architectureNamed(config.architecture).block;
  const name = 'gateUp';
  const [gate, up] = projectionsOf[name].flatMap((_, index) => {
    const { weight, bias } = linearAt(context, layer, name, index).weights;
    const [part, ...more] = weight.parts;
    return part && more.length === 0 ? [{ w: part.matrix, bias: bias ?? undefined, products }] : [];
  });
  if (gate && up && !groupOf(context, layer, name)) {
    gatedForward(recorder, { x, norm, gate, up, activation, y: output });
    return;
  }
  // In one buffer, so that the products share dispatches.
  const [gates, ups] = recorder.scratchTogether('gate, up', [output.shape, output.shape]);
  if (!gates || !ups) throw new Error('Two tensors were asked for');
  normedGroupForward(context, { layer, name, x, norm, outputs: [gates, ups] });
  gateForward(recorder, activation, { gate: gates, up: ups, y: output });
}
