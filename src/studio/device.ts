import { create } from 'zustand';
import { StudioError, asStudioError } from '../errors.ts';
import { worker } from '../worker/client.ts';
import type { DeviceReport } from '../worker/protocol.ts';

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
      set({ phase: 'failed', error: asStudioError(thrown) });
    }
  },
  dismissFault: () => set({ fault: null }),
}));

worker.subscribe((event) => {
  if (event.type === 'device.memory') {
    const { memory } = event;
    useDevice.setState(({ report }) => (report ? { report: { ...report, memory } } : {}));
  } else if (event.type === 'device.fault') {
    useDevice.setState({ fault: new StudioError(event.error) });
  }
});

/** Bytes alive on the device, all roles together. */
export function deviceBytes(report: DeviceReport): number {
  return Object.values(report.memory).reduce((sum, bytes) => sum + bytes, 0);
}

/** Names that drivers and browsers give in small letters, as they are written. */
const spellings: Readonly<Record<string, string>> = {
  swiftshader: 'SwiftShader',
  llvmpipe: 'llvmpipe',
  nvidia: 'NVIDIA',
  amd: 'AMD',
  intel: 'Intel',
  apple: 'Apple',
  qualcomm: 'Qualcomm',
  arm: 'Arm',
  google: 'Google',
  microsoft: 'Microsoft',
};

/** The adapter as one would name it aloud: its full name where the browser tells it, else its kind. */
export function adapterName({ adapter }: Pick<DeviceReport, 'adapter'>): string {
  const { vendor, architecture, device, description, software } = adapter;
  const full = description || device;
  if (full) return full;
  // The vendor of a software adapter wrote the program; the architecture is its name.
  const words = software && architecture ? [architecture] : [vendor, architecture];
  const name = words.flatMap((word) => (word ? [spellings[word] ?? word] : [])).join(' ');
  return name || 'Unnamed GPU';
}
