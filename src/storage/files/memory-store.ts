/** Keeps files in memory, for Node and for browsers without a private file system (private windows). */
import { blobSource } from '../../formats/files/byte-source.ts';
import { Sealer } from '../../formats/files/sealer.ts';
import { fileMissing, pathParts } from './file-store.ts';
import type { FileStore, FileWriter } from './file-store.ts';

/** Files in memory: for Node, and for browsers that offer no private file system (private windows). */
export function memoryStore(): FileStore {
  const files = new Map<string, Blob>();

  function find(path: string): Blob {
    const blob = files.get(pathParts(path).join('/'));
    if (blob === undefined) throw fileMissing(path);
    return blob;
  }

  return {
    open: async (path) => blobSource(path, find(path)),
    blob: async (path) => find(path),
    create: async (path, continued): Promise<FileWriter> => {
      pathParts(path);
      const sealer = continued ?? new Sealer();
      const parts: BlobPart[] = [];
      if (sealer.bytes > 0) parts.push(find(path).slice(0, sealer.bytes));
      return {
        write: async (bytes) => {
          parts.push(bytes.slice());
          sealer.update(bytes);
        },
        close: async () => {
          files.set(path, new Blob(parts));
          return sealer.seal();
        },
        abort: async () => {
          files.delete(path);
        },
      };
    },
    remove: async (path) => {
      for (const name of [...files.keys()]) {
        if (name === path || name.startsWith(`${path}/`)) files.delete(name);
      }
    },
    list: async (folder) => {
      const prefix = folder === '' ? '' : `${folder}/`;
      const names = new Set<string>();
      for (const path of files.keys()) {
        if (path.startsWith(prefix)) names.add(path.slice(prefix.length).split('/')[0] ?? '');
      }
      return [...names].sort();
    },
  };
}
