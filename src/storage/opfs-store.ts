import { blobSource } from '../formats/byte-source.ts';
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
  let root: FileSystemDirectoryHandle;
  try {
    const top = await navigator.storage.getDirectory();
    root = await top.getDirectoryHandle(rootName, { create: true });
    setInterval(() => {
      top.getDirectoryHandle(rootName).catch(() => undefined);
    }, ASK_EVERY_MS);
  } catch (thrown) {
    throw storageFault('the private file system', thrown);
  }
  return opfsStore(root);
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

/** Splits off the last part: folders above it, and its name. */
function split(path: string): { folders: readonly string[]; name: string } {
  const parts = pathParts(path);
  return { folders: parts.slice(0, -1), name: parts.at(-1) ?? '' };
}

function opfsStore(root: FileSystemDirectoryHandle): FileStore {
  async function folderOf(
    folders: readonly string[],
    create: boolean,
  ): Promise<FileSystemDirectoryHandle> {
    let folder = root;
    for (const name of folders) folder = await folder.getDirectoryHandle(name, { create });
    return folder;
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
      if (thrown instanceof DOMException && thrown.name === 'NotFoundError') return;
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
        const { folders, name } = split(path);
        const folder = await folderOf(folders, true);
        const entry = (await folder.getFileHandle(name, { create: true })) as WorkerFileHandle;
        handle = await entry.createSyncAccessHandle();
        handle.truncate(at);
      } catch (thrown) {
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
        if (thrown instanceof DOMException && thrown.name === 'NotFoundError') return [];
        throw storageFault(folder, thrown);
      }
    },
  };
}
