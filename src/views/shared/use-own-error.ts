import type { StudioError } from '../../errors.ts';
import { useDevice } from '../../studio/device.ts';

/** A page's error, unless the shell already shows it: a fault of the device fails what was under way too. */
export function useOwnError(error: StudioError | null): StudioError | null {
  const fault = useDevice((state) => state.fault);
  const same = fault?.code === error?.code && fault?.message === error?.message;
  return same ? null : error;
}
