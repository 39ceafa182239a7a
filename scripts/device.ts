/** Opens the device that scripts, benches and tests run on. */
import { deviceOf } from '../src/engine/face/gpu.ts';
import type { Gpu } from '../src/engine/gpu/device.ts';
import { openGpu } from '../src/engine/node/index.ts';

/**
 * A separate device without self-test; `MEDCARE_SUBGROUPS=off` runs as on a device without subgroups. What is measured
 * or tested on it uses the kernels that it asks for.
 */
export async function openOwnDevice(): Promise<Gpu> {
  const subgroups = process.env['MEDCARE_SUBGROUPS'] === 'off' ? 'off' : 'auto';
  return deviceOf(await openGpu({ subgroups, selfTest: 'off' }));
}
