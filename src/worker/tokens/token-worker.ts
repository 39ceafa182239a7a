/** The entry of a worker of the token pool (see token-pool.ts). It has no storage and no network. */
import { createTokenEncoder } from './token-encoder.ts';
import type { ToEncoder } from './token-encoder.ts';

const encoder = createTokenEncoder((message, transfer) => {
  self.postMessage(message, { transfer });
});
self.addEventListener('message', ({ data }: MessageEvent<ToEncoder>) => {
  encoder(data);
});
