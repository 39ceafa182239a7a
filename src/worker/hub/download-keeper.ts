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

/** What is left of the storage when a download fits: runs need some, and browsers count roughly. */
const SPARE_BYTES = 50_000_000;

/** Owns the downloads that go on: one job each, paused and ended by name, told as events. */
export class DownloadKeeper {
  readonly #context: WorkerContext;
  readonly #live = new Map<string, LiveDownload>();
  /** In other hands, and waited for. */
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
   * Another tab has it, or the page before a reload while it is still ending: once it is let go, what
   * became of it is told.
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
   * Goes on with a download; answers as soon as it does. What becomes of it is told by events.
   * @throws StudioError `download-missing`, `download-elsewhere`, `storage-short`
   */
  async start(id: string): Promise<Download> {
    const { storage } = this.#context;
    const known = this.#live.get(id);
    if (known) return this.#describe(await storage.downloads.get(id));
    const live = new LiveDownload((current) => void this.#tell(id, current));
    // Entered before the first wait: a second press finds it.
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
    // Begun last: what it tells comes after this.
    live.finished = this.#work(id, live, release);
    return download;
  }

  /** Stops and keeps what has come; resolves once nothing is written any more. */
  async pause(id: string): Promise<void> {
    await this.#end(id, 'pause');
  }

  /** Stops and deletes what has come. @throws StudioError `download-elsewhere` */
  async discard(id: string): Promise<void> {
    const { storage } = this.#context;
    await this.#end(id, 'discard');
    const release = await hold(storage.locks, downloadLock(id), 'exclusive', () => elsewhere(id));
    try {
      const known = (await storage.downloads.list()).some((download) => download.id === id);
      // Between the press and now it may have become a model: that is deleted where models are.
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

  /** Why it stopped is told also where the full disk that stopped it leaves no room to keep that. */
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
      // Not even the download is there any more: the storage was cleared.
      this.#context.emit({ type: 'hub.ended', id, modelId: null });
    }
  }

  /** Fetches what is missing, checks the whole as a dropped folder is checked, and enters the model. */
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

  /** Makes a model of files that are all there. Gives its id. */
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

  /** What cannot be used is named before its weights are fetched, as far as it can be known then. */
  async #preview(files: ReadonlyMap<string, ByteSource>): Promise<void> {
    try {
      await this.#context.library.check(files);
    } catch (thrown) {
      // Where the hub cannot be read in pieces now, the check after the last byte has to do.
      if (!asStudioError(thrown).code.startsWith('hub-')) throw thrown;
    }
  }

  async #tell(id: string, live: LiveDownload): Promise<void> {
    const { storage } = this.#context;
    const stored = await storage.downloads.get(id).catch(() => null);
    const download = stored && (await this.#describe(stored));
    // It may have ended meanwhile: that was told already and is the last word.
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
    // Without a quota the browser does not tell.
    if (quota === 0 || needed + SPARE_BYTES <= quota - usage) return;
    throw fault('storage-short', { needed, free: Math.max(0, quota - usage) }, { kept: 'stored' });
  }
}

function elsewhere(id: string): StudioError {
  return fault('download-elsewhere', { id }, { kept: 'download-there' });
}

/** What a model from a hub is called in lists: a GGUF file also says which one it is. */
function nameOf({ name, choice }: ModelOrigin): string {
  const own = name.slice(name.indexOf('/') + 1);
  if (choice === 'safetensors') return own;
  return choice.slice(choice.lastIndexOf('/') + 1).replace(/\.gguf$/i, '');
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
