import type { Gpu } from '../engine/gpu/device.ts';
import type { StudioError } from '../errors.ts';
import type { Handlers } from './dispatcher.ts';
import type { DeviceReport, WorkerEvent } from './protocol.ts';

const MEMORY_INTERVAL_MS = 500;

/**
 * The one device of the worker, opened at the first use. After a fault nothing computed on it counts: it
 * is given up, everyone who held something on it is told, and the next use opens a new one.
 */
export class DeviceKeeper {
  readonly #open: () => Promise<Gpu>;
  readonly #emit: (event: WorkerEvent) => void;
  readonly #onFault = new Set<(fault: StudioError) => void>();
  #current: Promise<Gpu> | null = null;
  #lastMemory = Number.NEGATIVE_INFINITY;

  constructor(open: () => Promise<Gpu>, emit: (event: WorkerEvent) => void) {
    this.#open = open;
    this.#emit = emit;
  }

  /** @throws StudioError `webgpu-missing`, `adapter-missing` */
  get(): Promise<Gpu> {
    this.#current ??= this.#start();
    return this.#current;
  }

  async #start(): Promise<Gpu> {
    try {
      const gpu = await this.#open();
      gpu.onFault((fault) => {
        this.#current = null;
        for (const listener of this.#onFault) listener(fault);
        this.#emit({ type: 'device.fault', error: fault.describe() });
      });
      return gpu;
    } catch (error) {
      // Not kept: the person may plug in, switch on or allow a GPU, and try again.
      this.#current = null;
      throw error;
    }
  }

  /** Called with the fault of the device, before the page is told. */
  onFault(listener: (fault: StudioError) => void): void {
    this.#onFault.add(listener);
  }

  async report(): Promise<DeviceReport> {
    const gpu = await this.get();
    return { adapter: gpu.adapter, memory: gpu.ledger.byRole() };
  }

  /** Tells the page what is allocated, a few times a second at most. */
  async announceMemory(force = false): Promise<void> {
    const now = performance.now();
    if (!this.#current || (!force && now - this.#lastMemory < MEMORY_INTERVAL_MS)) return;
    this.#lastMemory = now;
    const gpu = await this.#current;
    this.#emit({ type: 'device.memory', memory: gpu.ledger.byRole() });
  }
}

export function deviceHandlers(
  device: DeviceKeeper,
): Pick<Handlers, 'device.open' | 'device.report'> {
  return {
    'device.open': () => device.report(),
    'device.report': () => device.report(),
  };
}
