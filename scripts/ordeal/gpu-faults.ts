/** A device whose n-th allocation fails, or that is lost at its n-th submission or mapping. */
import type { Gpu } from '../../src/engine/gpu/device.ts';

/**
 * `scope`: the error goes to the error scope, as where the driver has no memory. `throw`: the call itself
 * throws, as where the browser's own process has none.
 */
export type AllocationFault = 'scope' | 'throw';

export type DeviceCall = 'createBuffer' | 'submit' | 'mapAsync';

export class GpuFaults {
  readonly #device: GPUDevice;
  readonly #counts: Record<DeviceCall, number> = { createBuffer: 0, submit: 0, mapAsync: 0 };
  readonly #live = new Set<GPUBuffer>();
  /** What open error scopes of the kind `out-of-memory` have caught; null for those of other kinds. */
  readonly #scopes: ({ caught: boolean } | null)[] = [];
  #at: { readonly call: DeviceCall; readonly number: number; readonly act: () => void } | null =
    null;

  constructor(gpu: Gpu) {
    this.#device = gpu.device;
    this.#watchBuffers();
    this.#watchScopes();
    const { queue } = this.#device;
    const submit = queue.submit.bind(queue);
    queue.submit = (commands) => {
      submit(commands);
      this.#meet('submit');
    };
  }

  /** Calls since the device was opened. */
  count(call: DeviceCall): number {
    return this.#counts[call];
  }

  /** Buffers that were made and not destroyed. */
  get liveBuffers(): number {
    return this.#live.size;
  }

  /** Whether what was planned has not happened yet. */
  get armed(): boolean {
    return this.#at !== null;
  }

  disarm(): void {
    this.#at = null;
  }

  /** The n-th buffer from now on (from 1) is not made. */
  failAllocation(n: number, how: AllocationFault): void {
    this.#plan('createBuffer', n, () => {
      if (how === 'throw') throw new RangeError('createBuffer failed, size is too large (made up)');
      const scope = this.#scopes.findLast((candidate) => candidate !== null);
      if (scope) scope.caught = true;
      else this.#tellUncaptured();
    });
  }

  /** The device is lost at the n-th such call from now on (from 1). */
  loseAt(call: 'submit' | 'mapAsync', n: number): void {
    this.#plan(call, n, () => this.#device.destroy());
  }

  #plan(call: DeviceCall, n: number, act: () => void): void {
    this.#at = { call, number: this.#counts[call] + n, act };
  }

  #meet(call: DeviceCall): void {
    this.#counts[call] += 1;
    const at = this.#at;
    if (at?.call !== call || this.#counts[call] < at.number) return;
    this.#at = null;
    at.act();
  }

  #watchBuffers(): void {
    const device = this.#device;
    const createBuffer = device.createBuffer.bind(device);
    device.createBuffer = (descriptor) => {
      this.#meet('createBuffer');
      const buffer = createBuffer(descriptor);
      this.#live.add(buffer);
      const destroy = buffer.destroy.bind(buffer);
      buffer.destroy = () => {
        this.#live.delete(buffer);
        destroy();
      };
      const mapAsync = buffer.mapAsync.bind(buffer);
      buffer.mapAsync = (...range) => {
        const mapped = mapAsync(...range);
        this.#meet('mapAsync');
        return mapped;
      };
      return buffer;
    };
  }

  #watchScopes(): void {
    const device = this.#device;
    const push = device.pushErrorScope.bind(device);
    const pop = device.popErrorScope.bind(device);
    device.pushErrorScope = (filter) => {
      this.#scopes.push(filter === 'out-of-memory' ? { caught: false } : null);
      push(filter);
    };
    device.popErrorScope = async () => {
      const scope = this.#scopes.pop();
      const error = await pop();
      return error ?? (scope?.caught === true ? outOfMemory() : null);
    };
  }

  #tellUncaptured(): void {
    const event = Object.assign(new Event('uncapturederror'), { error: outOfMemory() });
    this.#device.dispatchEvent(event);
  }
}

function outOfMemory(): GPUOutOfMemoryError {
  // Its message has a getter alone; an own property stands before it.
  const error = Object.create(GPUOutOfMemoryError.prototype) as GPUOutOfMemoryError;
  return Object.defineProperty(error, 'message', { value: 'no memory for this buffer (made up)' });
}
