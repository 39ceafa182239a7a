/** Errors of asking a run at the wrong moment. */
import { StudioError } from '../../errors.ts';
import type { RunState } from '../../contract/runs.ts';

/** What a person may ask of a run at the wrong moment. */

export function notResumable(state: RunState): StudioError {
  return new StudioError({
    code: 'run-not-resumable',
    message: `This run is ${state}; there is nothing to go on with.`,
    kept: 'The run as it is.',
    remedy: 'Start a new run to train further.',
    data: { state },
  });
}

export function notActive(id: string): StudioError {
  return new StudioError({
    code: 'run-not-active',
    message: 'This run is not on the device of this tab.',
    kept: 'The run as it is.',
    remedy: 'Resume it if it was interrupted; if it goes on in another tab, go there.',
    data: { id },
  });
}

export function otherActive(id: string): StudioError {
  return new StudioError({
    code: 'run-active',
    message: 'Another run is on the device.',
    kept: 'The run that is going on.',
    remedy: 'Wait until it is done, or stop it; a paused run counts too.',
    data: { id },
  });
}

export function asideRefused(id: string): StudioError {
  return new StudioError({
    code: 'profile-refused',
    message: 'A run is on the device: each would slow the other and spoil the figures.',
    kept: 'The run, which goes on.',
    remedy: 'Try again when the run is done or stopped; a paused run counts too.',
    data: { id },
  });
}

export function asideActive(): StudioError {
  return new StudioError({
    code: 'profile-active',
    message: 'A profile or kernels are being timed, which takes the device to itself.',
    kept: 'Everything; nothing was started.',
    remedy: 'Wait until it is done, or cancel it on the Settings page.',
  });
}

export function notPaused(): StudioError {
  return new StudioError({
    code: 'run-not-paused',
    message: 'The run is going; a single step is for a paused run.',
    kept: 'The run goes on.',
    remedy: 'Pause it first.',
  });
}

export function changedInputs(): StudioError {
  return new StudioError({
    code: 'run-inputs-changed',
    message: 'The data or the model’s template are not those the run began with.',
    kept: 'The run with its curves and its checkpoint.',
    remedy:
      'Set the kinds of its data sets and the template of its model back as they were, or start a new run.',
  });
}

/** Faults that leave a run whole: it goes on from its last checkpoint when they are gone. */
export const STORAGE_FAULTS: ReadonlySet<string> = new Set([
  'run-storage-full',
  'storage-failed',
  'file-damaged',
  'file-missing',
]);

/** What a fault of the storage means for a run that was going on. */
export function ofRunning(fault: StudioError): StudioError {
  const { code, data } = fault;
  if (code === 'run-missing') {
    return new StudioError(
      {
        code: 'storage-cleared',
        message: 'The run was ended: what the browser had stored of it was cleared or removed.',
        kept: 'The page, until it is reloaded; nothing of the run is stored any more.',
        remedy: 'Reload the page, bring in data and model again, and start the run anew.',
        data,
      },
      { cause: fault },
    );
  }
  if (code !== 'storage-full') return fault;
  return new StudioError(
    {
      code: 'run-storage-full',
      message: 'The run was put at rest: the browser’s storage is full.',
      kept: 'The run up to its last checkpoint; steps after it are computed again, with the same numbers.',
      remedy:
        'Remove runs, models, data sets or finished exports that are no longer needed, or free disk space; then resume the run.',
      data,
    },
    { cause: fault },
  );
}
