/** The part of a Worker that is used here, but for what is said to it. */
export interface WorkerChannel {
  terminate(): void;
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void;
  addEventListener(
    type: 'error' | 'messageerror',
    listener: (event: { readonly message?: string; preventDefault?(): void }) => void,
  ): void;
}
