import type { Gpu } from '../gpu/device.ts';
import type { Adapters } from '../model/context.ts';
import { buffersOf } from '../model/inputs.ts';
import { adapterTensors, describeAdapters, writeAdapters } from './device-adapters.ts';
import type { AdapterLayout } from './layout.ts';
import { packParameters, type NamedParameters } from './parameters.ts';

/** Puts named parameters on the device for the time of `work`. */
export async function withAdapters<T>(
  gpu: Gpu,
  layout: AdapterLayout,
  named: NamedParameters,
  work: (adapters: Adapters) => Promise<T>,
): Promise<T> {
  const adapters = describeAdapters(layout);
  const buffers = buffersOf(adapterTensors(adapters));
  await gpu.allocate(buffers);
  try {
    writeAdapters(gpu, adapters, packParameters(layout, named));
    return await work(adapters);
  } finally {
    gpu.release(buffers);
  }
}
