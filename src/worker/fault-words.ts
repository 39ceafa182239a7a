/** What was kept when the device failed: the device does not know who used it, so each job says it. */
import { StudioError } from '../errors.ts';
import type { CallKind } from '../contract/contract.ts';

const deviceCodes: ReadonlySet<string> = new Set([
  'device-lost',
  'device-refused',
  'gpu-fault',
  'gpu-out-of-memory',
]);

const conversation = 'The conversation.';
const answers = 'The answers so far: asked again, it goes on from there.';
const nothingBegun = 'Data sets, model and recipe; no run was begun.';
const run = 'The run, which can be taken up from its last checkpoint.';

const kept: Partial<Readonly<Record<CallKind, string>>> = {
  'chat.generate': conversation,
  'chat.logits': conversation,
  'chat.routing': conversation,
  'evaluate.run': answers,
  'evaluate.continue': answers,
  'ablation.run': answers,
  'experts.scorePairs': answers,
  'experts.resumePairs': answers,
  'run.start': nothingBegun,
  'run.dry': nothingBegun,
  'run.resume': run,
  'run.single': run,
  'run.pause': run,
  'run.stop': run,
  'tuning.run': 'What was timed before.',
  'export.build': 'The run and its branches.',
};

/** An error that a call ends with; one of the device says what that call kept. */
export function withKept(kind: CallKind, error: StudioError): StudioError {
  if (!deviceCodes.has(error.code) || error.kept !== '') return error;
  return new StudioError(
    { ...error.describe(), kept: kept[kind] ?? 'Everything stored.' },
    { cause: error },
  );
}

/** The device's fault as a run tells of it. */
export function interrupted(fault: StudioError): StudioError {
  return new StudioError(
    {
      ...fault.describe(),
      kept: 'Everything up to the last checkpoint.',
      remedy:
        'Resume the run from its last checkpoint; close other programs that use the GPU if it comes back.',
      data: { ...fault.data, run: true },
    },
    { cause: fault },
  );
}
