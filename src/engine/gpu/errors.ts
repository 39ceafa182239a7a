/** Faults of a device, with what the browser said and when. */
import { detailOf, fault, type StudioError } from '../../faults/fault.ts';

/** A browser has an adapter but does not give a device of it. */
export function deviceRefused(thrown: unknown): StudioError {
  return fault('device-refused', { detail: detailOf(thrown) }, { kept: 'stored', cause: thrown });
}

/** The job adds what was kept, which depends on it (worker/fault-words.ts). */
export function deviceLost(reason: string, detail: string): StudioError {
  // Browsers end their sentences themselves, some of them twice.
  const said = detail.trim().replace(/\.+$/, '');
  return fault('device-lost', { reason, detail: said, at: new Date().toISOString() });
}
