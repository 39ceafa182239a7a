/** The device that scripts, benches and tests run on. */
import type { Gpu } from '../src/engine/gpu/device.ts';
import { openDevice } from '../src/engine/gpu/device.ts';
import { createNodeGpu } from '../src/engine/node/dawn.ts';

/** A device of its own; `MEDCARE_SUBGROUPS=off` runs as on a device without subgroups. */
export async function openOwnDevice(): Promise<Gpu> {
  const subgroups = process.env['MEDCARE_SUBGROUPS'] === 'off' ? 'off' : 'auto';
  return openDevice(await createNodeGpu(), { subgroups });
}
