/** The browser's private file system (OPFS). */
import { blobSource } from '../../formats/files/byte-source.ts';
import { pathParts, Sealer, storageFault } from './file-store.ts';
import type { FileStore, FileWriter } from './file-store.ts';

/**
 * A private window of Chromium holds these files in memory and forgets all of them after ten minutes in
 * which nobody asked for one: a finished run would be gone while it is looked at. So somebody asks.
 */
const ASK_EVERY_MS = 3 * 60_000;

/**
 * The browser's private file system (OPFS). Writing goes through synchronous access handles, which only a
 * worker has and which are the one way to know that bytes are on disk (flush); reading goes through File
 * objects, so that any number of readers is possible and nothing is read before it is needed.
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
    return opfsStore(root, open);
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

/** @param reopen gives the folder of all files anew, where the browser has cleared it away */
function opfsStore(
  first: FileSystemDirectoryHandle,
  reopen: () => Promise<FileSystemDirectoryHandle>,
): FileStore {
  let root = first;

  async function descend(
    folders: readonly string[],
    create: boolean,
  ): Promise<FileSystemDirectoryHandle> {
    let folder = root;
    for (const name of folders) folder = await folder.getDirectoryHandle(name, { create });
    return folder;
  }

  async function folderOf(
    folders: readonly string[],
    create: boolean,
  ): Promise<FileSystemDirectoryHandle> {
    try {
      return await descend(folders, create);
    } catch (thrown) {
      if (!isNotFound(thrown) || !create) throw thrown;
      // Folders are made as they are needed, so what is missing is the one above all.
      root = await reopen();
      return descend(folders, create);
    }
  }

  async function entryOf(path: string): Promise<WorkerFileHandle> {
    const { folders, name } = split(path);
    const make = async (): Promise<FileSystemFileHandle> =>
      (await folderOf(folders, true)).getFileHandle(name, { create: true });
    const entry = await make().catch(async (thrown: unknown) => {
      if (!isNotFound(thrown)) throw thrown;
      root = await reopen();
      return make();
    });
    return entry as WorkerFileHandle;
  }

  async function file(path: string): Promise<File> {
    try {
      const { folders, name } = split(path);
      const folder = await folderOf(folders, false);
      const handle = await folder.getFileHandle(name);
      return await handle.getFile();
    } catch (thrown) {
      throw storageFault(path, thrown);
    }
  }

  async function remove(path: string): Promise<void> {
    try {
      const { folders, name } = split(path);
      const folder = await folderOf(folders, false);
      await folder.removeEntry(name, { recursive: true });
    } catch (thrown) {
      if (isNotFound(thrown)) return;
      throw storageFault(path, thrown);
    }
  }

  return {
    open: async (path) => blobSource(path, await file(path)),
    blob: file,
    create: async (path, continued): Promise<FileWriter> => {
      const sealer = continued ?? new Sealer();
      let at = sealer.bytes;
      let handle: SyncAccessHandle;
      try {
        handle = await (await entryOf(path)).createSyncAccessHandle();
      } catch (thrown) {
        throw storageFault(path, thrown);
      }
      try {
        handle.truncate(at);
      } catch (thrown) {
        handle.close();
        throw storageFault(path, thrown);
      }
      return {
        write: async (bytes) => {
          try {
            const written = handle.write(bytes, { at });
            if (written !== bytes.byteLength) {
              throw new DOMException('fewer bytes were written', 'QuotaExceededError');
            }
          } catch (thrown) {
            throw storageFault(path, thrown);
          }
          at += bytes.byteLength;
          sealer.update(bytes);
        },
        close: async () => {
          try {
            handle.flush();
            handle.close();
          } catch (thrown) {
            throw storageFault(path, thrown);
          }
          return sealer.seal();
        },
        abort: async () => {
          handle.close();
          await remove(path);
        },
      };
    },
    remove,
    list: async (folder) => {
      try {
        const handle = await folderOf(folder === '' ? [] : pathParts(folder), false);
        const names: string[] = [];
        for await (const name of handle.keys()) names.push(name);
        return names.sort();
      } catch (thrown) {
        if (isNotFound(thrown)) return [];
        throw storageFault(folder, thrown);
      }
    },
  };
}
