/** Says what was kept when the device failed: the device does not know who used it, the contract of each call does. */
import { restated, type StudioError } from '../faults/fault.ts';
import { calls, type CallKind } from '../contract/contract.ts';

const deviceCodes: ReadonlySet<string> = new Set([
  'device-lost',
  'device-refused',
  'gpu-fault',
  'gpu-out-of-memory',
  'kernels-wrong',
]);

/** The error that ends a call; a fault of the device says what that call kept. */
export function withKept(kind: CallKind, error: StudioError): StudioError {
  if (!deviceCodes.has(error.code) || error.kept !== '') return error;
  return restated(error, { kept: calls[kind].kept ?? 'stored' });
}

/** The device's fault as a run reports it. */
export function interrupted(fault: StudioError): StudioError {
  return restated(fault, { kept: 'to-checkpoint', data: { run: true } });
}
