/** Opens the device that scripts, benches and tests run on. */
import { deviceOf } from '../src/engine/face/gpu.ts';
import type { Gpu } from '../src/engine/gpu/device.ts';
import { openGpu } from '../src/engine/node/index.ts';

/** A separate device; `MEDCARE_SUBGROUPS=off` runs as on a device without subgroups. */
export async function openOwnDevice(): Promise<Gpu> {
  return deviceOf(
    await openGpu({ subgroups: process.env['MEDCARE_SUBGROUPS'] === 'off' ? 'off' : 'auto' }),
  );
}
