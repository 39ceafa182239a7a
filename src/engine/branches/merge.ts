/** W += scale · B A for named branches, in place on the device (eq. 13). */
import type { Gpu } from '../gpu/device.ts';
import { runOnce } from '../gpu/plan.ts';
import { PlanRecorder } from '../gpu/recorder.ts';
import { rowBlock, type Matrix } from '../gpu/tensor.ts';
import { mergeBranch } from '../kernels/linear/merge.ts';
import { isPacked } from '../kernels/linear/weight-formats.ts';
import type { DeviceBranches } from '../model/passes/context.ts';
import type { FrozenMatrix } from '../model/frozen-matrix.ts';
import type { ModelWeights } from '../model/weights.ts';
import { arenaColumns, arenaRows } from './layout.ts';

/** One branch's part of one linear: W += scale · b·a. */
export interface BranchProduct {
  readonly b: Matrix;
  readonly a: Matrix;
  readonly scale: number;
}

/** The products of a plain branch, by the weight that each would go into. */
export function branchProducts(
  weights: ModelWeights,
  branches: DeviceBranches,
  name: string,
): Map<FrozenMatrix, BranchProduct> {
  const products = new Map<FrozenMatrix, BranchProduct>();
  for (const group of branches.layout.groups.values()) {
    for (const linear of group.linears) {
      const columns = linear.plain.find(({ branch }) => branch.name === name);
      const target = weights.layers[group.layer]?.projections[linear.projection].weight;
      if (!columns || !target) continue;
      const { first, rank, branch } = columns;
      products.set(target, {
        b: arenaColumns(branches.parameters, linear.b, first, rank),
        a: arenaRows(branches.parameters, group.a, linear.firstColumn + first, rank),
        scale: branch.scale,
      });
    }
  }
  return products;
}

/**
 * W += scale · B A for each named branch, in the order given, in place on the device (eq. 13). The
 * branches' parameters do not change; detach them by laying out the branches without them.
 * @throws RangeError when the weights are not float32
 */
export async function mergeBranches(
  gpu: Gpu,
  weights: ModelWeights,
  branches: DeviceBranches,
  names: readonly string[],
): Promise<void> {
  const recorder = new PlanRecorder('merge', gpu.traits);
  for (const name of names) {
    for (const [target, { b, a, scale }] of branchProducts(weights, branches, name)) {
      for (const { firstRow, matrix: w } of target.parts) {
        if (isPacked(w))
          throw new RangeError(`${target.name} is not float32: nothing merges into it`);
        mergeBranch(recorder, { w, b: rowBlock(b, firstRow, w.rows), a, scale });
      }
    }
  }
  await runOnce(gpu, recorder.finish());
}
