/** Branches on a device: which tensors they need, and how these are filled. */
import type { Gpu } from '../gpu/device.ts';
import { persistentTensor, persistentTogether, type Tensor } from '../gpu/tensor.ts';
import { columnScalePatterns } from '../model/passes/linear-group.ts';
import type { DeviceBranches } from '../model/passes/context.ts';
import type { BranchLayout } from './layout.ts';

/** Describes the tensors that a layout's branches need on a device. */
export function describeBranches(layout: BranchLayout): DeviceBranches {
  // In one buffer, so that products with different patterns can share a dispatch.
  const patterns = [...columnScalePatterns(layout.groups.values())];
  const label = 'column scales';
  const shapes = patterns.map(([, scales]) => ({ label, shape: [scales.length] }));
  const tensors = persistentTogether(label, 'branches', shapes);
  const columnScales = new Map(
    patterns.flatMap(([key], index) => {
      const tensor = tensors[index];
      return tensor ? [[key, tensor] as const] : [];
    }),
  );
  const parameters = persistentTensor('branch parameters', 'branches', [layout.elements]);
  return { layout, parameters, columnScales };
}

export function branchTensors(branches: DeviceBranches): Tensor[] {
  return [branches.parameters, ...branches.columnScales.values()];
}

/** Uploads the column scales and the arena's values; the tensors must be allocated. */
export function writeBranches(
  gpu: Gpu,
  branches: DeviceBranches,
  parameters: Float32Array<ArrayBuffer>,
): void {
  for (const [key, scales] of columnScalePatterns(branches.layout.groups.values())) {
    const tensor = branches.columnScales.get(key);
    if (tensor) gpu.write(tensor, Float32Array.from(scales));
  }
  gpu.write(branches.parameters, parameters);
}
