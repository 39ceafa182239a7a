/** Stores downloads from hubs until they are complete models; they survive a reload. */
import type { FaultDescription } from '../faults/catalogue.ts';
import { fault, type StudioError } from '../faults/fault.ts';
import type { ByteSource } from '../formats/files/byte-source.ts';
import type { HubFile, ModelOrigin } from '../contract/hub.ts';
import type { StudioDatabase } from './database.ts';
import type { FileStore } from './files/file-store.ts';
import { remoteSource } from './hub/hub-content.ts';
import { downloadFile, patience, type Patience } from './hub/hub-download.ts';
import type { StoredDownload } from './stored.ts';

/** What a download reports while it runs. */
export interface DownloadWatch {
  /** Bytes on disk of the file at `index`. */
  received(index: number, bytes: number): void;
  begun(path: string): void;
  waiting(error: StudioError, milliseconds: number): void;
  connected(): void;
}

/** Downloads from hubs that are not models yet; they survive a reload. */
export class Downloads {
  readonly #database: StudioDatabase;
  readonly #files: FileStore;
  /** How long a download waits and how often it tries. */
  readonly #patience: Patience;

  constructor(database: StudioDatabase, files: FileStore, patient: Patience = patience) {
    this.#database = database;
    this.#files = files;
    this.#patience = patient;
  }

  async create(
    origin: ModelOrigin,
    licence: string,
    files: readonly HubFile[],
  ): Promise<StoredDownload> {
    const download: StoredDownload = {
      id: crypto.randomUUID(),
      origin,
      licence,
      createdAt: Date.now(),
      files: files.map((file) => ({
        file,
        // Weights are named by the last part of the path, templates by the folder that tells them apart.
        name:
          file.purpose === 'template' ? file.path : file.path.slice(file.path.lastIndexOf('/') + 1),
        etag: null,
        stored: null,
      })),
      error: null,
    };
    await this.#database.put('downloads', download, download.id);
    return download;
  }

  /** Unfinished downloads, the oldest first. */
  async list(): Promise<StoredDownload[]> {
    const downloads = await this.#database.getAll('downloads');
    const models = new Set(await this.#database.getAllKeys('models'));
    // Earlier versions entered the model first and removed the download afterwards.
    for (const { id } of downloads)
      if (models.has(id)) await this.#database.delete('downloads', id);
    return downloads
      .filter(({ id }) => !models.has(id))
      .sort((one, other) => one.createdAt - other.createdAt);
  }

  /** @throws StudioError `download-missing` */
  async get(id: string): Promise<StoredDownload> {
    const download = await this.#database.get('downloads', id);
    if (download) return download;
    throw downloadMissing(id);
  }

  /** @throws StudioError `download-missing` */
  setError(id: string, error: FaultDescription | null): Promise<StoredDownload> {
    return this.#change(id, (download) => ({ ...download, error }));
  }

  async #change(
    id: string,
    change: (download: StoredDownload) => StoredDownload,
  ): Promise<StoredDownload> {
    const changed = await this.#database.change(
      'downloads',
      id,
      (download) => download && change(download),
    );
    if (!changed) throw downloadMissing(id);
    return changed;
  }

  /** Bytes on disk by file, in the order of the download. */
  async received({ id, files }: StoredDownload): Promise<number[]> {
    const names = await this.#files.list(folderOf(id));
    return Promise.all(
      files.map(async ({ name, stored }) => {
        if (stored) return stored.bytes;
        return names.includes(name) ? (await this.#files.open(pathOf(id, name))).size : 0;
      }),
    );
  }

  /**
   * Downloads the missing files one by one and checks each against what the hub states.
   * @param preview gets the files by path inside the model's folder before the first byte of the weights
   *   is stored: downloaded files are read from disk, weights from the hub. If it throws, the download ends.
   * @throws StudioError as downloadFile; or what `signal` was aborted with. Downloaded bytes stay.
   */
  async bringIn(
    id: string,
    watch: DownloadWatch,
    signal: AbortSignal,
    preview: (files: ReadonlyMap<string, ByteSource>) => Promise<void>,
  ): Promise<StoredDownload> {
    let download = await this.get(id);
    const change = async (
      index: number,
      what: Partial<StoredDownload['files'][number]>,
    ): Promise<void> => {
      download = await this.#change(id, (known) => ({
        ...known,
        files: known.files.map((file, at) => (at === index ? { ...file, ...what } : file)),
      }));
    };
    let previewed = false;
    for (const [index, { file, name, etag, stored }] of download.files.entries()) {
      if (stored) continue;
      if (file.purpose === 'weights' && !previewed) {
        previewed = true;
        await preview(await this.#previewed(download, signal));
      }
      watch.begun(file.path);
      const done = await downloadFile({
        store: this.#files,
        job: { place: download.origin, file, path: pathOf(id, name), etag },
        watch: {
          received: (bytes) => watch.received(index, bytes),
          waiting: (error, milliseconds) => watch.waiting(error, milliseconds),
          connected: () => watch.connected(),
          etag: async (value) => {
            await change(index, { etag: value });
          },
        },
        signal,
        waits: this.#patience,
      });
      await change(index, { stored: done });
    }
    return download;
  }

  /** The files of a whole download, by path inside the model's folder. */
  async sources({ files }: StoredDownload): Promise<Map<string, ByteSource>> {
    const sources = new Map<string, ByteSource>();
    for (const { name, stored } of files) {
      if (stored) sources.set(name, await this.#files.open(stored.path));
    }
    return sources;
  }

  /** All files; files that are not downloaded yet are read from the hub. */
  async #previewed(
    download: StoredDownload,
    signal: AbortSignal,
  ): Promise<Map<string, ByteSource>> {
    const sources = await this.sources(download);
    for (const { file, name, stored } of download.files) {
      if (!stored) sources.set(name, remoteSource(download.origin, file, signal));
    }
    return sources;
  }

  /** Removes the record and its files. */
  async discard(id: string): Promise<void> {
    await this.#database.delete('downloads', id);
    await this.#files.remove(folderOf(id));
  }
}

function downloadMissing(id: string): StudioError {
  return fault('download-missing', { id }, { kept: 'models' });
}

function folderOf(id: string): string {
  return `models/${id}`;
}

function pathOf(id: string, name: string): string {
  return `${folderOf(id)}/${name}`;
}
