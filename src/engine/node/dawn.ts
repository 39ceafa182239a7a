/** WebGPU in Node through Dawn, polled in a way that leaves the processors to a software driver. */
import process from 'node:process';
import { browserGpu } from '../gpu/device.ts';

/**
 * Every GPU object that was returned. Dawn's JavaScript wrapper does not keep the instance alive
 * for its adapters and devices: a collected GPU object would take them down while they are in use.
 */
const instances: GPU[] = [];

/** Consecutive polls before the process starts to sleep between them. */
const EAGER_POLLS = 32;
const POLL_INTERVAL_MS = 0.2;
/** While two polls are closer than this, nothing but polling happened between them. */
const QUIET_MS = 0.05;

let patient = false;

/**
 * Lets the driver have the processors while the program waits for it. Dawn's Node package waits by polling
 * from one `setImmediate` to the next without a pause: on a machine where a software driver computes on
 * those processors, that takes up to half of its speed. After some polls without anything else in between,
 * each further one sleeps a fraction of a millisecond first.
 */
function pollPatiently(): void {
  if (patient) return;
  patient = true;
  const immediate = globalThis.setImmediate;
  const cell = new Int32Array(new SharedArrayBuffer(4));
  let polls = 0;
  let ended = 0;
  const wrapped = (
    callback: (...args: unknown[]) => void,
    ...args: unknown[]
  ): NodeJS.Immediate => {
    // Only Dawn schedules functions that are not written in JavaScript.
    const native = Function.prototype.toString.call(callback).includes('[native code]');
    if (!native) return immediate(callback, ...args);
    return immediate(() => {
      polls = performance.now() - ended < QUIET_MS ? polls + 1 : 0;
      if (polls > EAGER_POLLS) Atomics.wait(cell, 0, 0, POLL_INTERVAL_MS);
      callback(...args);
      ended = performance.now();
    });
  };
  globalThis.setImmediate = Object.assign(wrapped, immediate);
}

/**
 * Offers features that browsers hide behind a flag; a device has only those that it is asked for. Further toggles of
 * Dawn may be named in the environment, such as `vulkan_enable_f16_on_nvidia`.
 */
function enabled(): string {
  const more = process.env['MEDCARE_DAWN_FEATURES'] ?? '';
  return `enable-dawn-features=allow_unsafe_apis${more === '' ? '' : `,${more}`}`;
}

/**
 * WebGPU in Node through Dawn, Chromium's implementation, from the npm package `webgpu`. Dawn uses the
 * driver that the system offers; with Vulkan, `VK_ICD_FILENAMES` in the environment names another one.
 *
 * Also sets the WebGPU globals (`GPUBufferUsage`, `GPUMapMode`, …) that a browser has. Every device
 * made from it should be destroyed when its work is done: then the process can end, and a
 * software driver frees its threads.
 *
 * Where the runtime has WebGPU itself, as Deno does with wgpu (Firefox's implementation), returns that.
 *
 * @returns the object a browser offers as `navigator.gpu`
 */
export async function createNodeGpu(): Promise<GPU> {
  const own = browserGpu();
  if (own) return own;
  // Timestamps are otherwise rounded to 0.1 ms against fingerprinting, which Node has no use for. Subgroup matrices
  // are an experiment that Dawn hides otherwise.
  return createInstance(['disable-dawn-features=timestamp_quantization', enabled()]);
}

/**
 * WebGPU without a driver: everything is checked as usual, features, limits and shaders included, but nothing
 * is compiled for a machine or computed. Features that browsers hide behind a flag are there, too.
 */
export async function createCheckingGpu(): Promise<GPU> {
  return createInstance(['backend=null', enabled()]);
}

async function createInstance(flags: string[]): Promise<GPU> {
  pollPatiently();
  const { create, globals } = await import('webgpu');
  for (const [name, value] of Object.entries(globals)) {
    if (name in globalThis) continue;
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  }
  const gpu = create(flags);
  instances.push(gpu);
  return gpu;
}
