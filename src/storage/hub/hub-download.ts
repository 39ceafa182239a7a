/**
 * Downloads one file from a hub into storage, by Range requests with a hash, and resumes it after an
 * interruption.
 */
import { StudioError } from '../../faults/fault.ts';
import type { HubFile } from '../../contract/hub.ts';
import { readPieces } from '../../formats/files/byte-source.ts';
import { Sealer } from '../../formats/files/sealer.ts';
import type { FileStore, FileWriter, StoredFile } from '../files/file-store.ts';
import { wait } from '../wait.ts';
import { openBody, SILENCE_MS, type HubPlace } from './hub-body.ts';
import { contentHash, type ContentHash } from './hub-content.ts';
import { cutOff, isPassing, wrongHash, wrongLength } from './hub-errors.ts';

/** How long a download waits and how often it tries; tests use shorter times. */
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

/** Hears what happens to a file while it is downloaded. */
export interface FileWatch {
  /** Bytes now on disk; called after each piece and when the file starts again from the beginning. */
  received(bytes: number): void;
  /** The connection broke; the next attempt follows after `milliseconds`. */
  waiting(error: StudioError, milliseconds: number): void;
  connected(): void;
  /** The hub's name for this content. It is kept because the rest must come from the same content. */
  etag(value: string): Promise<void>;
}

export interface FileJob {
  readonly place: HubPlace;
  readonly file: HubFile;
  /** Where the file is stored. */
  readonly path: string;
  /** The etag that came with an earlier part of the file. */
  readonly etag: string | null;
}

export interface DownloadSetting {
  readonly store: FileStore;
  readonly job: FileJob;
  readonly watch: FileWatch;
  readonly signal: AbortSignal;
  readonly waits: Patience;
}

/** The part of a file on disk, with its hashes up to the same byte. */
interface Part {
  readonly writer: FileWriter;
  readonly sealer: Sealer;
  /** Null where the hub states SHA-256, which the sealer computes. */
  readonly stated: ContentHash | null;
}

/**
 * Downloads one file into storage. A part that is already there is hashed again and continued. A cut
 * connection is resumed by Range after a pause; if the hub ignores Range, the file starts again. When the
 * download is aborted or gives up, the part on disk stays.
 *
 * @returns the stored file, whose content is what the hub states
 * @throws StudioError `hub-hash` (the file is deleted then), `hub-length`, `hub-page`, `hub-cut`, …,
 *   `storage-full`; or what `signal` was aborted with
 */
export async function downloadFile(setting: DownloadSetting): Promise<StoredFile> {
  const { store, job, signal } = setting;
  return new FileDownload(setting, await openPart(store, job, signal)).run();
}

class FileDownload {
  readonly #setting: DownloadSetting;
  #part: Part;
  #etag: string | null;
  /** Whether the file has bytes of an earlier connection: then they may cause a wrong hash. */
  #mixed: boolean;

  constructor(setting: DownloadSetting, part: Part) {
    this.#setting = setting;
    this.#part = part;
    this.#etag = setting.job.etag;
    this.#mixed = part.sealer.bytes > 0;
    setting.watch.received(part.sealer.bytes);
  }

  async run(): Promise<StoredFile> {
    const { store, job, watch } = this.#setting;
    const { file, path } = job;
    for (;;) {
      await this.#persist();
      const seal = await this.#part.writer.close();
      const found = this.#part.stated?.hex() ?? seal.sha256;
      if (found === file.hash.hex) return { path, ...seal };
      await store.remove(path);
      watch.received(0);
      if (!this.#mixed) throw wrongHash(file.path, file.hash.hex, found);
      await this.#openAnew();
    }
  }

  /** Tries until the file is whole; only attempts that bring nothing new are counted. */
  async #persist(): Promise<void> {
    const { job, watch, signal, waits } = this.#setting;
    let failures = 0;
    let furthest = this.#part.sealer.bytes;
    while (this.#part.sealer.bytes !== job.file.bytes) {
      try {
        await this.#receive();
      } catch (thrown) {
        const gaveUp = signal.aborted || !isPassing(thrown);
        if (this.#part.sealer.bytes > furthest) failures = 0;
        furthest = Math.max(furthest, this.#part.sealer.bytes);
        // A failure while offline says nothing about the hub, so it is not counted.
        if (!isOffline()) failures += 1;
        if (gaveUp || failures >= waits.attempts) {
          await this.#keep();
          signal.throwIfAborted();
          throw thrown;
        }
        this.#mixed ||= this.#part.sealer.bytes > 0;
        const milliseconds = Math.max(waits.pause(Math.max(1, failures)), asked(thrown));
        watch.waiting(thrown, milliseconds);
        await this.#rest(milliseconds);
      }
    }
  }

  /** Waits, or until the connection is back. @throws what the signal was aborted with; the part stays */
  async #rest(milliseconds: number): Promise<void> {
    const { signal } = this.#setting;
    await wait(milliseconds, signal, { by: connection, event: 'online' });
    if (signal.aborted) await this.#keep();
    signal.throwIfAborted();
  }

  /** One connection, up to the end of the file. */
  async #receive(): Promise<void> {
    const { job, watch, signal, waits } = this.#setting;
    const { place, file } = job;
    const { silenceMs } = waits;
    const body = await openBody(place, file, signal, { from: this.#part.sealer.bytes, silenceMs });
    await this.#agreeOn(body);
    watch.connected();
    for await (const chunk of body.chunks) {
      signal.throwIfAborted();
      const due = this.#part.sealer.bytes + chunk.byteLength;
      if (due > file.bytes) throw wrongLength(file.path, file.bytes, due);
      // The writer's own sealer counts the bytes.
      await this.#part.writer.write(chunk);
      this.#part.stated?.update(chunk);
      watch.received(due);
    }
    const { bytes } = this.#part.sealer;
    if (bytes < file.bytes) throw cutOff(file.path, bytes, file.bytes, 'it ended early');
  }

  /** Starts from the beginning where the hub does, or where its file has changed. */
  async #agreeOn(body: { readonly from: number; readonly etag: string | null }): Promise<void> {
    const { job, watch } = this.#setting;
    const changed = this.#etag !== null && body.etag !== null && body.etag !== this.#etag;
    if (body.from !== this.#part.sealer.bytes || changed) {
      await this.#part.writer.abort();
      await this.#openAnew();
      watch.received(0);
      // The rest of different content is of no use.
      if (body.from > 0) {
        this.#etag = null;
        const { path, bytes } = job.file;
        throw cutOff(path, 0, bytes, 'the file on the hub is another than before');
      }
    }
    if (body.etag !== null && body.etag !== this.#etag) {
      this.#etag = body.etag;
      await watch.etag(body.etag);
    }
  }

  async #openAnew(): Promise<void> {
    const { store, job, signal } = this.#setting;
    this.#part = await openPart(store, job, signal);
    this.#mixed = false;
  }

  /** Leaves the part on disk; the reason for stopping says more than a fault of closing the file. */
  #keep(): Promise<unknown> {
    return this.#part.writer.close().catch(() => undefined);
  }
}

/** The wait that the hub asked for, in milliseconds; never more than five minutes. */
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

/** Fires an event when the connection is back; Node has no such event. */
const connection: Partial<Pick<EventTarget, 'addEventListener' | 'removeEventListener'>> =
  globalThis;
