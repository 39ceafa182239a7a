/** Fetching with loading and error states. */
import { useEffect, useEffectEvent, useState } from 'react';
import { asStudioError, type StudioError } from '../../faults/fault.ts';

/** The state of a fetch: under way, done, or failed. */
export type Async<T> =
  | { readonly status: 'idle' | 'loading' }
  | { readonly status: 'ready'; readonly value: T }
  | { readonly status: 'failed'; readonly error: StudioError };

type Settled<T> = { readonly key: string } & (
  | { readonly status: 'ready'; readonly value: T }
  | { readonly status: 'failed'; readonly error: StudioError }
);

/**
 * Fetches whenever `key` changes, and drops answers for earlier keys.
 * @param key everything that the answer depends on; null fetches nothing
 */
export function useAsync<T>(key: string | null, fetch: () => Promise<T>): Async<T> {
  const [settled, setSettled] = useState<Settled<T> | null>(null);
  const start = useEffectEvent(fetch);
  useEffect(() => {
    if (key === null) return;
    let wanted = true;
    start().then(
      (value) => {
        if (wanted) setSettled({ key, status: 'ready', value });
      },
      (thrown: unknown) => {
        if (wanted) setSettled({ key, status: 'failed', error: asStudioError(thrown) });
      },
    );
    return () => {
      wanted = false;
    };
  }, [key]);
  if (key === null) return { status: 'idle' };
  return settled?.key === key ? settled : { status: 'loading' };
}
