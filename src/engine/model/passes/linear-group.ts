/**
 * The linears that read one input, y = x Wᵀ + b + Σ branches: what their passes share.
 *
 * All A matrices of a group (and the router) form one product h = scale · x Aᵀ [N, columns]; the router
 * turns the experts' columns into gated ones; each linear's kernel then continues its inner loop over
 * its block of those columns times B, so that a branch needs no separate pass over y (eq. 1, 3–9).
 */
import {
  groupKey,
  routerUnits,
  type GroupBranches,
  type LinearBranches,
} from '../../branches/layout.ts';
import { asMatrix, columnBlock, viewTensor, type Matrix, type Tensor } from '../../gpu/tensor.ts';
import type { Dropout } from '../../kernels/random.ts';
import type { RouterLayout } from '../../kernels/mixture/router.ts';
import type { DeviceBranches, PassContext } from './context.ts';
import { projections, projectionsOf, type GroupName, type Projection } from '../projections.ts';
import type { LinearWeights } from '../weights.ts';

/** The group of linears that a pass goes through, and their input. */
export interface GroupInput {
  readonly layer: number;
  readonly name: GroupName;
  /** [N, columns of the group's matrices] */
  readonly x: Tensor;
}

/** Activations of the branches of a group; the backward pass reads them. */
export interface GroupActivations {
  /** scale · x Aᵀ with router logits, [N, columns]; null without branches. */
  readonly h: Tensor | null;
  /** h with the experts' columns gated, in the blocks of linears that have a mixture; else h itself. */
  readonly gated: Tensor | null;
  /** The input after dropout, by linear; the plain input where there is none. */
  readonly inputs: readonly Tensor[];
}

/** The input of a linear's B: gated columns where it has a mixture, else plain ones. */
export function gatedColumns({ h, gated }: GroupActivations, linear: LinearBranches): Matrix {
  const source = linear.mixture ? gated : h;
  if (!source) throw new RangeError(`${linear.projection} has branches but no activations`);
  return columnBlock(asMatrix(source), linear.firstColumn, linear.rankColumns);
}

/** The layout of a group's branches; null where it has none. */
export function groupOf(
  context: PassContext,
  layer: number,
  name: GroupName,
): GroupBranches | null {
  return context.branches?.layout.groups.get(groupKey(layer, name)) ?? null;
}

/** A projection of a group and its frozen weights. @throws RangeError where there is none */
export function linearAt(
  context: PassContext,
  layer: number,
  name: GroupName,
  index: number,
): { readonly projection: Projection; readonly weights: LinearWeights } {
  const projection = projectionsOf[name][index];
  const weights = projection && context.weights.layers[layer]?.projections[projection];
  if (!weights) throw new RangeError(`${name} has no projection ${index}`);
  return { projection, weights };
}

/** Key of a pattern of column scales among the branches' tensors. */
export function columnScaleKey(scales: readonly number[]): string {
  return scales.join(',');
}

/** The column scale of a pattern, on the device. */
export function columnScale(branches: DeviceBranches, scales: readonly number[]): Tensor {
  const tensor = branches.columnScales.get(columnScaleKey(scales));
  if (!tensor) throw new Error('The branches lack a column scale of their layout');
  return tensor;
}

/** A linear's part of its group's column scales. */
export function linearScales(group: GroupBranches, linear: LinearBranches): readonly number[] {
  return group.columnScale.slice(linear.firstColumn, linear.firstColumn + linear.blockColumns);
}

/** Every pattern of column scales that the passes over a layout bind. */
export function columnScalePatterns(
  groups: Iterable<GroupBranches>,
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

/** The linears that each router dispatch of a group serves; empty where nothing is routed. */
export function routedUnits(group: GroupBranches): LinearBranches[][] {
  return routerUnits(group.linears).filter(([first]) => first?.mixture);
}

/** Dropout of a linear's input in this pass, or null. Each linear has a separate mask. */
export function dropoutOf(
  context: PassContext,
  group: GroupBranches,
  linear: LinearBranches,
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

/** The router of the linears that share it; null where nothing is routed. */
export function describeRouter(
  context: PassContext,
  unit: readonly LinearBranches[],
): RouterUnit | null {
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
    // Forced experts may be fewer or more than the router would choose: each gets an equal weight.
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
