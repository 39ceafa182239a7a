/** Faults of adapter, device and its memory. */
import type { Detail, Plain } from './shapes.ts';

/** What a fault says beyond itself where it ended a run. @inline */
type OfRun = {
  /** Set where a run was going on: it can be resumed. */
  readonly run?: boolean;
  /** How often the run opened a device again before it stopped, without coming to its next checkpoint. */
  readonly attempts?: number;
};

export interface DeviceFaults {
  'webgpu-missing': Plain;
  'adapter-missing': Plain;
  'adapter-gone': OfRun;
  'device-refused': Detail & OfRun;
  /** `at`: when, as ISO 8601; one loss is told of by whatever it ended, and this says that it is one. */
  'device-lost': Detail & OfRun & { readonly reason: string; readonly at: string };
  'gpu-fault': Detail & OfRun;
  /** `kernels`: names of those with wrong results, the first few. */
  'kernels-wrong': { readonly kernels: string; readonly count: number };
  'gpu-out-of-memory': { readonly label: string; readonly bytes: number };
  'tensor-too-large': { readonly label: string; readonly bytes: number; readonly limit: number };
}
