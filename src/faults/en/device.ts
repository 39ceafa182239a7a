/** Faults of adapter, device and its memory, in English. */
import { sizeInWords } from '../amounts.ts';
import type { DeviceFaults } from '../catalogue/device.ts';
import type { Words } from '../words.ts';

const resume =
  'Resume the run from its last checkpoint; close other programs that use the GPU if it comes back.';

export const device = {
  'webgpu-missing': () => [
    'This browser offers no WebGPU.',
    'Use Chrome or Edge 121 or newer on a computer with a GPU; on Linux start it with --enable-features=Vulkan --enable-unsafe-webgpu.',
  ],
  'adapter-missing': () => [
    'WebGPU is present but found no usable GPU.',
    'If there was one before, reload the page with F5, or else restart the browser. Otherwise turn on hardware acceleration in its settings, update the GPU driver, or allow a software adapter with --enable-unsafe-webgpu --use-webgpu-adapter=swiftshader.',
  ],
  'adapter-gone': () => [
    'The GPU crashed, and the browser does not give this page another one.',
    'Reload the page with F5 or the browser’s own button. If that brings no GPU either, restart the browser: after several crashes it gives no tab a GPU.',
  ],
  'device-refused': ({ detail }) => [
    `The browser gave no GPU device: ${detail}`,
    'Try again; if it comes back, reload the page and close other programs that use the GPU.',
  ],
  'device-lost': ({ reason, detail, run }) => [
    `The GPU device was lost (${reason}): ${detail || 'no reason was given'}.`,
    run === true
      ? resume
      : 'Try again: the device is opened again. Close other programs that use the GPU if it comes back.',
  ],
  'gpu-fault': ({ detail, run }) => [
    `The GPU rejected a command: ${detail}`,
    run === true
      ? 'Resume the run from its last checkpoint. If it comes back, report it with this text.'
      : 'Try again: the device is opened again. If it comes back, report it with this text.',
  ],
  'gpu-out-of-memory': ({ label, bytes }) => [
    `The GPU could not give ${sizeInWords(bytes)} for ${label}.`,
    'Use a smaller model or precision; for training, fewer tokens per micro-batch, or recompute activations.',
  ],
  'tensor-too-large': ({ label, bytes, limit }) => [
    `${label} needs ${sizeInWords(bytes)} in one binding; this device allows ${sizeInWords(limit)}.`,
    'Use a smaller model, or a device with a larger storage-buffer binding limit.',
  ],
} satisfies Words<DeviceFaults>;
