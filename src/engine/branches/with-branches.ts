/** Puts branches on the device for as long as a piece of work needs them. */
import type { Gpu } from '../gpu/device.ts';
import type { DeviceBranches } from '../model/passes/context.ts';
import { buffersOf } from '../model/inputs.ts';
import { branchTensors, describeBranches, writeBranches } from './device-branches.ts';
import type { BranchLayout } from './layout.ts';
import { packParameters, type NamedParameters } from './parameters.ts';

/** Keeps named parameters on the device for the duration of `work`. */
export async function withBranches<T>(
  gpu: Gpu,
  layout: BranchLayout,
  named: NamedParameters,
  work: (branches: DeviceBranches) => Promise<T>,
): Promise<T> {
  const branches = describeBranches(layout);
  const buffers = buffersOf(branchTensors(branches));
  await gpu.allocate(buffers);
  try {
    writeBranches(gpu, branches, packParameters(layout, named));
    return await work(branches);
  } finally {
    gpu.release(buffers);
  }
}
