import type { Gpu } from '../gpu/device.ts';
import { preparePlan, ScratchPool } from '../gpu/plan.ts';
import { PlanRecorder } from '../gpu/recorder.ts';
import { asMatrix } from '../gpu/tensor.ts';
import { mergeBranch } from '../kernels/merge.ts';
import type { Adapters } from '../model/context.ts';
import type { ModelWeights } from '../model/weights.ts';
import { arenaColumns, arenaRows } from './layout.ts';

/**
 * W += scale · B A for each named branch, in the order given, in place on the device (eq. 13). The
 * branches' parameters stay where they are; detach them by laying out the adapters without them.
 */
export async function mergeBranches(
  gpu: Gpu,
  weights: ModelWeights,
  adapters: Adapters,
  names: readonly string[],
): Promise<void> {
  const recorder = new PlanRecorder('merge', gpu.traits);
  for (const name of names) {
    for (const group of adapters.layout.groups.values()) {
      for (const linear of group.linears) {
        const columns = linear.plain.find(({ branch }) => branch.name === name);
        const target = weights.layers[group.layer]?.projections[linear.projection];
        if (!columns || !target) continue;
        const { first, rank, branch } = columns;
        mergeBranch(recorder, {
          w: asMatrix(target.weight),
          b: arenaColumns(adapters.parameters, linear.b, first, rank),
          a: arenaRows(adapters.parameters, group.a, linear.firstColumn + first, rank),
          scale: branch.scale,
        });
      }
    }
  }
  const spec = recorder.finish();
  const pool = new ScratchPool([spec]);
  await gpu.allocate(pool.specs);
  const plan = await preparePlan(gpu, spec, pool);
  try {
    plan.submit();
    await gpu.finished();
  } finally {
    plan.release();
    gpu.release(pool.specs);
  }
}
