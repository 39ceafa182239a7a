/** Typed errors of adapter, device and memory. */
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
      'If there was one before, reload the page with F5, or else restart the browser. Otherwise turn on hardware acceleration in its settings, update the GPU driver, or allow a software adapter with --enable-unsafe-webgpu --use-webgpu-adapter=swiftshader.',
  });
}

/** A browser has an adapter and gives no device of it. */
export function deviceRefused(thrown: unknown): StudioError {
  const detail = thrown instanceof Error ? thrown.message : String(thrown);
  return new StudioError(
    {
      code: 'device-refused',
      message: `The browser gave no GPU device: ${detail}`,
      kept: 'Everything stored.',
      remedy:
        'Try again; if it comes back, reload the page and close other programs that use the GPU.',
      data: { detail },
    },
    { cause: thrown },
  );
}

/**
 * There was a device in this page, it was lost, and the browser gives no other. Chromium gives one after the second
 * crash when the person reloads the page, not when the page reloads itself; after the third it gives none.
 */
export function adapterGone(): StudioError {
  return new StudioError({
    code: 'adapter-gone',
    message: 'The GPU crashed, and the browser gives this page no other.',
    kept: 'Everything stored; runs up to their last checkpoint.',
    remedy:
      'Reload the page with F5 or the browser’s own button. If there is no GPU then either, restart the browser: after several crashes it gives none to any tab.',
  });
}

/** What was kept depends on the job, which adds it (worker/fault-words.ts). */
export function deviceLost(reason: string, detail: string): StudioError {
  // Browsers end their sentences themselves, some of them twice.
  const said = detail.trim().replace(/\.+$/, '');
  return new StudioError({
    code: 'device-lost',
    message: `The GPU device was lost (${reason}): ${said || 'no reason was given'}.`,
    remedy:
      'Try again: the device is opened anew. Close other programs that use the GPU if it comes back.',
    // One loss is told of by whatever it ended: this says that it is one.
    data: { reason, detail: said, at: new Date().toISOString() },
  });
}

export function outOfMemory(label: string, bytes: number): StudioError {
  return new StudioError({
    code: 'gpu-out-of-memory',
    message: `The GPU could not give ${sizeInWords(bytes)} for ${label}.`,
    remedy:
      'Take a smaller model or precision; when training, fewer tokens per micro-batch or activation checkpointing.',
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
    remedy: 'Try again: the device is opened anew. If it comes back, report it with this text.',
    data: { detail },
  });
}
