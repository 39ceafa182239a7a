import 'fake-indexeddb/auto';
import { readFile } from 'node:fs/promises';
import type { Gpu } from '../../engine/gpu/device.ts';
import { StudioError } from '../../errors.ts';
import type { PublicFiles } from '../../storage/fetch.ts';
import type { Patience } from '../../storage/hub-download.ts';
import { openMemoryStorage, openStorage } from '../../storage/storage.ts';
import type { FileStore } from '../../storage/file-store.ts';
import { localLocks } from '../../storage/locks.ts';
import type { Locks } from '../../storage/locks.ts';
import { createClient } from '../client.ts';
import type { Channel, WorkerClient } from '../client.ts';
import { createDispatcher } from '../dispatcher.ts';
import { createHandlers } from '../handlers.ts';
import type { WorkerEvent } from '../protocol.ts';
import { localChannel, TokenPool } from '../token-pool.ts';

/** The studio's own files, from the folder that the server hands out. */
export const publicFolder: PublicFiles = {
  read: async (path) => new Uint8Array(await readFile(`public/${path}`)),
};

export function noDevice(): Promise<Gpu> {
  return Promise.reject(
    new StudioError({ code: 'webgpu-missing', message: 'no device here', remedy: '' }),
  );
}

export interface Studio {
  readonly client: WorkerClient;
  readonly events: WorkerEvent[];
  close(): void;
}

let count = 0;

/**
 * Page and worker in one process: the real client and the real dispatcher, with messages copied between
 * them as a browser copies them.
 * @param kept storage that outlives this studio, to play a reload; with locks, to play a second tab
 * @param patient how long downloads wait
 */
export async function openStudio(
  openDevice: () => Promise<Gpu> = noDevice,
  kept?: { readonly files: FileStore; readonly name: string; readonly locks?: Locks },
  patient?: Patience,
): Promise<Studio> {
  const storage = kept
    ? await openStorage(kept.files, kept.locks ?? localLocks(), kept.name, patient)
    : await openMemoryStorage(`studio-${count++}`);
  const listeners: ((event: { readonly data: unknown }) => void)[] = [];
  const post = (message: unknown): void => {
    const data: unknown = structuredClone(message);
    for (const listener of listeners) listener({ data });
  };
  const handlers = createHandlers({
    storage,
    publicFiles: publicFolder,
    openDevice,
    estimate: async () => ({ usage: 0, quota: 0, persistent: false }),
    emit: post,
    tokenPool: new TokenPool(localChannel, 1),
  });
  const dispatch = createDispatcher(async () => handlers, post);
  const channel: Channel = {
    // Files cannot be copied by structuredClone in Node; everything else could.
    postMessage: (message) => void dispatch(message),
    terminate: () => undefined,
    addEventListener: (type: string, listener: (event: never) => void) => {
      if (type === 'message') listeners.push(listener as (typeof listeners)[number]);
    },
  };
  const client = createClient(() => channel);
  const events: WorkerEvent[] = [];
  client.subscribe((event) => events.push(event));
  return { client, events, close: () => storage.close() };
}

/** The code of the error that a call ends with. */
export async function codeOf(call: Promise<unknown>): Promise<string> {
  return call.then(
    () => 'no error',
    (error: unknown) => (error instanceof StudioError ? error.code : String(error)),
  );
}

export function textFile(name: string, lines: readonly string[]): File {
  return new File([lines.join('\n')], name);
}
