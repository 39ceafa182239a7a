/** Gives the result of an act, or nothing where it failed: the store then shows the failure as its `error`. */
import { asStudioError, type StudioError } from '../faults/fault.ts';

export async function orShowError<T>(
  set: (change: { readonly error: StudioError }) => void,
  act: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await act();
  } catch (thrown) {
    set({ error: asStudioError(thrown) });
    return undefined;
  }
}
