/** Stores large things as files: records, weights, checkpoints. */
import { detailOf, fault, StudioError } from '../../faults/fault.ts';
import { readPieces } from '../../formats/files/byte-source.ts';
import type { ByteSource } from '../../formats/files/byte-source.ts';
import { Sealer, type FileSeal } from '../../formats/files/sealer.ts';

/**
 * Large things as files: records, weights, checkpoints. Paths are relative, with `/`, no `.` or `..`.
 * Two stores keep to this interface: the browser's private file system and memory (for Node).
 */
export interface FileStore {
  /** Opens a file for reading; bytes are read only on request. @throws StudioError `file-missing` */
  open(path: string): Promise<ByteSource>;
  /** A file as a Blob that the page can save without another copy. @throws StudioError `file-missing` */
  blob(path: string): Promise<Blob>;
  /**
   * Creates a file, replacing any file at this path.
   * @param continued continues the existing file after the bytes that this sealer has seen (the caller read
   *   them from the file); bytes beyond them are cut off
   * @throws StudioError `storage-full`, `storage-failed`
   */
  create(path: string, continued?: Sealer): Promise<FileWriter>;
  /** Removes a file or a whole folder; a missing one is no fault. */
  remove(path: string): Promise<void>;
  /** Names in a folder, sorted; empty where there is no such folder. */
  list(folder: string): Promise<readonly string[]>;
}

export interface FileWriter {
  /** Appends. The bytes are taken before the promise resolves; the caller may reuse the array then. */
  write(bytes: Uint8Array): Promise<void>;
  /** Everything is on disk when this resolves. */
  close(): Promise<FileSeal>;
  /** Gives up and removes the file. */
  abort(): Promise<void>;
}

/** A finished file with the length and hash that it must have when it is read again. */
export interface StoredFile extends FileSeal {
  readonly path: string;
}

/** Parts of a path, after checking that it stays inside the store. */
export function pathParts(path: string): readonly string[] {
  const parts = path.split('/');
  const inside = parts.every((part) => part !== '' && part !== '.' && part !== '..');
  if (!inside || /[\\\0]/.test(path)) {
    throw fault('storage-path', { path: path.slice(0, 120) });
  }
  return parts;
}

export function fileMissing(path: string): StudioError {
  return fault('file-missing', { path }, { kept: 'everything-else' });
}

/** For a full disk, Firefox and newer Chromium throw a separate class with the same name. */
function nameOf(thrown: unknown): string {
  return thrown instanceof Error || thrown instanceof DOMException ? thrown.name : '';
}

/** What the browser's storage threw, in the studio's terms. */
export function storageFault(path: string, thrown: unknown): StudioError {
  if (thrown instanceof StudioError) return thrown;
  const name = nameOf(thrown);
  if (name === 'NotFoundError') return fileMissing(path);
  if (name === 'QuotaExceededError') {
    return fault('storage-full', { path }, { kept: 'stored-before', cause: thrown });
  }
  return fault(
    'storage-failed',
    { path, detail: detailOf(thrown) },
    { kept: 'stored-before', cause: thrown },
  );
}

/** Writes one file whole. */
export async function writeFile(
  store: FileStore,
  path: string,
  parts: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): Promise<StoredFile> {
  const writer = await store.create(path);
  try {
    for await (const part of parts) await writer.write(part);
    return { path, ...(await writer.close()) };
  } catch (error) {
    // The first error is the one to report; a part that cannot be removed now is swept later.
    await writer.abort().catch(() => undefined);
    throw error;
  }
}

/**
 * Reads a file back and compares it with what was sealed.
 * @param onProgress gets bytes read so far
 * @throws StudioError `file-damaged` when length or hash differ, `file-missing`
 */
export async function verifyFile(
  store: FileStore,
  file: StoredFile,
  onProgress?: (bytes: number) => void,
): Promise<void> {
  const source = await store.open(file.path);
  const sealer = new Sealer();
  for await (const piece of readPieces(source)) {
    sealer.update(piece);
    onProgress?.(sealer.bytes);
  }
  const found = sealer.seal();
  if (found.bytes !== file.bytes || found.sha256 !== file.sha256) {
    throw fault(
      'file-damaged',
      { path: file.path, bytes: found.bytes, expected: file.bytes },
      { kept: 'state-before-file' },
    );
  }
}

/** Reads a sealed file whole. @throws StudioError `file-damaged`, `file-missing` */
export async function readSealed(
  store: FileStore,
  file: StoredFile,
): Promise<Uint8Array<ArrayBuffer>> {
  await verifyFile(store, file);
  return readWhole(store, file.path);
}

export async function readWhole(store: FileStore, path: string): Promise<Uint8Array<ArrayBuffer>> {
  const source = await store.open(path);
  return source.read(0, source.size);
}
