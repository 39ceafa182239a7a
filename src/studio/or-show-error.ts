/** What an act gives, or nothing where it failed: the failure is then the `error` that the store shows. */
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
