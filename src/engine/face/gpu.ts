/** Opens the GPU for the engine's users. */
import { SelfTest, withSelfTest } from '../checks/self-test.ts';
import { browserGpu, Gpu, openDevice } from '../gpu/device.ts';
import type { AdapterDescription, SubgroupUse } from '../gpu/device.ts';
import type { SelfTestReport } from '../gpu/kernel-mode.ts';

/** A device that the engine computes on. */
export interface EngineGpu {
  /** What the adapter reports about itself, and whether it is software. */
  readonly adapter: AdapterDescription;
  /** What the self-test found of the kernels used so far; null where it is off. */
  readonly selfTest: SelfTestReport | null;
  /** Throws the device's first fault, if any: results computed after it do not count. @throws StudioError */
  check(): void;
  /** Frees the device and everything on it. */
  close(): void;
}

export interface OpenGpuOptions {
  /** The `navigator.gpu` of a page or worker, which is the default. */
  readonly gpu?: GPU;
  readonly subgroups?: SubgroupUse;
  /**
   * Each kernel runs a case with known results before its first use, while weights load. Where a result is wrong,
   * plainer kernels take over; where these are wrong too, whatever computes throws `kernels-wrong`. `off` trusts
   * the device. On unless told otherwise.
   */
  readonly selfTest?: 'on' | 'off';
}

/**
 * Opens the best adapter with every limit and feature that it offers. In Node, use `openGpu` of the Node entry.
 * @throws StudioError `webgpu-missing`, `adapter-missing`, `device-refused`
 */
export async function openGpu({
  gpu,
  subgroups = 'auto',
  selfTest = 'on',
}: OpenGpuOptions = {}): Promise<EngineGpu> {
  const opened = await openDevice(gpu ?? browserGpu(), { subgroups });
  return selfTest === 'on' ? withSelfTest(opened, new SelfTest()) : opened;
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
