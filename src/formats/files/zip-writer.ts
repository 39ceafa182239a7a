/**
 * Writes zip archives as a stream. Offsets beyond 4 GiB go into the format's 64-bit extension, so an archive
 * may be of any size. A single file in it must stay below 4 GiB, which every program can read.
 */
import { Deflate } from 'fflate';
import { fault, type StudioError } from '../../faults/fault.ts';
import { isSafePath } from './archive.ts';
import { crc32 } from './crc32.ts';
import { isPortablePath, sameFileKey } from './file-names.ts';

export interface FileToArchive {
  readonly path: string;
  readonly chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
  /** Whether to compress; weights do not shrink and are stored, which also lets them be read in place. */
  readonly compress?: boolean;
}

/** The same files in a folder of the archive. */
export async function* inFolder(
  folder: string,
  contents: AsyncIterable<FileToArchive> | Iterable<FileToArchive>,
): AsyncGenerator<FileToArchive> {
  for await (const file of contents) yield { ...file, path: `${folder}/${file.path}` };
}

/** A 32-bit field with this value has its real value in the 64-bit extension. */
const MOVED = 0xffff_ffff;
/** Names are UTF-8; sizes and checksum follow the data. */
const FLAGS = 0x0808;
/** 1 January 1980, so that the same files give the same archive. */
const DATE = 0x0021;
const VERSION = 20;
const VERSION_64 = 45;

interface Written {
  readonly name: Uint8Array;
  readonly method: number;
  readonly begin: number;
  readonly crc: number;
  readonly packed: number;
  readonly size: number;
}

/** Numbers as little-endian bytes: [bytes, value] pairs. */
function record(...fields: readonly (readonly [2 | 4 | 8, number])[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(fields.reduce((sum, [bytes]) => sum + bytes, 0)));
  let at = 0;
  for (const [bytes, value] of fields) {
    if (bytes === 2) view.setUint16(at, value, true);
    else if (bytes === 4) view.setUint32(at, value, true);
    else view.setBigUint64(at, BigInt(value), true);
    at += bytes;
  }
  return new Uint8Array(view.buffer);
}

function localHeader({ name, method }: Pick<Written, 'name' | 'method'>): Uint8Array[] {
  const head = record(
    [4, 0x04034b50],
    [2, VERSION],
    [2, FLAGS],
    [2, method],
    [2, 0],
    [2, DATE],
    [4, 0],
    [4, 0],
    [4, 0],
    [2, name.length],
    [2, 0],
  );
  return [head, name];
}

function centralHeader(
  { name, method, begin, crc, packed, size }: Written,
  limit: number,
): Uint8Array[] {
  const far = begin >= limit;
  const extra = far ? record([2, 1], [2, 8], [8, begin]) : new Uint8Array();
  const head = record(
    [4, 0x02014b50],
    [2, far ? VERSION_64 : VERSION],
    [2, far ? VERSION_64 : VERSION],
    [2, FLAGS],
    [2, method],
    [2, 0],
    [2, DATE],
    [4, crc],
    [4, packed],
    [4, size],
    [2, name.length],
    [2, extra.length],
    [2, 0],
    [2, 0],
    [2, 0],
    [4, 0],
    [4, far ? MOVED : begin],
  );
  return [head, name, extra];
}

/** The records after the directory, which begins at `offset` and has `size` bytes. */
function ending(count: number, offset: number, size: number, limit: number): Uint8Array[] {
  const far = offset >= limit || count >= 0xffff;
  const end = record(
    [4, 0x06054b50],
    [2, 0],
    [2, 0],
    [2, far ? 0xffff : count],
    [2, far ? 0xffff : count],
    [4, far ? MOVED : size],
    [4, far ? MOVED : offset],
    [2, 0],
  );
  if (!far) return [end];
  const end64 = record(
    [4, 0x06064b50],
    [8, 44],
    [2, VERSION_64],
    [2, VERSION_64],
    [4, 0],
    [4, 0],
    [8, count],
    [8, count],
    [8, size],
    [8, offset],
  );
  return [end64, record([4, 0x07064b50], [4, 0], [8, offset + size], [4, 1]), end];
}

/** The bytes of a file as they lie in the archive, with the sizes and checksum counted on the way. */
async function* pack(
  { path, chunks, compress }: FileToArchive,
  counted: { crc: number; size: number },
): AsyncGenerator<Uint8Array, void, undefined> {
  const ready: Uint8Array[] = [];
  const deflate = compress === true ? new Deflate({ level: 6 }, (part) => ready.push(part)) : null;
  for await (const chunk of chunks) {
    counted.crc = crc32(chunk, counted.crc);
    counted.size += chunk.length;
    if (counted.size >= MOVED) throw tooLarge(path);
    if (!deflate) {
      yield chunk;
      continue;
    }
    // The compressor keeps what it is given; the caller may reuse its array.
    deflate.push(chunk.slice());
    yield* ready.splice(0);
  }
  deflate?.push(new Uint8Array(), true);
  yield* ready.splice(0);
}

/**
 * Writes a zip chunk by chunk; only the directory is held in memory. The same files give the same bytes.
 * @param limit offset from which the 64-bit extension is used; smaller only in tests
 * @throws StudioError `archive-path`, `archive-too-large` for a single file of 4 GiB or more
 */
export async function* writeZip(
  files: AsyncIterable<FileToArchive> | Iterable<FileToArchive>,
  limit: number = MOVED,
): AsyncGenerator<Uint8Array, void, undefined> {
  const encoder = new TextEncoder();
  const keys = new Set<string>();
  const written: Written[] = [];
  let at = 0;
  for await (const file of files) {
    const { path } = file;
    const key = sameFileKey(path);
    if (!isSafePath(path) || !isPortablePath(path) || keys.has(key)) {
      throw fault('archive-path', { path: path.slice(0, 80), made: true });
    }
    keys.add(key);
    const begin = at;
    const start = { name: encoder.encode(path), method: file.compress === true ? 8 : 0 };
    for (const part of localHeader(start)) {
      at += part.length;
      yield part;
    }
    const data = at;
    const counted = { crc: 0, size: 0 };
    for await (const part of pack(file, counted)) {
      at += part.length;
      yield part;
    }
    const entry = { ...start, ...counted, begin, packed: at - data };
    const sizes = record([4, 0x08074b50], [4, entry.crc], [4, entry.packed], [4, entry.size]);
    at += sizes.length;
    yield sizes;
    written.push(entry);
  }
  const offset = at;
  for (const part of written.flatMap((entry) => centralHeader(entry, limit))) {
    at += part.length;
    yield part;
  }
  yield* ending(written.length, offset, at - offset, limit);
}

function tooLarge(path: string): StudioError {
  return fault('archive-too-large', { path: path.slice(0, 80) });
}
