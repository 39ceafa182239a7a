/** Opens the device that scripts, benches and tests run on. */
import { deviceOf } from '../src/engine/face/gpu.ts';
import type { Gpu } from '../src/engine/gpu/device.ts';
import { openGpu } from '../src/engine/node/index.ts';

/** Does work on a device of its own, reports errors that the device learned of late, and closes it. */
export async function withOwnDevice<T>(work: (gpu: Gpu) => Promise<T>): Promise<T> {
  const gpu = await openOwnDevice();
  try {
    const result = await work(gpu);
    gpu.check();
    return result;
  } finally {
    gpu.close();
  }
}

/**
 * A separate device without self-test; `MEDCARE_SUBGROUPS=off` runs as on a device without subgroups. What is measured
 * or tested on it uses the kernels that it asks for.
 */
export async function openOwnDevice(): Promise<Gpu> {
  const subgroups = process.env['MEDCARE_SUBGROUPS'] === 'off' ? 'off' : 'auto';
  return deviceOf(await openGpu({ subgroups, selfTest: 'off' }));
}
