/** Keeps files in the browser's private file system (OPFS). */
import { blobSource, type ByteSource } from '../../formats/files/byte-source.ts';
import { holding } from '../../formats/files/holding.ts';
import { Sealer, type FileSeal } from '../../formats/files/sealer.ts';
import { pathParts, storageFault } from './file-store.ts';
import type { FileStore, FileWriter } from './file-store.ts';

/**
 * A private window of Chromium holds these files in memory and drops all of them after ten minutes without a
 * request for one: a finished run would vanish while a person looks at it. So the store asks regularly.
 */
const ASK_EVERY_MS = 3 * 60_000;

/**
 * The browser's private file system (OPFS). Writing goes through synchronous access handles, which only a
 * worker has and which are the only way to know that bytes are on disk (flush). Reading goes through File
 * objects, which allow any number of readers and read nothing before it is needed.
 */
export async function openOpfs(rootName: string): Promise<FileStore> {
  const open = async (): Promise<FileSystemDirectoryHandle> => {
    const top = await navigator.storage.getDirectory();
    return top.getDirectoryHandle(rootName, { create: true });
  };
  try {
    const root = await open();
    setInterval(() => {
      open().catch(() => undefined);
    }, ASK_EVERY_MS);
    return new OpfsStore(root, open);
  } catch (thrown) {
    throw storageFault('the private file system', thrown);
  }
}

/** What a worker's file handle can do beyond what a page's can (the page's types do not have it). */
interface SyncAccessHandle {
  write(bytes: Uint8Array, options: { readonly at: number }): number;
  truncate(size: number): void;
  flush(): void;
  close(): void;
}

interface WorkerFileHandle extends FileSystemFileHandle {
  createSyncAccessHandle(): Promise<SyncAccessHandle>;
}

function isNotFound(thrown: unknown): boolean {
  return thrown instanceof DOMException && thrown.name === 'NotFoundError';
}

/** Splits off the last part: folders above it, and its name. */
function split(path: string): { folders: readonly string[]; name: string } {
  const parts = pathParts(path);
  return { folders: parts.slice(0, -1), name: parts.at(-1) ?? '' };
}

class OpfsStore implements FileStore {
  #root: FileSystemDirectoryHandle;
  /** Opens the root folder again after the browser has removed it. */
  readonly #reopen: () => Promise<FileSystemDirectoryHandle>;

  constructor(root: FileSystemDirectoryHandle, reopen: () => Promise<FileSystemDirectoryHandle>) {
    this.#root = root;
    this.#reopen = reopen;
  }

  async open(path: string): Promise<ByteSource> {
    return blobSource(path, await this.blob(path));
  }

  async blob(path: string): Promise<File> {
    try {
      const { folders, name } = split(path);
      const folder = await this.#folder(folders, false);
      const handle = await folder.getFileHandle(name);
      return await handle.getFile();
    } catch (thrown) {
      throw storageFault(path, thrown);
    }
  }

  async create(path: string, continued?: Sealer): Promise<FileWriter> {
    const sealer = continued ?? new Sealer();
    let handle: SyncAccessHandle;
    try {
      const entry = await this.#entry(path);
      handle = await holding(entry, () => entry.createSyncAccessHandle());
    } catch (thrown) {
      throw storageFault(path, thrown);
    }
    try {
      handle.truncate(sealer.bytes);
    } catch (thrown) {
      handle.close();
      throw storageFault(path, thrown);
    }
    return new OpfsWriter(path, handle, sealer, () => this.remove(path));
  }

  async remove(path: string): Promise<void> {
    try {
      const { folders, name } = split(path);
      const folder = await this.#folder(folders, false);
      await folder.removeEntry(name, { recursive: true });
    } catch (thrown) {
      if (isNotFound(thrown)) return;
      throw storageFault(path, thrown);
    }
  }

  async list(folder: string): Promise<string[]> {
    try {
      const handle = await this.#folder(folder === '' ? [] : pathParts(folder), false);
      const names: string[] = [];
      for await (const name of handle.keys()) names.push(name);
      return names.sort();
    } catch (thrown) {
      if (isNotFound(thrown)) return [];
      throw storageFault(folder, thrown);
    }
  }

  async #descend(folders: readonly string[], create: boolean): Promise<FileSystemDirectoryHandle> {
    let folder = this.#root;
    for (const name of folders) folder = await folder.getDirectoryHandle(name, { create });
    return folder;
  }

  async #folder(folders: readonly string[], create: boolean): Promise<FileSystemDirectoryHandle> {
    try {
      return await this.#descend(folders, create);
    } catch (thrown) {
      if (!isNotFound(thrown) || !create) throw thrown;
      // Folders are made as they are needed, so only the root folder can be missing.
      this.#root = await this.#reopen();
      return this.#descend(folders, create);
    }
  }

  async #entry(path: string): Promise<WorkerFileHandle> {
    const { folders, name } = split(path);
    const make = async (): Promise<FileSystemFileHandle> =>
      (await this.#folder(folders, true)).getFileHandle(name, { create: true });
    const entry = await make().catch(async (thrown: unknown) => {
      if (!isNotFound(thrown)) throw thrown;
      this.#root = await this.#reopen();
      return make();
    });
    return entry as WorkerFileHandle;
  }
}

/** Writes one file from the byte that its sealer has reached. */
class OpfsWriter implements FileWriter {
  readonly #path: string;
  readonly #handle: SyncAccessHandle;
  readonly #sealer: Sealer;
  readonly #remove: () => Promise<void>;

  constructor(path: string, handle: SyncAccessHandle, sealer: Sealer, remove: () => Promise<void>) {
    this.#path = path;
    this.#handle = handle;
    this.#sealer = sealer;
    this.#remove = remove;
  }

  async write(bytes: Uint8Array): Promise<void> {
    try {
      const written = this.#handle.write(bytes, { at: this.#sealer.bytes });
      if (written !== bytes.byteLength) {
        throw new DOMException('fewer bytes were written', 'QuotaExceededError');
      }
    } catch (thrown) {
      throw storageFault(this.#path, thrown);
    }
    this.#sealer.update(bytes);
  }

  async close(): Promise<FileSeal> {
    try {
      this.#handle.flush();
      this.#handle.close();
    } catch (thrown) {
      throw storageFault(this.#path, thrown);
    }
    return this.#sealer.seal();
  }

  async abort(): Promise<void> {
    this.#handle.close();
    await this.#remove();
  }
}
