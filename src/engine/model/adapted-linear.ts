import {
  arenaMatrix,
  arenaRows,
  groupKey,
  routerUnits,
  type AdaptedGroup,
  type AdaptedLinear,
} from '../branches/layout.ts';
import { asMatrix, columnBlock, viewTensor, type Matrix, type Tensor } from '../gpu/tensor.ts';
import { dropoutForward } from '../kernels/dropout.ts';
import { columnSum } from '../kernels/linear/column-sum.ts';
import { linearForward, linearForwards } from '../kernels/linear/forward-product.ts';
import { linearBackwardInputs } from '../kernels/linear/input-gradient.ts';
import { linearBackwardWeights } from '../kernels/linear/weight-gradient.ts';
import type { Dropout } from '../kernels/random.ts';
import { routerBackward, routerForward, type RouterLayout } from '../kernels/mixture/router.ts';
import type { DeviceBranches, PassContext } from './context.ts';
import { frozenBackward, frozenForwards } from './frozen-matrix.ts';
import { projections, projectionsOf, type GroupName } from './projections.ts';

/**
 * The linears that read one input, y = x Wᵀ + b + Σ branches, forward and backward.
 *
 * All A matrices of a group (and the router) form one product h = scale · x Aᵀ [N, columns]; the router
 * turns the experts' columns into gated ones; each linear's kernel then continues its inner loop over
 * its block of those columns times B, so that a branch costs no pass of its own over y (eq. 1, 3–9).
 */
export interface GroupActivations {
  /** scale · x Aᵀ with router logits, [N, columns]; null without branches. */
  readonly h: Tensor | null;
  /** h with the experts' columns gated, in the blocks of linears that have a mixture; else h itself. */
  readonly gated: Tensor | null;
  /** The input after dropout, by linear; the plain input where there is none. */
  readonly inputs: readonly Tensor[];
}

const noBranches: GroupActivations = { h: null, gated: null, inputs: [] };

function groupOf(context: PassContext, layer: number, name: GroupName): AdaptedGroup | null {
  return context.branches?.layout.groups.get(groupKey(layer, name)) ?? null;
}

/** Key of a pattern of column scales among the branches' tensors. */
export function columnScaleKey(scales: readonly number[]): string {
  return scales.join(',');
}

function columnScale(branches: DeviceBranches, scales: readonly number[]): Tensor {
  const tensor = branches.columnScales.get(columnScaleKey(scales));
  if (!tensor) throw new Error('The branches lack a column scale of their layout');
  return tensor;
}

function linearScales(group: AdaptedGroup, linear: AdaptedLinear): readonly number[] {
  return group.columnScale.slice(linear.firstColumn, linear.firstColumn + linear.blockColumns);
}

/** Every pattern of column scales that the passes over a layout bind. */
export function columnScalePatterns(
  groups: Iterable<AdaptedGroup>,
): Map<string, readonly number[]> {
  const patterns = new Map<string, readonly number[]>();
  for (const group of groups) {
    patterns.set(columnScaleKey(group.columnScale), group.columnScale);
    for (const linear of group.linears) {
      const scales = linearScales(group, linear);
      patterns.set(columnScaleKey(scales), scales);
      const ranks = scales.slice(0, linear.rankColumns);
      patterns.set(columnScaleKey(ranks), ranks);
    }
  }
  return patterns;
}

/** The linears that each router dispatch of a group serves; none where nothing is routed. */
function routedUnits(group: AdaptedGroup): AdaptedLinear[][] {
  return routerUnits(group.linears).filter(([first]) => first?.mixture);
}

/** Dropout of a linear's input in this pass, or null. Each linear has a mask of its own. */
function dropoutOf(
  context: PassContext,
  group: AdaptedGroup,
  linear: AdaptedLinear,
): Dropout | null {
  if (!context.training || linear.dropout === 0) return null;
  const stream = group.layer * projections.length + projections.indexOf(linear.projection);
  return { probability: linear.dropout, stream, stepState: context.training.stepState };
}

interface RouterUnit {
  readonly layout: RouterLayout;
  readonly activeExperts: number;
  readonly renormalise: boolean;
  readonly bias: { bias: Tensor } | Record<string, never>;
  readonly forced: { forced: readonly number[] } | Record<string, never>;
}

function describeRouter(context: PassContext, unit: readonly AdaptedLinear[]): RouterUnit | null {
  const [first] = unit;
  if (!first?.mixture || !context.branches) return null;
  const { mixture, routerBias } = first;
  const forced = context.forcedExperts ?? mixture.forced;
  return {
    layout: {
      linears: unit.length,
      firstColumn: first.firstColumn,
      blockColumns: first.blockColumns,
      plainColumns: first.plainColumns,
      experts: mixture.experts,
      expertRank: mixture.rank,
    },
    // Fewer or more may be forced than the router would choose: each then weighs one part of all.
    activeExperts: context.forcedExperts?.length ?? mixture.active,
    renormalise: mixture.renormalise,
    bias: routerBias
      ? {
          bias: viewTensor(context.branches.parameters, routerBias.offset, [
            unit.length,
            mixture.experts,
          ]),
        }
      : {},
    forced: forced ? { forced } : {},
  };
}

/**
 * y_p = x W_pᵀ + b_p + branches (+ residual) for every projection p of a group.
 *
 * @param outputs one tensor for each projection of the group, in its order; none at all computes only
 *   the branches' activations, as recomputation before a backward pass needs them
 * @param residual added to the output; only for groups of one projection
 */
export function groupForward(
  context: PassContext,
  layer: number,
  name: GroupName,
  x: Tensor,
  outputs: readonly Tensor[],
  residual: Tensor | null = null,
): GroupActivations {
  const group = groupOf(context, layer, name);
  const activations = group ? branchForward(context, group, x) : noBranches;
  const products = outputs.map((output, index) => {
    const projection = projectionsOf[name][index];
    const weights = projection && context.weights.layers[layer]?.projections[projection];
    if (!weights) throw new RangeError(`${name} has no projection ${index}`);
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
    };
  });
  frozenForwards(context.recorder, products);
  return activations;
}

function branchForward(context: PassContext, group: AdaptedGroup, x: Tensor): GroupActivations {
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
  for (const unit of units) routeForward(context, group, unit, h, gated);
  return { h, gated, inputs };
}

/** The input of each linear after its dropout; x itself where it has none. */
function droppedInputs(context: PassContext, group: AdaptedGroup, x: Tensor): readonly Tensor[] {
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
  group: AdaptedGroup,
  unit: readonly AdaptedLinear[],
  h: Tensor,
  gated: Tensor,
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

/** What a linear's B multiplies: gated columns where it has a mixture, plain ones where not. */
function gatedColumns({ h, gated }: GroupActivations, linear: AdaptedLinear): Matrix {
  const source = linear.mixture ? gated : h;
  if (!source) throw new RangeError(`${linear.projection} has branches but no activations`);
  return columnBlock(asMatrix(source), linear.firstColumn, linear.rankColumns);
}

/**
 * Gradients of a group's branches, added to the gradient arena, and the gradient of its input.
 *
 * @param x the input of `groupForward`
 * @param dOutputs gradients of its outputs, in the group's order
 * @param dx receives the gradient of x; null where nothing below needs it
 */
export function groupBackward(
  context: PassContext,
  layer: number,
  name: GroupName,
  x: Tensor,
  activations: GroupActivations,
  dOutputs: readonly Tensor[],
  dx: Tensor | null,
): void {
  const group = groupOf(context, layer, name);
  const dh = group ? branchBackward(context, group, x, activations, dOutputs) : null;
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
      ...(branch ? { branch } : {}),
    });
  });
}

/** Adds the gradients of A, B and router of a group; returns the gradient of x Aᵀ, [N, columns]. */
function branchBackward(
  context: PassContext,
  group: AdaptedGroup,
  x: Tensor,
  activations: GroupActivations,
  dOutputs: readonly Tensor[],
): Tensor | null {
  const { recorder, branches, training, rows } = context;
  const { h, gated, inputs } = activations;
  if (!branches || !training || !h || !gated) return null;
  const dh = recorder.scratch(`${group.name} dh`, [rows, group.columns]);
  const routed = gated !== h;
  const dGated = routed ? recorder.scratch(`${group.name} dgated`, [rows, group.columns]) : dh;
  const gradientOf = (linear: AdaptedLinear): Matrix => {
    const dy = dOutputs[projectionsOf[group.name].indexOf(linear.projection)];
    if (!dy) throw new RangeError(`No gradient for ${linear.projection}`);
    return asMatrix(dy);
  };
  linearBackwardInputs(
    recorder,
    group.linears.map((linear) => {
      const mixed = linear.mixture !== null;
      const scales = linearScales(group, linear).slice(0, linear.rankColumns);
      return {
        dy: gradientOf(linear),
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
      dy: gradientOf(linear),
      x: gatedColumns(activations, linear),
      dw: arenaMatrix(training.gradients, linear.b),
      accumulate: true,
      family: 'branch' as const,
    })),
  );
  if (routed) {
    for (const unit of routedUnits(group)) routeBackward(context, group, unit, h, dGated, dh);
  }
  // One product over the whole group where no linear has an input of its own.
  const blocks = inputs.every((input) => input === x)
    ? [{ input: x, firstColumn: 0, blockColumns: group.columns }]
    : group.linears.map((linear, index) => ({ ...linear, input: inputs[index] ?? x }));
  linearBackwardWeights(
    recorder,
    blocks.map(({ input, firstColumn, blockColumns }) => ({
      dy: columnBlock(asMatrix(dh), firstColumn, blockColumns),
      x: asMatrix(input),
      dw: arenaRows(training.gradients, group.a, firstColumn, blockColumns),
      accumulate: true,
      family: 'branch' as const,
    })),
  );
  return dh;
}

function routeBackward(
  context: PassContext,
  group: AdaptedGroup,
  unit: readonly AdaptedLinear[],
  h: Tensor,
  dGated: Tensor,
  dh: Tensor,
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
