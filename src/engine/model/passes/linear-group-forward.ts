/** The linears that read one input, forward: y = x Wᵀ + b + Σ branches (eq. 1, 3–9). */
import {
  arenaMatrix,
  arenaRows,
  type GroupBranches,
  type LinearBranches,
} from '../../branches/layout.ts';
import { asMatrix, columnBlock, type Tensor } from '../../gpu/tensor.ts';
import { dropoutForward } from '../../kernels/dropout.ts';
import { linearForward, linearForwards } from '../../kernels/linear/forward-product.ts';
import { routerForward } from '../../kernels/mixture/router.ts';
import {
  columnScale,
  describeRouter,
  dropoutOf,
  gatedColumns,
  groupOf,
  linearAt,
  linearScales,
  routedUnits,
  type GroupActivations,
  type GroupInput,
} from './linear-group.ts';
import type { PassContext } from './context.ts';
import { frozenForwards } from '../frozen-matrix.ts';

const noBranches: GroupActivations = { h: null, gated: null, inputs: [] };

/**
 * y_p = x W_pᵀ + b_p + branches (+ residual) for every projection p of a group.
 *
 * @param outputs one tensor for each projection of the group, in its order; an empty list computes only
 *   the branches' activations, as recomputation before a backward pass needs them
 * @param residual added to the output; only for groups of one projection
 */
export function groupForward(
  context: PassContext,
  {
    layer,
    name,
    x,
    outputs,
    residual = null,
  }: GroupInput & { readonly outputs: readonly Tensor[]; readonly residual?: Tensor | null },
): GroupActivations {
  const group = groupOf(context, layer, name);
  const activations = group ? branchForward(context, group, x) : noBranches;
  const products = outputs.map((output, index) => {
    const { projection, weights } = linearAt(context, layer, name, index);
    const linear = group?.linears.find((candidate) => candidate.projection === projection);
    const branch =
      linear && context.branches
        ? {
            branch: {
              h: gatedColumns(activations, linear),
              b: arenaMatrix(context.branches.parameters, linear.b),
            },
          }
        : {};
    return {
      w: weights.weight,
      x: asMatrix(x),
      y: asMatrix(output),
      ...(weights.bias ? { bias: weights.bias } : {}),
      ...branch,
      ...(residual ? { residual: asMatrix(residual) } : {}),
      products: context.products,
    };
  });
  frozenForwards(context.recorder, products);
  return activations;
}

function branchForward(context: PassContext, group: GroupBranches, x: Tensor): GroupActivations {
  const { recorder, branches, rows } = context;
  if (!branches) return noBranches;
  const h = recorder.scratch(`${group.name} h`, [rows, group.columns]);
  const anyDropout = group.linears.some((linear) => dropoutOf(context, group, linear) !== null);
  let inputs: readonly Tensor[] = group.linears.map(() => x);
  if (!anyDropout) {
    linearForward(recorder, {
      x: asMatrix(x),
      w: arenaMatrix(branches.parameters, group.a),
      y: asMatrix(h),
      columnScale: columnScale(branches, group.columnScale),
      family: 'branch',
    });
  } else {
    inputs = droppedInputs(context, group, x);
    linearForwards(
      recorder,
      group.linears.map((linear, index) => ({
        x: asMatrix(inputs[index] ?? x),
        w: arenaRows(branches.parameters, group.a, linear.firstColumn, linear.blockColumns),
        y: columnBlock(asMatrix(h), linear.firstColumn, linear.blockColumns),
        columnScale: columnScale(branches, linearScales(group, linear)),
        family: 'branch' as const,
      })),
    );
  }
  const units = routedUnits(group);
  if (units.length === 0) return { h, gated: h, inputs };
  const gated = recorder.scratch(`${group.name} gated h`, [rows, group.columns]);
  for (const unit of units) routeForward(context, { group, unit, h, gated });
  return { h, gated, inputs };
}

/** The input of each linear after its dropout; x itself where it has none. */
function droppedInputs(context: PassContext, group: GroupBranches, x: Tensor): readonly Tensor[] {
  const masks = group.linears.map((linear) => dropoutOf(context, group, linear));
  const dropped = masks.filter((mask) => mask !== null);
  const results = context.recorder.scratchTogether(
    `${group.name} inputs after dropout`,
    dropped.map(() => x.shape),
  );
  dropoutForward(
    context.recorder,
    x,
    dropped.map((dropout, index) => ({ ...dropout, y: results[index] ?? x })),
  );
  const remaining = [...results];
  return masks.map((mask) => (mask ? (remaining.shift() ?? x) : x));
}

function routeForward(
  context: PassContext,
  {
    group,
    unit,
    h,
    gated,
  }: {
    readonly group: GroupBranches;
    /** The linears that one router serves. */
    readonly unit: readonly LinearBranches[];
    readonly h: Tensor;
    readonly gated: Tensor;
  },
): void {
  const router = describeRouter(context, unit);
  if (!router) return;
  const { recorder, rows } = context;
  const { layout, activeExperts, renormalise, bias, forced } = router;
  const indices = recorder.scratch('experts', [rows, layout.linears, activeExperts], 'u32');
  const weights = recorder.scratch('gates', [rows, layout.linears, activeExperts]);
  const probabilities = context.keepProbabilities
    ? recorder.scratch('router probabilities', [rows, layout.linears, layout.experts])
    : null;
  routerForward(recorder, {
    h,
    gated,
    indices,
    weights,
    layout,
    activeExperts,
    renormalise,
    ...bias,
    ...forced,
    ...(probabilities ? { probabilities } : {}),
  });
  context.onRouting?.({
    layer: group.layer,
    projections: unit.map(({ projection }) => projection),
    experts: layout.experts,
    active: activeExperts,
    indices,
    weights,
    probabilities,
  });
}
