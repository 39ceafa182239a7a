/** Reads folders on disk for the engine: files by path, a piece at a time. */
import { open, readdir, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import type { ByteSource } from '../../formats/files/byte-source.ts';

/** A file on disk, read only on request. @param name its name in messages */
export async function fileSource(path: string, name: string): Promise<ByteSource> {
  const { size } = await stat(path);
  return {
    name,
    size,
    async read(begin, end) {
      const handle = await open(path);
      try {
        const bytes = new Uint8Array(end - begin);
        const { bytesRead } = await handle.read(bytes, 0, bytes.length, begin);
        if (bytesRead !== bytes.length) throw new RangeError(`${path} ends before byte ${end}`);
        return bytes;
      } finally {
        await handle.close();
      }
    },
  };
}

/** Every file below a folder, by its path from there, with / between folders. */
export async function openFolder(path: string): Promise<Map<string, ByteSource>> {
  const files = new Map<string, ByteSource>();
  for (const entry of await readdir(path, { recursive: true, withFileTypes: true })) {
    const whole = join(entry.parentPath, entry.name);
    // Folders of downloaded models hold links to their files.
    if (!entry.isFile() && !(entry.isSymbolicLink() && (await stat(whole)).isFile())) continue;
    const name = whole.slice(join(path, sep).length).split(sep).join('/');
    files.set(name, await fileSource(whole, entry.name));
  }
  return files;
}
