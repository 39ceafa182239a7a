/** Faults of adapter, device and its memory. */
import type { Detail, Plain } from './shapes.ts';

/** Set where a run was going on: it can be resumed. @inline */
type OfRun = { readonly run?: boolean };

export interface DeviceFaults {
  'webgpu-missing': Plain;
  'adapter-missing': Plain;
  'adapter-gone': Plain;
  'device-refused': Detail;
  /** `at`: when, as ISO 8601; one loss is told of by whatever it ended, and this says that it is one. */
  'device-lost': Detail & OfRun & { readonly reason: string; readonly at: string };
  'gpu-fault': Detail & OfRun;
  'gpu-out-of-memory': { readonly label: string; readonly bytes: number };
  'tensor-too-large': { readonly label: string; readonly bytes: number; readonly limit: number };
}
