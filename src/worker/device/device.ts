/** The worker's one device, opened at its first use. */
import type { deviceCalls, DeviceReport } from '../../contract/device.ts';
import type { KernelMode } from '../../engine/gpu/kernel-mode.ts';
import {
  nothingTested,
  SelfTest,
  withSelfTest,
  type SelfTestState,
} from '../../engine/checks/self-test.ts';
import { tunedDevice, type DeviceMemory, type TunedDevice } from './device-memory.ts';
import type { AdapterDescription, Gpu } from '../../engine/gpu/device.ts';
import type { KernelChoices } from '../../engine/gpu/kernel.ts';
import type { StudioError } from '../../faults/fault.ts';
import type { HandlersOf } from '../dispatcher.ts';
import type { WorkerEvent } from '../../contract/contract.ts';

const MEMORY_INTERVAL_MS = 500;

/** A device, and the self-test that says which of its kernels are used. */
interface Opened {
  readonly gpu: Gpu;
  readonly test: SelfTest;
}

/**
 * The worker's one device, opened at the first use. After a fault no result computed on it counts: the device is
 * given up, everyone who held something on it is told, and the next use opens a new device. Kernels are tested
 * before plans use them; where one is wrong, the device goes on with plainer ones.
 */
export class DeviceKeeper {
  readonly #open: () => Promise<Gpu>;
  readonly #memory: DeviceMemory;
  readonly #emit: (event: WorkerEvent) => void;
  readonly #onFault = new Set<(fault: StudioError) => void>();
  #current: Promise<Opened> | null = null;
  #mode: KernelMode = 'full';
  #lastMemory = Number.NEGATIVE_INFINITY;

  constructor(open: () => Promise<Gpu>, emit: (event: WorkerEvent) => void, memory: DeviceMemory) {
    this.#open = open;
    this.#memory = memory;
    this.#emit = emit;
  }

  /** The device for plans of the kernels that are in use. @throws StudioError `webgpu-missing`, `adapter-missing`, `device-refused` */
  async get(): Promise<Gpu> {
    const { gpu, test } = await this.#opened();
    return test.view(gpu);
  }

  /** Which kernels the device uses, as it was last opened. */
  get mode(): KernelMode {
    return this.#mode;
  }

  #opened(): Promise<Opened> {
    this.#current ??= this.#start();
    return this.#current;
  }

  async #start(): Promise<Opened> {
    try {
      const gpu = await this.#open();
      gpu.onFault((fault) => {
        this.#current = null;
        for (const listener of this.#onFault) listener(fault);
        // Memory on it would be in the way of the next device.
        gpu.abandon();
        this.#emit({ type: 'device.fault', error: fault.describe() });
      });
      const { adapter } = gpu;
      const test = this.#selfTest(adapter, await this.#memory.selfTest(adapter));
      const tested = await withSelfTest(gpu, test);
      const { choices, rate } = tunedDevice(await this.#memory.tuning(adapter));
      return { gpu: tested.withChoices(choices, rate), test };
    } catch (error) {
      // The failure is not kept: the person may plug in, switch on or allow a GPU, and try again.
      this.#current = null;
      throw error;
    }
  }

  /** A self-test that is remembered and told of. */
  #selfTest(adapter: AdapterDescription, state: SelfTestState): SelfTest {
    this.#mode = state.mode;
    const test = new SelfTest(state, (next) => {
      this.#mode = next.mode;
      this.#emit({ type: 'device.tested', selfTest: test.report });
      // What is not remembered is tested again.
      this.#memory.keepSelfTest(adapter, next).catch(() => undefined);
    });
    return test;
  }

  /**
   * Does work that needs the device; where a kernel turns out to be wrong, from the beginning with plainer ones.
   * @param choices kernels as a run began with them, instead of those that tuning chose
   * @throws StudioError the device's fault, whatever else failed because of it; `kernels-wrong`; else what
   * `work` throws
   */
  async use<T>(work: (gpu: Gpu) => Promise<T>, choices?: KernelChoices): Promise<T> {
    const { gpu, test } = await this.#opened();
    try {
      const result = await test.use(choices ? gpu.withChoices(choices) : gpu, work);
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
    const { gpu, test } = await this.#opened();
    // A device that was lost meanwhile is not used.
    if (!gpu.fault) this.#current = Promise.resolve({ gpu: gpu.withChoices(choices, rate), test });
  }

  /** Forgets the self-test: kernels are tested again before plans use them. */
  async testAgain(): Promise<DeviceReport> {
    const { gpu } = await this.#opened();
    await this.#memory.forgetSelfTest(gpu.adapter);
    const test = this.#selfTest(gpu.adapter, nothingTested);
    const untested = gpu.withVetting(test);
    if (!gpu.fault) this.#current = Promise.resolve({ gpu: untested, test });
    return this.report();
  }

  /** Called with the fault of the device, before the page is told. */
  onFault(listener: (fault: StudioError) => void): void {
    this.#onFault.add(listener);
  }

  async report(): Promise<DeviceReport> {
    const { gpu, test } = await this.#opened();
    const { adapter, ledger, pace } = gpu;
    const submissionMilliseconds = pace.budget;
    const selfTest = test.report;
    return { adapter, memory: ledger.byRole(), submissionMilliseconds, selfTest };
  }

  /** Reports the allocated memory to the page, at most a few times a second. */
  async announceMemory(force = false): Promise<void> {
    const now = performance.now();
    if (!this.#current || (!force && now - this.#lastMemory < MEMORY_INTERVAL_MS)) return;
    this.#lastMemory = now;
    const opened = await this.#current.catch(() => null);
    // A lost device counts as closed: this event tells the page that a device is open.
    if (!opened || opened.gpu.fault) return;
    this.#emit({ type: 'device.memory', memory: opened.gpu.ledger.byRole() });
  }
}

/** @param loaded what is loaded on the device with plans that were tested before */
export function deviceHandlers(
  device: DeviceKeeper,
  loaded: { clear(): Promise<void> },
): HandlersOf<typeof deviceCalls> {
  return {
    'device.open': () => device.report(),
    'device.report': () => device.report(),
    'device.testAgain': async () => {
      await loaded.clear();
      return device.testAgain();
    },
  };
}
