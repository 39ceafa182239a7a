/** The part of the Worker interface that the studio uses, except for the types of messages. */
export interface WorkerChannel {
  terminate(): void;
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void;
  addEventListener(
    type: 'error' | 'messageerror',
    listener: (event: { readonly message?: string; preventDefault?(): void }) => void,
  ): void;
}
