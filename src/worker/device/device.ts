/** The worker's one device, opened at its first use. */
import type { deviceCalls, DeviceReport } from '../../contract/device.ts';
import type { AdapterDescription, Gpu } from '../../engine/gpu/device.ts';
import type { KernelChoices } from '../../engine/gpu/kernel.ts';
import type { StudioError } from '../../faults/fault.ts';
import type { HandlersOf } from '../dispatcher.ts';
import type { WorkerEvent } from '../../contract/contract.ts';

/** What tuning found for a device: which kernels it uses, and multiplications per millisecond where they were timed. */
export interface TunedDevice {
  readonly choices: KernelChoices;
  readonly rate: number | null;
}

const MEMORY_INTERVAL_MS = 500;

/**
 * The worker's one device, opened at the first use. After a fault no result computed on it counts: the device is
 * given up, everyone who held something on it is told, and the next use opens a new device.
 */
export class DeviceKeeper {
  readonly #open: () => Promise<Gpu>;
  readonly #tunedFor: (adapter: AdapterDescription) => Promise<TunedDevice>;
  readonly #emit: (event: WorkerEvent) => void;
  readonly #onFault = new Set<(fault: StudioError) => void>();
  #current: Promise<Gpu> | null = null;
  #lastMemory = Number.NEGATIVE_INFINITY;

  /** @param tunedFor what tuning found for an adapter */
  constructor(
    open: () => Promise<Gpu>,
    emit: (event: WorkerEvent) => void,
    tunedFor: (adapter: AdapterDescription) => Promise<TunedDevice>,
  ) {
    this.#open = open;
    this.#tunedFor = tunedFor;
    this.#emit = emit;
  }

  /** @throws StudioError `webgpu-missing`, `adapter-missing`, `device-refused` */
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
        // Memory on it would be in the way of the next device.
        gpu.abandon();
        this.#emit({ type: 'device.fault', error: fault.describe() });
      });
      const { choices, rate } = await this.#tunedFor(gpu.adapter);
      return gpu.withChoices(choices, rate);
    } catch (error) {
      // The failure is not kept: the person may plug in, switch on or allow a GPU, and try again.
      this.#current = null;
      throw error;
    }
  }

  /**
   * Does work that needs the device.
   * @throws StudioError the device's fault, whatever else failed because of it; else what `work` throws
   */
  async use<T>(work: (gpu: Gpu) => Promise<T>): Promise<T> {
    const gpu = await this.get();
    try {
      const result = await work(gpu);
      gpu.check();
      return result;
    } catch (error) {
      gpu.check();
      throw error;
    } finally {
      await this.announceMemory(true);
    }
  }

  /** From now on plans are recorded with these choices and this rate; existing plans stay as they are. */
  async useTuning({ choices, rate }: TunedDevice): Promise<void> {
    const gpu = await this.get();
    // A device that was lost meanwhile is not used.
    if (!gpu.fault) this.#current = Promise.resolve(gpu.withChoices(choices, rate));
  }

  /** Called with the fault of the device, before the page is told. */
  onFault(listener: (fault: StudioError) => void): void {
    this.#onFault.add(listener);
  }

  async report(): Promise<DeviceReport> {
    const gpu = await this.get();
    const { adapter, ledger, pace } = gpu;
    return { adapter, memory: ledger.byRole(), submissionMilliseconds: pace.budget };
  }

  /** Reports the allocated memory to the page, at most a few times a second. */
  async announceMemory(force = false): Promise<void> {
    const now = performance.now();
    if (!this.#current || (!force && now - this.#lastMemory < MEMORY_INTERVAL_MS)) return;
    this.#lastMemory = now;
    const gpu = await this.#current.catch(() => null);
    // A lost device counts as closed: this event tells the page that a device is open.
    if (gpu && !gpu.fault) this.#emit({ type: 'device.memory', memory: gpu.ledger.byRole() });
  }
}

export function deviceHandlers(device: DeviceKeeper): HandlersOf<typeof deviceCalls> {
  return {
    'device.open': () => device.report(),
    'device.report': () => device.report(),
  };
}
