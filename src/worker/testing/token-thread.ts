/** Runs a worker of the token pool in a thread of Node. */
import { parentPort } from 'node:worker_threads';
import { createTokenEncoder } from '../tokens/token-encoder.ts';
import type { ToEncoder } from '../tokens/token-encoder.ts';

/** The entry of a thread of Node that does what a worker of the token pool does (see token-worker.ts). */

const encoder = createTokenEncoder((message) => parentPort?.postMessage(message));
parentPort?.on('message', (message: ToEncoder) => encoder(message));
