/** Asks a shader for the subgroups of a device: what adapters say of them is missing in places, and wrong in others. */
import type { Gpu } from '../gpu/device.ts';
import type { DeviceTraits } from '../gpu/kernel.ts';
import { runOnce } from '../gpu/plan.ts';
import { PlanRecorder } from '../gpu/recorder.ts';
import { isScratch, persistentTensor } from '../gpu/tensor.ts';
import { subgroupSizes } from '../kernels/subgroup-size.ts';

const invocations = 512;
/** The sizes that WebGPU allows. */
const least = 4;
const most = 128;

/** Traits with the subgroups that a shader saw: without any where a sum has not the lanes that its size says. */
function corrected(traits: DeviceTraits, seen: Uint32Array): DeviceTraits {
  const sizes = seen.filter((_, index) => index % 2 === 0);
  const agree = sizes.every((size, i) => size === seen[2 * i + 1]);
  const [smallest, largest] = [Math.min(...sizes), Math.max(...sizes)];
  if (!agree || !(smallest >= least && largest <= most)) return { ...traits, subgroups: false };
  const { subgroupMinSize: min, subgroupMaxSize: max } = traits;
  const isUnknown = min === least && max === most;
  // A range that holds what was seen may still be needed: other shaders may get other sizes.
  if (!isUnknown && smallest >= min && largest <= max) return traits;
  return { ...traits, subgroupMinSize: smallest, subgroupMaxSize: largest };
}

/**
 * The device with the subgroup sizes that a shader sees.
 * @throws StudioError the device's fault
 */
export async function withSeenSubgroups(gpu: Gpu): Promise<Gpu> {
  if (!gpu.traits.subgroups) return gpu;
  const seen = persistentTensor('subgroups', 'results', [invocations, 2], 'u32');
  const { storage } = seen;
  if (isScratch(storage)) return gpu;
  const recorder = new PlanRecorder('subgroups', gpu.traits);
  subgroupSizes(recorder, seen);
  await gpu.allocate([storage]);
  try {
    await runOnce(gpu, recorder.finish());
    const found = await gpu.readUint32(seen);
    return gpu.withTraits(corrected(gpu.traits, found));
  } catch {
    // A device that refuses the shader has no subgroups to rely on; one with a fault is not used at all.
    gpu.check();
    return gpu.withTraits({ ...gpu.traits, subgroups: false });
  } finally {
    gpu.release([storage]);
  }
}
