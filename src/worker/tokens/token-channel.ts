/** The messages between the token pool and its workers, and an encoder that can take a worker's place. */
import { createTokenEncoder } from './token-encoder.ts';
import type { ToEncoder } from './token-encoder.ts';
import type { WorkerChannel } from '../worker-channel.ts';

export interface TokenChannel extends WorkerChannel {
  postMessage(message: ToEncoder, transfer: Transferable[]): void;
}

/** An encoder in the caller's thread, for places without workers. It does one job at a time, never synchronously. */
export function localChannel(): TokenChannel {
  const listeners: ((event: { readonly data: unknown }) => void)[] = [];
  const encoder = createTokenEncoder((data) => {
    for (const listener of listeners) listener({ data });
  });
  let open = true;
  return {
    postMessage: (message) => {
      setTimeout(() => {
        if (open) encoder(message);
      }, 0);
    },
    terminate: () => {
      open = false;
    },
    addEventListener: (type: string, listener: (event: never) => void) => {
      if (type === 'message') listeners.push(listener as (typeof listeners)[number]);
    },
  };
}
