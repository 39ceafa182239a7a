/** Faults of a device, with what the browser said and when. */
import { detailOf, fault, type StudioError } from '../../faults/fault.ts';

/** A browser has an adapter and gives no device of it. */
export function deviceRefused(thrown: unknown): StudioError {
  return fault('device-refused', { detail: detailOf(thrown) }, { kept: 'stored', cause: thrown });
}

/** What was kept depends on the job, which adds it (worker/fault-words.ts). */
export function deviceLost(reason: string, detail: string): StudioError {
  // Browsers end their sentences themselves, some of them twice.
  const said = detail.trim().replace(/\.+$/, '');
  return fault('device-lost', { reason, detail: said, at: new Date().toISOString() });
}
