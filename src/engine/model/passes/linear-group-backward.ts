/** The linears that read one input, backward: gradients of their branches and of the input. */
import {
  arenaMatrix,
  arenaRows,
  type GroupBranches,
  type LinearBranches,
} from '../../branches/layout.ts';
import { asMatrix, columnBlock, viewTensor, type Matrix, type Tensor } from '../../gpu/tensor.ts';
import { columnSum } from '../../kernels/linear/column-sum.ts';
import { linearBackwardInputs } from '../../kernels/linear/input-gradient.ts';
import { linearBackwardWeights } from '../../kernels/linear/weight-gradient.ts';
import { routerBackward } from '../../kernels/mixture/router.ts';
import type { Dropout } from '../../kernels/random.ts';
import {
  columnScale,
  describeRouter,
  dropoutOf,
  gatedColumns,
  groupOf,
  linearScales,
  routedUnits,
  type GroupActivations,
  type GroupInput,
} from './linear-group.ts';
import type { PassContext } from './context.ts';
import { frozenBackward } from '../frozen-matrix.ts';
import { projectionsOf } from '../projections.ts';

/**
 * Gradients of a group's branches, added to the gradient arena, and the gradient of its input.
 *
 * @param x the input of `groupForward`
 * @param dOutputs gradients of its outputs, in the group's order
 * @param dx receives the gradient of x; null where nothing below needs it
 */
export function groupBackward(
  context: PassContext,
  {
    layer,
    name,
    x,
    activations,
    dOutputs,
    dx,
  }: GroupInput & {
    readonly activations: GroupActivations;
    readonly dOutputs: readonly Tensor[];
    readonly dx: Tensor | null;
  },
): void {
  const group = groupOf(context, layer, name);
  const dh = group ? branchBackward(context, group, { x, activations, dOutputs }) : null;
  if (!dx) return;
  const { recorder, branches } = context;
  const anyDropout =
    group?.linears.some((linear) => dropoutOf(context, group, linear) !== null) ?? false;
  projectionsOf[name].forEach((projection, index) => {
    const dy = dOutputs[index];
    const weights = context.weights.layers[layer]?.projections[projection];
    if (!dy || !weights) throw new RangeError(`No gradient or weight for ${projection}`);
    let branch: { dh: Matrix; a: Matrix; dropout?: Dropout } | null = null;
    if (group && dh && branches) {
      const linear = group.linears.find((candidate) => candidate.projection === projection);
      if (anyDropout && linear) {
        const dropout = dropoutOf(context, group, linear);
        branch = {
          dh: columnBlock(asMatrix(dh), linear.firstColumn, linear.blockColumns),
          a: arenaRows(branches.parameters, group.a, linear.firstColumn, linear.blockColumns),
          ...(dropout ? { dropout } : {}),
        };
      } else if (!anyDropout && index === 0) {
        branch = { dh: asMatrix(dh), a: arenaMatrix(branches.parameters, group.a) };
      }
    }
    frozenBackward(recorder, weights.weight, {
      dy: asMatrix(dy),
      dx: asMatrix(dx),
      accumulate: index > 0,
      products: context.products,
      ...(branch ? { branch } : {}),
    });
  });
}

interface GroupGradients {
  readonly x: Tensor;
  readonly activations: GroupActivations;
  readonly dOutputs: readonly Tensor[];
}

/** Adds the gradients of A, B and router of a group; returns the gradient of x Aᵀ, [N, columns]. */
function branchBackward(
  context: PassContext,
  group: GroupBranches,
  { x, activations, dOutputs }: GroupGradients,
): Tensor | null {
  const { recorder, branches, training, rows } = context;
  const { h, gated, inputs } = activations;
  if (!branches || !training || !h || !gated) return null;
  const dh = recorder.scratch(`${group.name} dh`, [rows, group.columns]);
  const routed = gated !== h;
  const dGated = routed ? recorder.scratch(`${group.name} dgated`, [rows, group.columns]) : dh;
  linearBackwardInputs(
    recorder,
    group.linears.map((linear) => {
      const mixed = linear.mixture !== null;
      const scales = linearScales(group, linear).slice(0, linear.rankColumns);
      return {
        dy: outputGradient(group, linear, dOutputs),
        w: arenaMatrix(branches.parameters, linear.b),
        dx: columnBlock(asMatrix(mixed ? dGated : dh), linear.firstColumn, linear.rankColumns),
        accumulate: false,
        family: 'branch' as const,
        ...(mixed ? {} : { columnScale: columnScale(branches, scales) }),
      };
    }),
  );
  linearBackwardWeights(
    recorder,
    group.linears.map((linear) => ({
      dy: outputGradient(group, linear, dOutputs),
      x: gatedColumns(activations, linear),
      dw: arenaMatrix(training.gradients, linear.b),
      accumulate: true,
      family: 'branch' as const,
    })),
  );
  if (routed) {
    for (const unit of routedUnits(group)) {
      routeBackward(context, { group, unit, h, dGated, dh });
    }
  }
  linearBackwardWeights(
    recorder,
    inputBlocks(group, x, inputs).map(({ input, firstColumn, blockColumns }) => ({
      dy: columnBlock(asMatrix(dh), firstColumn, blockColumns),
      x: asMatrix(input),
      dw: arenaRows(training.gradients, group.a, firstColumn, blockColumns),
      accumulate: true,
      family: 'branch' as const,
    })),
  );
  return dh;
}

/** The gradient of one linear's output, from the gradients of its group. */
function outputGradient(
  group: GroupBranches,
  { projection }: LinearBranches,
  dOutputs: readonly Tensor[],
): Matrix {
  const dy = dOutputs[projectionsOf[group.name].indexOf(projection)];
  if (!dy) throw new RangeError(`No gradient for ${projection}`);
  return asMatrix(dy);
}

/** The columns of h that each input makes: all columns where no linear has a separate input. */
function inputBlocks(
  group: GroupBranches,
  x: Tensor,
  inputs: readonly Tensor[],
): readonly {
  readonly input: Tensor;
  readonly firstColumn: number;
  readonly blockColumns: number;
}[] {
  return inputs.every((input) => input === x)
    ? [{ input: x, firstColumn: 0, blockColumns: group.columns }]
    : group.linears.map((linear, index) => ({ ...linear, input: inputs[index] ?? x }));
}

function routeBackward(
  context: PassContext,
  {
    group,
    unit,
    h,
    dGated,
    dh,
  }: {
    readonly group: GroupBranches;
    /** The linears that one router serves. */
    readonly unit: readonly LinearBranches[];
    readonly h: Tensor;
    readonly dGated: Tensor;
    readonly dh: Tensor;
  },
): void {
  const router = describeRouter(context, unit);
  const { recorder, branches, training } = context;
  if (!router || !branches || !training) return;
  const { layout, activeExperts, renormalise, bias, forced } = router;
  routerBackward(recorder, {
    h,
    dgated: dGated,
    dh,
    columnScale: columnScale(branches, group.columnScale),
    layout,
    activeExperts,
    renormalise,
    ...bias,
    ...forced,
  });
  const [first] = unit;
  if (!first?.routerBias) return;
  const { experts } = layout;
  columnSum(recorder, {
    x: columnBlock(asMatrix(dh), first.firstColumn + first.rankColumns, experts),
    y: viewTensor(training.gradients, first.routerBias.offset, [unit.length * experts]),
    blocks: unit.length,
    blockStride: first.blockColumns,
    accumulate: true,
    family: 'branch',
  });
}
