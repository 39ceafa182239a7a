import { StudioError } from '../errors.ts';
import type { RunState } from './protocol.ts';

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
