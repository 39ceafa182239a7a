/** Owns the downloads under way: pauses and ends them by name, and reports them as events. */
import { asStudioError, fault, restated, type StudioError } from '../../faults/fault.ts';
import type { ByteSource } from '../../formats/files/byte-source.ts';
import type { StoredDownload } from '../../storage/stored.ts';
import { downloadLock } from '../../storage/lock-names.ts';
import { hold } from '../../storage/locks.ts';
import type { WorkerContext } from '../context.ts';
import type { Download, DownloadFile, ModelOrigin } from '../../contract/hub.ts';
import type { Arrival } from '../models/library.ts';
import { cancelled } from '../tasks/tasks.ts';
import { LiveDownload } from './live-download.ts';

/** Storage that a download must leave free: runs need some, and browsers count only roughly. */
const SPARE_BYTES = 50_000_000;

/** Owns the downloads under way: each is one job, paused or ended by its id and reported as events. */
export class DownloadKeeper {
  readonly #context: WorkerContext;
  readonly #live = new Map<string, LiveDownload>();
  /** Downloads that another tab holds and this one waits for. */
  readonly #followed = new Set<string>();

  constructor(context: WorkerContext) {
    this.#context = context;
  }

  async list(): Promise<Download[]> {
    const { storage } = this.#context;
    const stored = await storage.downloads.list();
    const downloads = await Promise.all(stored.map((download) => this.#describe(download)));
    for (const { id, state } of downloads) if (state === 'elsewhere') void this.#follow(id);
    return downloads;
  }

  /**
   * Waits for a download that another tab holds, or the page before a reload while it is still ending, and
   * then reports its outcome.
   */
  async #follow(id: string): Promise<void> {
    if (this.#followed.has(id)) return;
    this.#followed.add(id);
    const { storage } = this.#context;
    await storage.locks.free(downloadLock(id));
    this.#followed.delete(id);
    const download = (await storage.downloads.list()).find((known) => known.id === id);
    const modelId = (await storage.models.find(id)) ? id : null;
    this.#context.emit(
      download
        ? { type: 'hub.changed', download: await this.#describe(download) }
        : { type: 'hub.ended', id, modelId },
    );
  }

  /** The unfinished download of the same files, if there is one. */
  async find(origin: ModelOrigin): Promise<StoredDownload | null> {
    const downloads = await this.#context.storage.downloads.list();
    const same = downloads.find(
      ({ origin: { hub, name, commit, choice } }) =>
        hub === origin.hub &&
        name === origin.name &&
        commit === origin.commit &&
        choice === origin.choice,
    );
    return same ?? null;
  }

  /**
   * Goes on with a download, and answers as soon as it runs. Events report its progress and outcome.
   * @throws StudioError `download-missing`, `download-elsewhere`, `storage-short`
   */
  async start(id: string): Promise<Download> {
    const { storage } = this.#context;
    const known = this.#live.get(id);
    if (known) return this.#describe(await storage.downloads.get(id));
    const live = new LiveDownload((current) => void this.#tell(id, current));
    // The entry is made before the first wait, so that a second press finds it.
    this.#live.set(id, live);
    let release = (): void => undefined;
    try {
      release = await hold(storage.locks, downloadLock(id), 'exclusive', () => elsewhere(id));
      const download = await storage.downloads.setError(id, null);
      live.onDisk.push(...(await storage.downloads.received(download)));
      await this.#checkSpace(download, live.onDisk);
    } catch (thrown) {
      this.#live.delete(id);
      release();
      throw thrown;
    }
    const download = await this.#describe(await storage.downloads.get(id));
    this.#context.emit({ type: 'hub.changed', download });
    // The work begins last, so that its events come after this one.
    live.finished = this.#work(id, live, release);
    return download;
  }

  /** Stops a download and keeps its bytes; resolves once nothing is written any more. */
  async pause(id: string): Promise<void> {
    await this.#end(id, 'pause');
  }

  /** Stops a download and deletes its bytes. @throws StudioError `download-elsewhere` */
  async discard(id: string): Promise<void> {
    const { storage } = this.#context;
    await this.#end(id, 'discard');
    const release = await hold(storage.locks, downloadLock(id), 'exclusive', () => elsewhere(id));
    try {
      const known = (await storage.downloads.list()).some((download) => download.id === id);
      // Since the press it may have become a model, which is deleted on the Model page.
      if (known) await storage.downloads.discard(id);
      this.#context.emit({ type: 'hub.ended', id, modelId: null });
    } finally {
      release();
    }
  }

  async #end(id: string, ending: LiveDownload['ending']): Promise<void> {
    const live = this.#live.get(id);
    if (!live) return;
    live.ending = ending;
    live.controller.abort(cancelled());
    await live.finished;
  }

  async #work(id: string, live: LiveDownload, release: () => void): Promise<void> {
    try {
      const modelId = await this.#bringIn(id, live).finally(() => {
        this.#live.delete(id);
      });
      this.#context.emit({ type: 'hub.ended', id, modelId });
    } catch (thrown) {
      if (live.ending === 'discard') return;
      const error = live.ending === 'pause' ? null : asStudioError(thrown).describe();
      await this.#tellEnd(id, error);
    } finally {
      release();
    }
  }

  /** Reports why a download stopped, even if a full disk leaves no room to store the reason. */
  async #tellEnd(id: string, error: StoredDownload['error']): Promise<void> {
    const { downloads } = this.#context.storage;
    try {
      const stored = await downloads
        .setError(id, error)
        .catch(async () => ({ ...(await downloads.get(id)), error }));
      const download = {
        ...(await this.#describe(stored)),
        state: error ? 'failed' : 'paused',
      } as const;
      this.#context.emit({ type: 'hub.changed', download });
    } catch {
      // The record of the download is gone: the storage was cleared.
      this.#context.emit({ type: 'hub.ended', id, modelId: null });
    }
  }

  /** Fetches the missing files, checks the whole like a dropped folder, and enters the model. */
  async #bringIn(id: string, live: LiveDownload): Promise<string> {
    const { downloads } = this.#context.storage;
    const { signal } = live.controller;
    const download = await downloads.bringIn(id, live, signal, async (files) => {
      live.says({ code: 'reading-headers' });
      await this.#preview(files);
    });
    signal.throwIfAborted();
    live.says({ code: 'checking-model' }, 'checking');
    return this.#enter(download, signal);
  }

  /** Makes a model of a complete download. Gives its id. */
  async #enter(download: StoredDownload, signal: AbortSignal): Promise<string> {
    const { storage, library } = this.#context;
    const { id, origin, licence } = download;
    const check = (): void => signal.throwIfAborted();
    const task = { name: id, signal, check, progress: () => undefined };
    const sources = await storage.downloads.sources(download);
    const arrival: Arrival = {
      id,
      licence,
      origin,
      enter: async (summary) => {
        const files = download.files.flatMap(({ name, stored }) =>
          stored ? [{ name, file: stored }] : [],
        );
        await storage.models.adopt(summary, files);
      },
    };
    try {
      return (await library.import(sources, nameOf(origin), task, arrival)).id;
    } catch (thrown) {
      throw restated(asStudioError(thrown), { kept: 'downloaded-files' });
    }
  }

  /** Refuses an unusable model before its weights are fetched, as far as the files so far can show it. */
  async #preview(files: ReadonlyMap<string, ByteSource>): Promise<void> {
    try {
      await this.#context.library.check(files);
    } catch (thrown) {
      // If the hub cannot be read in pieces now, the check after the last byte must suffice.
      if (!asStudioError(thrown).code.startsWith('hub-')) throw thrown;
    }
  }

  async #tell(id: string, live: LiveDownload): Promise<void> {
    const { storage } = this.#context;
    const stored = await storage.downloads.get(id).catch(() => null);
    const download = stored && (await this.#describe(stored));
    // If the download ended meanwhile, its end was already reported and must stay the last event.
    if (download && this.#live.get(id) === live)
      this.#context.emit({ type: 'hub.changed', download });
  }

  async #describe(download: StoredDownload): Promise<Download> {
    const { storage } = this.#context;
    const { id, origin, licence, createdAt, error } = download;
    const live = this.#live.get(id);
    const received =
      live && live.onDisk.length > 0
        ? [...live.onDisk]
        : await storage.downloads.received(download);
    const files: DownloadFile[] = download.files.map(({ file, stored }, index) => ({
      path: file.path,
      bytes: file.bytes,
      purpose: file.purpose,
      received: received[index] ?? 0,
      done: stored !== null,
    }));
    let state: Download['state'] = error === null ? 'paused' : 'failed';
    if (live) state = live.state;
    else if (await storage.locks.held(downloadLock(id))) state = 'elsewhere';
    return {
      id,
      origin,
      licence,
      createdAt,
      state,
      bytes: sum(files.map(({ bytes }) => bytes)),
      received: sum(files.map((file) => file.received)),
      files,
      note: live?.note ?? null,
      rate: live?.rate ?? null,
      error,
    };
  }

  async #checkSpace({ files }: StoredDownload, received: readonly number[]): Promise<void> {
    const needed = sum(files.map(({ file }) => file.bytes)) - sum(received);
    const { usage, quota } = await this.#context.estimate();
    // A quota of 0 means that the browser does not say.
    if (quota === 0 || needed + SPARE_BYTES <= quota - usage) return;
    throw fault('storage-short', { needed, free: Math.max(0, quota - usage) }, { kept: 'stored' });
  }
}

function elsewhere(id: string): StudioError {
  return fault('download-elsewhere', { id }, { kept: 'download-there' });
}

/** The name of a hub model in lists; for a GGUF file, the name of the file. */
function nameOf({ name, choice }: ModelOrigin): string {
  const own = name.slice(name.indexOf('/') + 1);
  if (choice === 'safetensors') return own;
  return choice.slice(choice.lastIndexOf('/') + 1).replace(/\.gguf$/i, '');
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
