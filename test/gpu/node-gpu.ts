import { applyDriver } from '../../scripts/adapters.mjs';

/**
 * Every GPU object that was handed out. Dawn's JavaScript wrapper does not keep the instance alive
 * for its adapters and devices: a collected GPU object would take them down while they are in use.
 */
const instances: GPU[] = [];

/**
 * WebGPU in Node, through Dawn on the driver that scripts/adapters.mjs chooses.
 *
 * Also sets the WebGPU globals (`GPUBufferUsage`, `GPUMapMode`, …) that a browser has. Every device
 * made from it should be destroyed when its work is done: the process then ends by itself, and a
 * software driver frees its threads.
 *
 * @returns the object a browser offers as `navigator.gpu`
 * @throws when no driver is found for a MEDCARE_ADAPTER that was asked for by name
 */
export async function createNodeGpu(): Promise<GPU> {
  applyDriver();
  const { create, globals } = await import('webgpu');
  for (const [name, value] of Object.entries(globals)) {
    if (name in globalThis) continue;
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  }
  // Timestamps are otherwise rounded to 0.1 ms against fingerprinting, which Node has no use for.
  const gpu = create(['disable-dawn-features=timestamp_quantization']);
  instances.push(gpu);
  return gpu;
}
