/** Gives the result of an act; where the act failed, gives nothing and the store shows the failure as its `error`. */
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
