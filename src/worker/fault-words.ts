/** Says what was kept when the device failed: the device does not know who used it, so each job says so itself. */
import type { KeptCode } from '../faults/catalogue.ts';
import { restated, type StudioError } from '../faults/fault.ts';
import type { CallKind } from '../contract/contract.ts';

const deviceCodes: ReadonlySet<string> = new Set([
  'device-lost',
  'device-refused',
  'gpu-fault',
  'gpu-out-of-memory',
]);

const kept: Partial<Readonly<Record<CallKind, KeptCode>>> = {
  'chat.generate': 'conversation',
  'chat.logits': 'conversation',
  'chat.routing': 'conversation',
  'evaluation.run': 'answers',
  'evaluation.continue': 'answers',
  'ablation.run': 'answers',
  'experts.scorePairs': 'answers',
  'experts.resumePairs': 'answers',
  'runs.start': 'no-run-begun',
  'runs.dry': 'no-run-begun',
  'runs.resume': 'run-resumable',
  'runs.single': 'run-resumable',
  'runs.pause': 'run-resumable',
  'runs.stop': 'run-resumable',
  'device.tune': 'timings',
  'exports.build': 'run-and-branches',
};

/** An error that a call ends with; one of the device says what that call kept. */
export function withKept(kind: CallKind, error: StudioError): StudioError {
  if (!deviceCodes.has(error.code) || error.kept !== '') return error;
  return restated(error, { kept: kept[kind] ?? 'stored' });
}

/** The device's fault as a run tells of it. */
export function interrupted(fault: StudioError): StudioError {
  return restated(fault, { kept: 'to-checkpoint', data: { run: true } });
}
