/** Opens the GPU for the engine's users. */
import { browserGpu, Gpu, openDevice } from '../gpu/device.ts';
import type { AdapterDescription, SubgroupUse } from '../gpu/device.ts';

/** A device that the engine computes on. */
export interface EngineGpu {
  /** What the adapter reports about itself, and whether it is software. */
  readonly adapter: AdapterDescription;
  /** Throws the device's first fault, if any: results computed after it do not count. @throws StudioError */
  check(): void;
  /** Frees the device and everything on it. */
  close(): void;
}

export interface OpenGpuOptions {
  /** The `navigator.gpu` of a page or worker, which is the default. */
  readonly gpu?: GPU;
  readonly subgroups?: SubgroupUse;
}

/**
 * Opens the best adapter with every limit and feature that it offers. In Node, use `openGpu` of the Node entry.
 * @throws StudioError `webgpu-missing`, `adapter-missing`, `device-refused`
 */
export async function openGpu({
  gpu,
  subgroups = 'auto',
}: OpenGpuOptions = {}): Promise<EngineGpu> {
  return openDevice(gpu ?? browserGpu(), { subgroups });
}

/**
 * The device behind the face.
 * @internal
 * @throws TypeError for an object that did not come from `openGpu`
 */
export function deviceOf(gpu: EngineGpu): Gpu {
  if (gpu instanceof Gpu) return gpu;
  throw new TypeError('gpu is none that openGpu() gave');
}
