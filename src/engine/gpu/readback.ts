/** Reads a small tensor back after every step without stalling: it takes turns with a few staging buffers, so that later steps run while a result is read. */
import type { Gpu } from './device.ts';
import type { Plan } from './plan.ts';
import { encodeTransfer, type CopyStep } from './steps.ts';
import { submitSteps } from './submit.ts';
import { byteLength, type BufferSpec, type Tensor } from './tensor.ts';

/**
 * Brings a small tensor back after every step without stalling: a few staging buffers take turns, so
 * that a result is read while later steps already run.
 */
export class ReadbackRing {
  readonly specs: readonly BufferSpec[];
  readonly #free: BufferSpec[];
  readonly #waiting: ((spec: BufferSpec) => void)[] = [];

  constructor(label: string, bytes: number, depth = 3) {
    this.specs = Array.from({ length: depth }, (_, index) => ({
      label: `${label} staging ${index}`,
      role: 'readback',
      bytes,
    }));
    this.#free = [...this.specs];
  }

  /**
   * Copies the tensor as it is after everything submitted so far, and after `plan`, which is submitted with the copy.
   * @returns its bytes
   */
  async read(gpu: Gpu, tensor: Tensor, plan: Plan | null = null): Promise<ArrayBuffer> {
    const spec = this.#free.pop() ?? (await new Promise<BufferSpec>((r) => this.#waiting.push(r)));
    try {
      const bytes = byteLength(tensor);
      const copy: CopyStep = {
        ...{ kind: 'copy', label: tensor.label, section: 0, scope: '', cost: 0, bytes },
        ...{ from: gpu.bufferOfTensor(tensor), fromOffset: tensor.offset },
        ...{ to: gpu.bufferOf(spec), toOffset: 0 },
      };
      if (plan) submitSteps(gpu, plan.label, [...plan.steps(), copy]);
      else {
        const encoder = gpu.device.createCommandEncoder();
        encodeTransfer(encoder, copy);
        gpu.device.queue.submit([encoder.finish()]);
      }
      return await gpu.download(spec, bytes);
    } finally {
      const next = this.#waiting.shift();
      if (next) next(spec);
      else this.#free.push(spec);
    }
  }
}
