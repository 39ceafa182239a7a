/** What the studio remembers of a device between visits: its tuning, and its self-test. */
import { parseSelfTest, selfTestDevice, selfTestRecord } from '../../engine/checks/record.ts';
import { nothingTested, type SelfTestState } from '../../engine/checks/self-test.ts';
import type { AdapterDescription } from '../../engine/gpu/device.ts';
import type { KernelChoices } from '../../engine/gpu/kernel.ts';
import {
  choicesOf,
  parseTuning,
  rateOf,
  tuningDevice,
  type TuningRecord,
} from '../../engine/tuning/record.ts';
import type { Tunings } from '../../storage/tunings.ts';

/** What tuning found for a device: which kernels it uses, and multiplications per millisecond where they were timed. */
export interface TunedDevice {
  readonly choices: KernelChoices;
  readonly rate: number | null;
}

/** What was found for a device: no choices and no rate where it was not tuned. */
export function tunedDevice(found: TuningRecord | null): TunedDevice {
  return { choices: choicesOf(found), rate: rateOf(found) };
}

export class DeviceMemory {
  readonly #tunings: Tunings;

  constructor(tunings: Tunings) {
    this.#tunings = tunings;
  }

  /** Null where the device was not tuned. */
  async tuning(adapter: AdapterDescription): Promise<TuningRecord | null> {
    const device = tuningDevice(adapter);
    return parseTuning(await this.#tunings.get(device), device);
  }

  async keepTuning(record: TuningRecord): Promise<void> {
    await this.#tunings.put(record.device, record);
  }

  async selfTest(adapter: AdapterDescription): Promise<SelfTestState> {
    const device = selfTestDevice(adapter);
    return parseSelfTest(await this.#tunings.get(device), device) ?? nothingTested;
  }

  async keepSelfTest(adapter: AdapterDescription, state: SelfTestState): Promise<void> {
    const device = selfTestDevice(adapter);
    await this.#tunings.put(device, selfTestRecord(device, state));
  }

  async forgetTuning(adapter: AdapterDescription): Promise<void> {
    await this.#tunings.remove(tuningDevice(adapter));
  }

  async forgetSelfTest(adapter: AdapterDescription): Promise<void> {
    await this.#tunings.remove(selfTestDevice(adapter));
  }
}
