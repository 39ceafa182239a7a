/** Reads a small tensor back after every step without stalling: it takes turns with a few staging buffers, so that later steps run while a result is read. */
import type { Gpu } from './device.ts';
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

  /** Copies the tensor as it is after everything submitted so far; resolves with its bytes. */
  async read(gpu: Gpu, tensor: Tensor): Promise<ArrayBuffer> {
    const spec = this.#free.pop() ?? (await new Promise<BufferSpec>((r) => this.#waiting.push(r)));
    try {
      const bytes = byteLength(tensor);
      const encoder = gpu.device.createCommandEncoder();
      encoder.copyBufferToBuffer(
        gpu.bufferOfTensor(tensor),
        tensor.offset,
        gpu.bufferOf(spec),
        0,
        bytes,
      );
      gpu.device.queue.submit([encoder.finish()]);
      return await gpu.download(spec, bytes);
    } finally {
      const next = this.#waiting.shift();
      if (next) next(spec);
      else this.#free.push(spec);
    }
  }
}
