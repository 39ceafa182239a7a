/** Page and worker in one process, for tests. */
import 'fake-indexeddb/auto';
import { readFile } from 'node:fs/promises';
import type { Gpu } from '../../engine/gpu/device.ts';
import { fault, StudioError } from '../../faults/fault.ts';
import type { PublicFiles } from '../../storage/fetch.ts';
import type { Patience } from '../../storage/hub/hub-download.ts';
import { openMemoryStorage, openStorage, type Storage } from '../../storage/storage.ts';
import type { FileStore } from '../../storage/files/file-store.ts';
import { localLocks, type Locks } from '../../storage/locks.ts';
import type { Models } from '../../storage/models.ts';
import { compileTemplate } from '../../text/template/chat-template.ts';
import { loadTokenizer } from '../../text/tokenizer/tokenizer.ts';
import { turnEnd } from '../../text/template/turn-end.ts';
import { createClient, type Channel, type WorkerClient } from '../client.ts';
import { createDispatcher } from '../dispatcher.ts';
import { createHandlers } from '../handlers.ts';
import { FinderPool } from '../identifiers/finder-pool.ts';
import { heldToContract } from './listed-faults.ts';
import { ModelLibrary } from '../models/library.ts';
import type { OpenModel } from '../models/open-model.ts';
import type { ModelToExport } from '../../engine/exports/model-export.ts';
import type { WorkerEvent } from '../../contract/contract.ts';
import { localChannel } from '../tokens/token-channel.ts';
import type { SearchChannel } from '../search/searcher.ts';
import { TokenPool } from '../tokens/token-pool.ts';
import { Tokeniser } from '../tokens/tokenise.ts';

/** The studio's own files, from the folder that the server hands out. */
export const publicFolder: PublicFiles = {
  read: async (path) => new Uint8Array(await readFile(`public/${path}`)),
};

export function noDevice(): Promise<Gpu> {
  return Promise.reject(fault('webgpu-missing'));
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
 * @param kept storage that outlives this studio, to simulate a reload; with locks, to simulate a second tab
 * @param patient how long downloads wait
 * @param tokenPool where texts become tokens
 * @param searchThread where records of larger files are searched; null: in this thread
 */
export async function openStudio(
  openDevice: () => Promise<Gpu> = noDevice,
  kept?: { readonly files: FileStore; readonly name: string; readonly locks?: Locks },
  patient?: Patience,
  tokenPool = new TokenPool(localChannel, 1),
  searchThread: (() => SearchChannel) | null = null,
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
    tokenPool,
    finders: findersHere(),
    searchThread,
  });
  const held = heldToContract(handlers);
  const dispatch = createDispatcher(async () => held, post);
  const channel: Channel = {
    // Requests are not cloned, because structuredClone in Node cannot copy files.
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

/** Looks for identifiers in this thread. */
export function findersHere(): FinderPool {
  return new FinderPool(() => {
    throw new Error('Nothing starts a worker here');
  }, 0);
}

/** A library over the studio's own models, with a pool in this process. */
export function openLibrary(models: Models): ModelLibrary {
  return new ModelLibrary(models, publicFolder, new TokenPool(localChannel, 1));
}

/** Tokens of texts and data sets, made in this process. */
export function openTokeniser(storage: Storage): Tokeniser {
  return new Tokeniser(storage, new TokenPool(localChannel, 1), openLibrary(storage.models));
}

/** The text side of a model, computed in this process. */
export async function textsOf(model: OpenModel): Promise<ModelToExport['texts']> {
  const tokenizer = loadTokenizer(await model.tokenizerFiles());
  return {
    encodeWithBos: async (text) => tokenizer.encodeWithBos(text),
    turnEnd: async () => {
      const { source, now } = model.template();
      return turnEnd(tokenizer, compileTemplate(source, now));
    },
  };
}

/**
 * Acts in the middle of the next run: when it reports its first steps, before the worker does anything else, so
 * that the run is at the same point on a machine of any speed. Call it before the run goes on.
 */
export function atNextSteps<T>({ client }: Studio, act: (id: string) => T): Promise<Awaited<T>> {
  return new Promise((resolve, reject) => {
    const stop = client.subscribe((event) => {
      if (event.type !== 'runs.steps') return;
      stop();
      Promise.resolve(act(event.runId)).then(resolve, reject);
    });
  });
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
