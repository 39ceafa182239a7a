/** Faults of asking a run for something at the wrong time. */
import { fault, type StudioError } from '../../faults/fault.ts';
import type { RunState } from '../../contract/runs.ts';

/** Errors for requests that come at the wrong moment of a run. */

export function notResumable(state: RunState): StudioError {
  return fault('run-not-resumable', { state }, { kept: 'run' });
}

export function underWay(state: RunState): StudioError {
  return fault('run-under-way', { state }, { kept: 'run' });
}

export function notActive(id: string): StudioError {
  return fault('run-not-active', { id }, { kept: 'run' });
}

export function otherActive(id: string): StudioError {
  return fault('run-active', { id }, { kept: 'run-under-way' });
}

export function asideRefused(id: string): StudioError {
  return fault('profile-refused', { id }, { kept: 'run-goes-on' });
}

export function asideActive(): StudioError {
  return fault('profile-active', {}, { kept: 'nothing-started' });
}

export function notPaused(): StudioError {
  return fault('run-not-paused', {}, { kept: 'run-continues' });
}

export function changedInputs(): StudioError {
  return fault('run-inputs-changed', {}, { kept: 'run-with-curves' });
}

/** Faults that leave a run whole: when they are gone, it can go on from its last checkpoint. */
export const STORAGE_FAULTS: ReadonlySet<string> = new Set([
  'run-storage-full',
  'storage-failed',
  'file-damaged',
  'file-missing',
]);

/** A fault of the storage, restated for the run that it interrupted. */
export function ofRunning(cause: StudioError): StudioError {
  const { code, data } = cause;
  const named = (key: string): string => {
    const value = data[key];
    return typeof value === 'string' ? value : '';
  };
  if (code === 'run-missing') {
    return fault('storage-cleared', { id: named('id') }, { kept: 'page-until-reload', cause });
  }
  if (code !== 'storage-full') return cause;
  return fault('run-storage-full', { path: named('path') }, { kept: 'run-to-checkpoint', cause });
}
