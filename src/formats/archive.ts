/**
 * Zip archives: written as a stream, read without trust. Reading goes by the central directory; every
 * entry is checked before any is unpacked, and unpacking stops at the size that was declared.
 */
import { Inflate, Zip, ZipDeflate, ZipPassThrough } from 'fflate';
import { StudioError } from '../errors.ts';
import type { ErrorData } from '../errors.ts';
import type { ByteSource } from './byte-source.ts';
import { memorySource } from './byte-source.ts';
import { crc32 } from './crc32.ts';
import { joinBytes } from './text-lines.ts';

/** A zip without the 64-bit extension ends here; larger exports go to a folder. */
const MAX_ARCHIVE_BYTES = 0xffff_ffff;
const MAX_ENTRIES = 10_000;
const MAX_PATH_LENGTH = 512;
/** Largest single compressed entry unpacked into memory, and all of them together. */
const MAX_UNPACKED_BYTES = 1_000_000_000;
/** Text seldom shrinks by more than 20; a bomb shrinks by a thousand. */
const MAX_RATIO = 200;
const RATIO_FREE_BYTES = 1_000_000;

const LOCAL_SIGNATURE = 0x04034b50;
const CENTRAL_SIGNATURE = 0x02014b50;
const END_SIGNATURE = 0x06054b50;
const LOCAL_SIZE = 30;
const CENTRAL_SIZE = 46;
const END_SIZE = 22;

function fault(code: string, message: string, data: ErrorData = {}): StudioError {
  return new StudioError({
    code: `archive-${code}`,
    message,
    remedy: 'Use an archive that was made by the studio, or unpack it and drop the files.',
    data,
  });
}

export interface FileToArchive {
  readonly path: string;
  readonly chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
  /** Whether to compress; weights do not shrink and are stored, which also lets them be read in place. */
  readonly compress?: boolean;
}

/** Whether a path stays inside the folder that it is unpacked into. */
export function isSafePath(path: string): boolean {
  if (path.length === 0 || path.length > MAX_PATH_LENGTH || /[\\:\0]/.test(path)) return false;
  return path.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
}

/**
 * Writes a zip chunk by chunk; nothing is held but the directory. The same files give the same bytes.
 * @throws StudioError `archive-path`, `archive-too-large` beyond 4 GiB.
 */
export async function* writeZip(
  files: AsyncIterable<FileToArchive> | Iterable<FileToArchive>,
): AsyncGenerator<Uint8Array, void, undefined> {
  const ready: Uint8Array[] = [];
  const failures: Error[] = [];
  const paths = new Set<string>();
  let written = 0;
  const zip = new Zip((error, chunk) => {
    if (error !== null) failures.push(error);
    else ready.push(chunk);
  });
  const drain = function* (): Generator<Uint8Array, void, undefined> {
    const [failure] = failures;
    if (failure !== undefined) throw fault('write', `The archive failed: ${failure.message}`);
    for (const chunk of ready.splice(0)) {
      written += chunk.length;
      if (written > MAX_ARCHIVE_BYTES) {
        throw new StudioError({
          code: 'archive-too-large',
          message: 'The export is larger than 4 GiB, which a zip file cannot hold.',
          remedy: 'Export in bfloat16, or into a folder.',
        });
      }
      yield chunk;
    }
  };
  for await (const { path, chunks, compress } of files) {
    if (!isSafePath(path) || paths.has(path)) {
      throw fault('path', `"${path.slice(0, 80)}" cannot be the name of a file in an archive.`);
    }
    paths.add(path);
    const entry = compress === true ? new ZipDeflate(path, { level: 6 }) : new ZipPassThrough(path);
    // A fixed date, so that the same files give the same archive.
    entry.mtime = new Date(1980, 0, 1);
    zip.add(entry);
    for await (const chunk of chunks) {
      entry.push(chunk);
      yield* drain();
    }
    entry.push(new Uint8Array(), true);
    yield* drain();
  }
  zip.end();
  yield* drain();
}

interface Entry {
  readonly path: string;
  readonly method: number;
  readonly crc: number;
  readonly packed: number;
  readonly size: number;
  readonly header: number;
  readonly begin: number;
}

/**
 * Opens a zip: path → source, for every file in it. Stored entries are read in place; compressed ones are
 * unpacked when first read, against their declared size and checksum.
 * @throws StudioError `archive-…` for anything malformed, encrypted, overlapping, outside the caps (10,000
 *   files, ratio 200, 1 GB unpacked) or with a path that leaves the folder.
 */
export async function openZip(source: ByteSource): Promise<ReadonlyMap<string, ByteSource>> {
  const entries = await readDirectory(source);
  const files = new Map<string, ByteSource>();
  let unpacked = 0;
  for (const entry of entries) {
    if (files.has(entry.path)) {
      throw fault('twice', `The archive holds "${entry.path.slice(0, 80)}" twice.`);
    }
    if (entry.method === 0) {
      files.set(entry.path, storedSource(source, entry));
      continue;
    }
    unpacked += entry.size;
    const bomb = entry.size > RATIO_FREE_BYTES && entry.size > entry.packed * MAX_RATIO;
    if (unpacked > MAX_UNPACKED_BYTES || bomb) {
      throw fault('bomb', `The archive unpacks to far more than its size ("${entry.path}").`, {
        path: entry.path,
        packed: entry.packed,
        size: entry.size,
      });
    }
    files.set(entry.path, packedSource(source, entry));
  }
  return files;
}

async function readDirectory(source: ByteSource): Promise<readonly Entry[]> {
  const malformed = (what: string): StudioError =>
    fault('malformed', `${source.name} is no valid zip archive: ${what}.`, { file: source.name });
  const tailBegin = Math.max(0, source.size - END_SIZE - 0xffff);
  const tail = await source.read(tailBegin, source.size);
  const view = new DataView(tail.buffer);
  let end = tail.length - END_SIZE;
  while (end >= 0 && view.getUint32(end, true) !== END_SIGNATURE) end -= 1;
  if (end < 0) throw malformed('its directory is missing');
  const count = view.getUint16(end + 10, true);
  const size = view.getUint32(end + 12, true);
  const offset = view.getUint32(end + 16, true);
  if (count === 0xffff || offset === 0xffff_ffff) throw malformed('it needs the 64-bit extension');
  if (count > MAX_ENTRIES) throw fault('count', `The archive holds ${count} files.`, { count });
  if (offset + size > tailBegin + end) throw malformed('its directory lies outside the file');

  const directory = await source.read(offset, offset + size);
  const entries: Entry[] = [];
  let at = 0;
  for (let i = 0; i < count; i++) {
    const header = readCentral(directory, at, malformed);
    at = header.next;
    const { path } = header;
    // Folders and what macOS adds hold nothing.
    if (path.endsWith('/') || path.startsWith('__MACOSX/')) continue;
    if (!isSafePath(path)) {
      throw fault('path', `The archive holds a file outside its folder ("${path.slice(0, 80)}").`);
    }
    entries.push({ ...header, begin: await dataBegin(source, header.header, malformed) });
  }
  checkOverlap(entries, offset, malformed);
  return entries;
}

type Malformed = (what: string) => StudioError;

function readCentral(
  directory: Uint8Array<ArrayBuffer>,
  at: number,
  malformed: Malformed,
): Omit<Entry, 'begin'> & { readonly next: number } {
  const view = new DataView(directory.buffer);
  if (at + CENTRAL_SIZE > directory.length || view.getUint32(at, true) !== CENTRAL_SIGNATURE) {
    throw malformed('its directory is cut off');
  }
  const flags = view.getUint16(at + 8, true);
  const method = view.getUint16(at + 10, true);
  const nameEnd = at + CENTRAL_SIZE + view.getUint16(at + 28, true);
  const next = nameEnd + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  if (next > directory.length) throw malformed('its directory is cut off');
  let path: string;
  try {
    path = new TextDecoder('utf-8', { fatal: true }).decode(
      directory.subarray(at + CENTRAL_SIZE, nameEnd),
    );
  } catch {
    throw malformed('a file name is not UTF-8');
  }
  const packed = view.getUint32(at + 20, true);
  const size = view.getUint32(at + 24, true);
  const header = view.getUint32(at + 42, true);
  if ((flags & 1) !== 0) throw fault('encrypted', 'The archive is encrypted.');
  if (method !== 0 && method !== 8) throw malformed(`"${path}" is packed by method ${method}`);
  if (method === 0 && packed !== size) throw malformed(`the sizes of "${path}" disagree`);
  return { path, method, crc: view.getUint32(at + 16, true), packed, size, header, next };
}

async function dataBegin(source: ByteSource, at: number, malformed: Malformed): Promise<number> {
  if (at + LOCAL_SIZE > source.size) throw malformed('a file lies outside it');
  const head = await source.read(at, at + LOCAL_SIZE);
  const view = new DataView(head.buffer);
  if (view.getUint32(0, true) !== LOCAL_SIGNATURE) throw malformed('a file has no header');
  return at + LOCAL_SIZE + view.getUint16(26, true) + view.getUint16(28, true);
}

function checkOverlap(entries: readonly Entry[], directory: number, malformed: Malformed): void {
  const sorted = [...entries].sort((a, b) => a.header - b.header);
  let free = 0;
  for (const { header, begin, packed } of sorted) {
    if (header < free) throw malformed('two of its files overlap');
    free = begin + packed;
  }
  if (free > directory) throw malformed('a file runs into its directory');
}

function storedSource(source: ByteSource, { path, begin, size }: Entry): ByteSource {
  return {
    name: path,
    size,
    read: async (first, last) => {
      if (!(first >= 0 && first <= last && last <= size)) {
        throw fault(
          'range',
          `Bytes ${first} to ${last} of "${path}" were asked for; it has ${size}.`,
        );
      }
      return source.read(begin + first, begin + last);
    },
  };
}

function packedSource(source: ByteSource, entry: Entry): ByteSource {
  let unpacked: Promise<ByteSource> | undefined;
  return {
    name: entry.path,
    size: entry.size,
    read: async (first, last) => {
      unpacked ??= unpack(source, entry);
      return (await unpacked).read(first, last);
    },
  };
}

async function unpack(source: ByteSource, entry: Entry): Promise<ByteSource> {
  const { path, begin, packed, size, crc } = entry;
  const damaged = (): StudioError =>
    fault('damaged', `"${path}" in the archive is damaged.`, { path });
  const parts: Uint8Array[] = [];
  let length = 0;
  const inflate = new Inflate((chunk) => {
    length += chunk.length;
    if (length > size) throw damaged();
    parts.push(chunk.slice());
  });
  const step = 1 << 16;
  try {
    for (let at = 0; at < packed; at += step) {
      const stop = Math.min(packed, at + step);
      inflate.push(await source.read(begin + at, begin + stop), stop === packed);
    }
  } catch (error) {
    if (error instanceof StudioError) throw error;
    throw damaged();
  }
  const bytes = joinBytes(parts);
  if (bytes.length !== size || crc32(bytes) !== crc) throw damaged();
  return memorySource(path, bytes);
}
