/** Faults of adapter, device and its memory, in English. */
import { sizeInWords } from '../amounts.ts';
import type { DeviceFaults } from '../catalogue/device.ts';
import { bufferWords, type Words } from '../words.ts';
import { buffers } from './buffers.ts';

const resume =
  'Resume the run from its last checkpoint. If this happens again, close other programs that use the GPU.';

/** Begins the advice of a run that stopped after it opened devices by itself. */
const tried = (attempts: number | undefined): string =>
  attempts === undefined
    ? ''
    : `The run reopened the GPU ${attempts} times without reaching its next checkpoint, then stopped trying. `;

export const device = {
  'webgpu-missing': () => [
    'This browser offers no WebGPU.',
    'Use Chrome or Edge 121 or newer on a computer with a GPU; on Linux, with some cards start it with --enable-features=Vulkan --enable-unsafe-webgpu.',
  ],
  'adapter-missing': () => [
    'WebGPU is present but found no usable GPU.',
    'If there was one before, reload the page with F5; if that does not help, restart the browser. Otherwise turn on hardware acceleration in the browser’s settings, update the GPU driver, or allow a software adapter with --enable-unsafe-webgpu --use-webgpu-adapter=swiftshader.',
  ],
  'adapter-gone': ({ attempts }) => [
    'The GPU crashed, and the browser does not give this page another one.',
    `${attempts === undefined ? '' : `The run asked for one ${attempts} times. `}Reload the page with F5 or the browser’s reload button. If that does not bring the GPU back, restart the browser: after several crashes it gives no tab a GPU.`,
  ],
  'device-refused': ({ detail, attempts }) => [
    `The browser refused to open a GPU device: ${detail}`,
    `${tried(attempts)}Try again. If this happens again, reload the page and close other programs that use the GPU.`,
  ],
  'device-lost': ({ reason, detail, run, attempts }) => [
    `The GPU device was lost (${reason}): ${detail || 'no reason was given'}.`,
    run === true
      ? `${tried(attempts)}${resume}`
      : 'Try again: the studio opens the device anew. If this happens again, close other programs that use the GPU.',
  ],
  'gpu-fault': ({ detail, run }) => [
    `The GPU rejected a command: ${detail}`,
    run === true
      ? 'Resume the run from its last checkpoint. If this happens again, report it with this text.'
      : 'Try again: the studio opens the device anew. If this happens again, report it with this text.',
  ],
  'kernels-wrong': ({ kernels, count }) => [
    `This GPU computes wrong results: ${count} ${count === 1 ? 'computation' : 'computations'} failed the self-test even in the plainest form (${kernels}). The studio trains and answers nothing on it.`,
    'Update the browser and the GPU driver, then choose “Test again” in Settings; or use another browser or GPU. If it comes back, report it with this text.',
  ],
  'gpu-out-of-memory': ({ label, bytes }) => [
    `The GPU could not allocate ${sizeInWords(bytes)} for ${bufferWords(buffers, label)}.`,
    'Use a smaller model or a lower precision. For training, use fewer tokens per micro-batch or recompute activations.',
  ],
  'tensor-too-large': ({ label, bytes, limit }) => [
    `${sizeInWords(bytes)} must lie in one binding for ${bufferWords(buffers, label)}; this device allows ${sizeInWords(limit)}.`,
    'Use a smaller model, or a device with a larger storage-buffer binding limit.',
  ],
} satisfies Words<DeviceFaults>;
