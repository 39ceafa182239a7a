import { sizeInWords, StudioError } from '../../errors.ts';

export function noWebGpu(): StudioError {
  return new StudioError({
    code: 'webgpu-missing',
    message: 'This browser offers no WebGPU.',
    remedy:
      'Use Chrome or Edge 121 or newer on a computer with a GPU; on Linux start it with --enable-features=Vulkan --enable-unsafe-webgpu.',
  });
}

export function noAdapter(): StudioError {
  return new StudioError({
    code: 'adapter-missing',
    message: 'WebGPU is present but found no usable GPU.',
    remedy:
      'Turn on hardware acceleration in the browser settings, update the GPU driver, or allow a software adapter with --enable-unsafe-webgpu --use-webgpu-adapter=swiftshader.',
  });
}

export function deviceLost(reason: string, detail: string): StudioError {
  return new StudioError({
    code: 'device-lost',
    message: `The GPU device was lost (${reason}): ${detail || 'no reason was given'}.`,
    kept: 'Everything up to the last checkpoint.',
    remedy: 'Resume the run from its last checkpoint; close other programs that use the GPU.',
    data: { reason, detail },
  });
}

export function outOfMemory(label: string, bytes: number): StudioError {
  return new StudioError({
    code: 'gpu-out-of-memory',
    message: `The GPU could not give ${sizeInWords(bytes)} for ${label}.`,
    kept: 'Data, model and earlier checkpoints.',
    remedy:
      'Use fewer tokens per micro-batch, turn on activation checkpointing, or take a smaller model.',
    data: { label, bytes },
  });
}

export function tooLarge(label: string, bytes: number, limit: number): StudioError {
  return new StudioError({
    code: 'tensor-too-large',
    message: `${label} needs ${sizeInWords(bytes)} in one binding; this device allows ${sizeInWords(limit)}.`,
    remedy: 'Take a smaller model, or a device with a larger storage-buffer binding limit.',
    data: { label, bytes, limit },
  });
}

export function gpuFault(detail: string): StudioError {
  return new StudioError({
    code: 'gpu-fault',
    message: `The GPU rejected a command: ${detail}`,
    kept: 'Everything up to the last checkpoint; results since then are discarded.',
    remedy:
      'Reload and resume from the last checkpoint; if it comes back, report it with this text.',
    data: { detail },
  });
}
