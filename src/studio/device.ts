/** Device and worker as the page knows them. */
import { create } from 'zustand';
import { asStudioError, faultFrom, type StudioError } from '../faults/fault.ts';
import { adapterName as nameOf } from '../engine/gpu/adapter-name.ts';
import { worker } from '../worker/client.ts';
import type { DeviceReport, SelfTestReport } from '../contract/device.ts';

export type { SelfTestReport };

interface DeviceState {
  readonly phase: 'opening' | 'ready' | 'failed';
  readonly report: DeviceReport | null;
  /** Why there is no device. */
  readonly error: StudioError | null;
  /** The last thing that went wrong on a device that was open. */
  readonly fault: StudioError | null;
  /** Opens the device, also again after it failed or was lost. */
  readonly open: () => Promise<void>;
  readonly dismissFault: () => void;
  /** Forgets the self-test: each kernel is tested again before its next use. */
  readonly testAgain: () => void;
}

/** The GPU as the worker reports it. */
export const useDevice = create<DeviceState>()((set) => ({
  phase: 'opening',
  report: null,
  error: null,
  fault: null,
  open: async () => {
    set({ phase: 'opening', error: null });
    try {
      set({ phase: 'ready', report: await worker.call('device.open', {}), fault: null });
    } catch (thrown) {
      // Why no device could be opened matters more than why the last one was lost.
      set({ phase: 'failed', error: asStudioError(thrown), fault: null });
    }
  },
  dismissFault: () => set({ fault: null }),
  testAgain: () => {
    worker.call('device.testAgain', {}).then(
      (report) => set({ report }),
      (thrown: unknown) => set({ fault: asStudioError(thrown) }),
    );
  },
}));

worker.subscribe((event) => {
  if (event.type === 'device.memory') {
    const { memory } = event;
    useDevice.setState(({ report, fault }) => ({
      ...(report ? { report: { ...report, memory } } : {}),
      // A job opened the device it needed: nobody has to press a button for that any more.
      fault: fault?.code === 'device-lost' ? null : fault,
    }));
  } else if (event.type === 'device.tested') {
    const { selfTest } = event;
    useDevice.setState(({ report }) => (report ? { report: { ...report, selfTest } } : {}));
  } else if (event.type === 'device.fault') {
    useDevice.setState({ fault: faultFrom(event.error) });
  }
});

/** Bytes alive on the device, all roles together. */
export function deviceBytes(report: DeviceReport): number {
  return Object.values(report.memory).reduce((sum, bytes) => sum + bytes, 0);
}

/** A readable name for the adapter. */
export function adapterName({ adapter }: Pick<DeviceReport, 'adapter'>): string {
  return nameOf(adapter);
}
