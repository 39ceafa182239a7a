/** Waits that a signal ends early. */

/**
 * Waits so long, or until the signal is aborted, or until `woken` fires `event`. Never rejects: who waits looks at the
 * signal.
 */
export function wait(
  milliseconds: number,
  signal: AbortSignal,
  woken?: { readonly by: Partial<EventTarget>; readonly event: string },
): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      woken?.by.removeEventListener?.(woken.event, end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    if (signal.aborted) end();
    else {
      signal.addEventListener('abort', end);
      woken?.by.addEventListener?.(woken.event, end);
    }
  });
}
