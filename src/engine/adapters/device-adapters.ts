/** Branches on a device: their tensors and how they are filled. */
import type { Gpu } from '../gpu/device.ts';
import { persistentTensor, persistentTogether, type Tensor } from '../gpu/tensor.ts';
import { columnScalePatterns } from '../model/adapted-linear.ts';
import type { Adapters } from '../model/context.ts';
import type { AdapterLayout } from './layout.ts';

/** Describes the tensors that a layout's branches need on a device. */
export function describeAdapters(layout: AdapterLayout): Adapters {
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

export function adapterTensors(adapters: Adapters): Tensor[] {
  return [adapters.parameters, ...adapters.columnScales.values()];
}

/** Uploads the column scales and the arena's values; the tensors must be allocated. */
export function writeAdapters(
  gpu: Gpu,
  adapters: Adapters,
  parameters: Float32Array<ArrayBuffer>,
): void {
  for (const [key, scales] of columnScalePatterns(adapters.layout.groups.values())) {
    const tensor = adapters.columnScales.get(key);
    if (tensor) gpu.write(tensor, Float32Array.from(scales));
  }
  gpu.write(adapters.parameters, parameters);
}
