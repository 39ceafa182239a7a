/** Brings one file of a hub into storage: by Range, hashed, taken up again. */
import { StudioError } from '../../errors.ts';
import type { HubFile } from '../../worker/hub/hub-protocol.ts';
import { readPieces } from '../../formats/files/byte-source.ts';
import { Sealer } from '../files/file-store.ts';
import type { FileStore, FileWriter, StoredFile } from '../files/file-store.ts';
import { contentHash, openBody, SILENCE_MS } from './hub.ts';
import type { ContentHash, HubPlace } from './hub.ts';
import { cutOff, isPassing, wrongHash, wrongLength } from './hub-errors.ts';

/** What a download depends on beside the hub; tests make time pass faster. */
export interface Patience {
  /** Attempts in a row that bring nothing new before it gives up. */
  readonly attempts: number;
  readonly silenceMs: number;
  /** Milliseconds before attempt n, from 1. */
  readonly pause: (attempt: number) => number;
}

export const patience: Patience = {
  attempts: 6,
  silenceMs: SILENCE_MS,
  pause: (attempt) => Math.min(30_000, 1000 * 2 ** (attempt - 1)),
};

/** What happens to a file while it comes. */
export interface FileWatch {
  /** Bytes that are on disk now, after each piece and when it starts again from the beginning. */
  received(bytes: number): void;
  /** The connection broke; the next attempt follows after so long. */
  waiting(error: StudioError, milliseconds: number): void;
  connected(): void;
  /** What names this content on the hub: kept, because the rest must come from the same. */
  etag(value: string): Promise<void>;
}

export interface FileJob {
  readonly place: HubPlace;
  readonly file: HubFile;
  /** Where it is stored. */
  readonly path: string;
  /** Seen when an earlier part of the file came. */
  readonly etag: string | null;
}

/** A file as far as it has come, its hashes up to the same byte. */
interface Part {
  readonly writer: FileWriter;
  readonly sealer: Sealer;
  /** Null where the hub states SHA-256, which the sealer has. */
  readonly stated: ContentHash | null;
}

/**
 * Brings one file into storage. What lies there already of it is hashed again and gone on from; a cut
 * connection is taken up by Range after a pause; a hub that ignores Range starts the file anew. When it
 * is aborted or gives up, the part on disk stays.
 *
 * @returns the stored file, whose content is what the hub states
 * @throws StudioError `hub-hash` (the file is deleted then), `hub-length`, `hub-page`, `hub-cut`, …,
 *   `storage-full`; or what `signal` was aborted with
 */
export async function downloadFile(
  store: FileStore,
  job: FileJob,
  watch: FileWatch,
  signal: AbortSignal,
  { attempts, silenceMs, pause }: Patience = patience,
): Promise<StoredFile> {
  const { place, file, path } = job;
  let part = await openPart(store, job, signal);
  let etag = job.etag;
  /** Whether bytes of an earlier connection are in it: then a wrong hash may be theirs. */
  let mixed = part.sealer.bytes > 0;
  watch.received(part.sealer.bytes);

  const restart = async (): Promise<void> => {
    await part.writer.abort();
    part = await openPart(store, job, signal);
    mixed = false;
    watch.received(0);
  };

  /** Leaves the part on disk; why it stopped says more than a fault of closing it. */
  const keep = (): Promise<unknown> => part.writer.close().catch(() => undefined);

  /** One connection, up to the end of the file. */
  const receive = async (): Promise<void> => {
    const body = await openBody(place, file, part.sealer.bytes, signal, silenceMs);
    const changed = etag !== null && body.etag !== null && body.etag !== etag;
    if (body.from !== part.sealer.bytes || changed) {
      await restart();
      // The rest of other content is of no use.
      if (body.from > 0) {
        etag = null;
        throw cutOff(file.path, 0, file.bytes, 'the file on the hub is another than before');
      }
    }
    if (body.etag !== null && body.etag !== etag) {
      etag = body.etag;
      await watch.etag(etag);
    }
    watch.connected();
    for await (const chunk of body.chunks) {
      signal.throwIfAborted();
      const due = part.sealer.bytes + chunk.byteLength;
      if (due > file.bytes) throw wrongLength(file.path, file.bytes, due);
      // The writer's own sealer counts the bytes.
      await part.writer.write(chunk);
      part.stated?.update(chunk);
      watch.received(due);
    }
    const { bytes } = part.sealer;
    if (bytes < file.bytes) throw cutOff(file.path, bytes, file.bytes, 'it ended early');
  };

  for (;;) {
    await persist(() => part.sealer.bytes === file.bytes, receive);
    const seal = await part.writer.close();
    const found = part.stated?.hex() ?? seal.sha256;
    if (found === file.hash.hex) return { path, ...seal };
    await store.remove(path);
    watch.received(0);
    if (mixed) {
      part = await openPart(store, job, signal);
      mixed = false;
      continue;
    }
    throw wrongHash(file.path, file.hash.hex, found);
  }

  /** Tries until the file is whole; only attempts that bring nothing new are counted. */
  async function persist(whole: () => boolean, attempt: () => Promise<void>): Promise<void> {
    let failures = 0;
    let furthest = part.sealer.bytes;
    while (!whole()) {
      try {
        await attempt();
      } catch (thrown) {
        const gaveUp = signal.aborted || !isPassing(thrown);
        if (part.sealer.bytes > furthest) failures = 0;
        furthest = Math.max(furthest, part.sealer.bytes);
        // Without a connection no attempt can tell anything: it waits for one.
        if (!isOffline()) failures += 1;
        if (gaveUp || failures >= attempts) {
          await keep();
          signal.throwIfAborted();
          throw thrown;
        }
        mixed = mixed || part.sealer.bytes > 0;
        const milliseconds = Math.max(pause(Math.max(1, failures)), asked(thrown));
        watch.waiting(thrown, milliseconds);
        try {
          await sleep(milliseconds, signal);
        } catch (aborted) {
          await keep();
          throw aborted;
        }
      }
    }
  }
}

/** What the hub asked for, in milliseconds; never more than five minutes. */
function asked({ data }: StudioError): number {
  const { seconds } = data;
  return typeof seconds === 'number' ? Math.min(300, seconds) * 1000 : 0;
}

/** The part on disk with its hashes, or the beginning of an empty file. */
async function openPart(
  store: FileStore,
  { path, file }: FileJob,
  signal: AbortSignal,
): Promise<Part> {
  const sealer = new Sealer();
  const stated = file.hash.kind === 'sha256' ? null : contentHash(file.hash, file.bytes);
  const known = await store.open(path).catch((thrown: unknown) => {
    if (thrown instanceof StudioError && thrown.code === 'file-missing') return null;
    throw thrown;
  });
  if (known !== null && known.size <= file.bytes) {
    for await (const piece of readPieces(known)) {
      signal.throwIfAborted();
      sealer.update(piece);
      stated?.update(piece);
    }
  }
  return { writer: await store.create(path, sealer), sealer, stated };
}

function isOffline(): boolean {
  return (globalThis.navigator as { readonly onLine?: boolean } | undefined)?.onLine === false;
}

/** Tells when the connection is back; Node does not. */
const connection: Partial<Pick<EventTarget, 'addEventListener' | 'removeEventListener'>> =
  globalThis;

/** Waits so long, or until the connection is back. */
function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const clear = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      connection.removeEventListener?.('online', done);
    };
    const done = (): void => {
      clear();
      resolve();
    };
    const end = (): void => {
      clear();
      reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'));
    };
    const timer = setTimeout(done, milliseconds);
    connection.addEventListener?.('online', done);
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
  });
}
