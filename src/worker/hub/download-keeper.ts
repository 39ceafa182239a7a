/** Owns the downloads that go on: paused and ended by name, told as events. */
import type { Note } from '../../faults/catalogue.ts';
import { asStudioError, fault, restated, type StudioError } from '../../faults/fault.ts';
import type { ByteSource } from '../../formats/files/byte-source.ts';
import type { StoredDownload } from '../../storage/stored.ts';
import { downloadLock } from '../../storage/lock-names.ts';
import { hold } from '../../storage/locks.ts';
import type { WorkerContext } from '../context.ts';
import type { Download, DownloadFile, ModelOrigin } from '../../contract/hub.ts';
import type { Arrival } from '../models/library.ts';
import { cancelled } from '../tasks/tasks.ts';

/** Events of one download, at most. */
const EVENT_INTERVAL_MS = 200;
/** The rate is taken over so long. */
const RATE_WINDOW_MS = 3000;
const RATE_STEP_MS = 100;
/** What is left of the storage when a download fits: runs need some, and browsers count roughly. */
const SPARE_BYTES = 50_000_000;

type Ending = 'pause' | 'discard';

/** A download while it goes on in this worker. */
interface Live {
  readonly controller: AbortController;
  ending: Ending | null;
  state: 'running' | 'waiting' | 'checking';
  note: Note | null;
  readonly received: number[];
  /** Times with bytes received in this session, newest last. */
  readonly arrivals: { at: number; bytes: number }[];
  fresh: number;
  finished: Promise<void>;
}

/** Owns the downloads that go on: one job each, paused and ended by name, told as events. */
export class DownloadKeeper {
  readonly #context: WorkerContext;
  readonly #live = new Map<string, Live>();
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
    const live: Live = {
      controller: new AbortController(),
      ending: null,
      state: 'running',
      note: { code: 'reading-present' },
      received: [],
      arrivals: [],
      fresh: 0,
      finished: Promise.resolve(),
    };
    // Entered before the first wait: a second press finds it.
    this.#live.set(id, live);
    let release = (): void => undefined;
    try {
      release = await hold(storage.locks, downloadLock(id), 'exclusive', () => elsewhere(id));
      const download = await storage.downloads.setError(id, null);
      live.received.push(...(await storage.downloads.received(download)));
      await this.#checkSpace(download, live.received);
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

  async #end(id: string, ending: Ending): Promise<void> {
    const live = this.#live.get(id);
    if (!live) return;
    live.ending = ending;
    live.controller.abort(cancelled());
    await live.finished;
  }

  async #work(id: string, live: Live, release: () => void): Promise<void> {
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
  async #bringIn(id: string, live: Live): Promise<string> {
    const { storage, library } = this.#context;
    const { signal } = live.controller;
    let last = Number.NEGATIVE_INFINITY;
    const tell = (now = false): void => {
      const at = performance.now();
      if (!now && at - last < EVENT_INTERVAL_MS) return;
      last = at;
      // A late answer of a finished download is of no use to anybody.
      void this.#tell(id, live);
    };
    const { origin, licence } = await storage.downloads.get(id);
    const download = await storage.downloads.bringIn(
      id,
      {
        begun: (path) => {
          live.note = { code: 'asking-for', file: path };
          tell();
        },
        received: (index, bytes) => {
          const more = bytes - (live.received[index] ?? 0);
          live.received[index] = bytes;
          if (more > 0) arrive(live, more);
          tell();
        },
        waiting: (error, milliseconds) => {
          live.state = 'waiting';
          live.note = {
            code: 'trying-again',
            fault: error.describe(),
            seconds: Math.ceil(milliseconds / 1000),
          };
          live.arrivals.length = 0;
          tell(true);
        },
        connected: () => {
          live.state = 'running';
          live.note = null;
          tell();
        },
      },
      signal,
      async (files) => {
        live.note = { code: 'reading-headers' };
        tell(true);
        await this.#preview(files);
      },
    );
    signal.throwIfAborted();
    live.state = 'checking';
    live.note = { code: 'checking-model' };
    tell(true);
    const task = {
      name: id,
      signal,
      check: () => signal.throwIfAborted(),
      progress: () => undefined,
    };
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

  async #tell(id: string, live: Live): Promise<void> {
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
      live && live.received.length > 0
        ? [...live.received]
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
      rate: live ? rateOf(live) : null,
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

function arrive(live: Live, bytes: number): void {
  const at = performance.now();
  live.fresh += bytes;
  if (at - (live.arrivals.at(-1)?.at ?? 0) < RATE_STEP_MS) return;
  live.arrivals.push({ at, bytes: live.fresh });
  while ((live.arrivals[0]?.at ?? at) < at - RATE_WINDOW_MS) live.arrivals.shift();
}

function rateOf({ arrivals, state }: Live): number | null {
  const first = arrivals[0];
  const last = arrivals.at(-1);
  if (state !== 'running' || !first || !last || last.at - first.at < 250) return null;
  return ((last.bytes - first.bytes) * 1000) / (last.at - first.at);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
