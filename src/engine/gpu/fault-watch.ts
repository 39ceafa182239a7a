/** Notices what goes wrong on a device, and gives it as the reason when work on the device fails. */
import { deviceLost } from './errors.ts';
import { detailOf, fault, StudioError } from '../../faults/fault.ts';

/** A browser rejects pending work on a lost device some moments before it reports the loss. */
const lossIsToldWithin = 2000;

/** Watches a device for faults, and says why work on it failed. */
export class FaultWatch {
  readonly #device: GPUDevice;
  readonly #listeners = new Set<(fault: StudioError) => void>();
  /** Resolves when the device is lost. */
  readonly #lost: Promise<unknown>;
  #fault: StudioError | null = null;
  #closing = false;

  constructor(device: GPUDevice) {
    this.#device = device;
    device.addEventListener('uncapturederror', this.#onError);
    this.#lost = device.lost.then(({ reason, message }) => {
      this.#fail(deviceLost(reason, message));
    });
  }

  /** The first uncaptured error or loss of this device, if any: nothing computed after it counts. */
  get fault(): StudioError | null {
    return this.#fault;
  }

  check(): void {
    if (this.#fault) throw this.#fault;
  }

  onFault(listener: (fault: StudioError) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** From now on, a loss of the device is intended. */
  close(): void {
    this.#closing = true;
    this.#stopListening();
  }

  #stopListening(): void {
    this.#device.removeEventListener('uncapturederror', this.#onError);
  }

  readonly #onError = (event: GPUUncapturedErrorEvent): void => {
    this.#fail(fault('gpu-fault', { detail: event.error.message }));
  };

  #fail(fault: StudioError): void {
    if (this.#fault || this.#closing) return;
    this.#fault = fault;
    // Only the first one counts.
    this.#stopListening();
    for (const listener of this.#listeners) listener(fault);
  }

  /**
   * The result of `work`, which waits for the device alone: any rejection is the device's fault,
   * or says what the device refused.
   * @throws StudioError `device-lost`, `gpu-fault`
   */
  async answer<T>(work: PromiseLike<T>): Promise<T> {
    try {
      const value = await work;
      this.check();
      return value;
    } catch (error) {
      this.check();
      if (error instanceof StudioError) throw error;
      if (mayBeLoss(error)) await Promise.race([this.#lost, pause(lossIsToldWithin)]);
      this.check();
      throw fault('gpu-fault', { detail: detailOf(error) });
    }
  }
}

/** A refused shader reports itself; an invalid call throws one of two kinds of error. */
function mayBeLoss(error: unknown): boolean {
  if (error instanceof RangeError || error instanceof TypeError) return false;
  return !(error instanceof Error && Reflect.get(error, 'reason') === 'validation');
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });
}
