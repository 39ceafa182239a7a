/**
 * Reads zip archives without trusting them. It follows the central directory and checks every entry before it
 * unpacks any. It unpacks only as far as the caller reads, and never beyond the declared size.
 */
import type { ArchiveFlaw } from '../../faults/catalogue/files.ts';
import { Inflate } from 'fflate';
import { fault, StudioError } from '../../faults/fault.ts';
import type { ByteSource } from './byte-source.ts';
import { crc32 } from './crc32.ts';
import { hasUnseen, sameFileKey } from './file-names.ts';

const MAX_ENTRIES = 10_000;
const MAX_PATH_LENGTH = 512;
/** Most bytes that one compressed entry may unpack to, and that all of them together may. */
const MAX_UNPACKED_BYTES = 1_000_000_000;
/** Text seldom shrinks by more than 20; a bomb shrinks by a thousand. */
const MAX_RATIO = 200;
const RATIO_FREE_BYTES = 1_000_000;

/** Compressed bytes given to the library at once: it unpacks all of them, up to a thousand times as much. */
const STEP_BYTES = 1 << 12;
/** Largest stored entry whose checksum is computed before its first byte is handed out. */
const SMALL_BYTES = 1 << 22;

const LOCAL_SIGNATURE = 0x04034b50;
const CENTRAL_SIGNATURE = 0x02014b50;
const END_SIGNATURE = 0x06054b50;
/** The 64-bit extension: a record about the directory and, before the usual end, where that record is. */
const END64_SIGNATURE = 0x06064b50;
const LOCATOR_SIGNATURE = 0x07064b50;
const LOCAL_SIZE = 30;
const CENTRAL_SIZE = 46;
const END_SIZE = 22;
const END64_SIZE = 56;
const LOCATOR_SIZE = 20;
/** A 32-bit field with this value has its real value in the 64-bit extension. */
const MOVED = 0xffff_ffff;
const EXTRA_64 = 1;

/** Whether a path stays inside the folder that it is unpacked into, and has no characters that mislead its reader. */
export function isSafePath(path: string): boolean {
  if (path.length === 0 || path.length > MAX_PATH_LENGTH || /[\\:]/.test(path)) return false;
  if (hasUnseen(path)) return false;
  return path.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
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

/** Tighter caps than the general ones, for archives whose parts are known to be small. */
export interface ZipCaps {
  /** Largest compressed entry, in bytes unpacked; stored entries are read in place and may be larger. */
  readonly entryBytes?: number;
}

/**
 * Opens a zip: path → source, for every file in it. Stored entries are read in place, compressed ones are
 * unpacked while they are read; both are checked against their declared size and checksum.
 * @throws StudioError `archive-…` for anything malformed, encrypted, overlapping, outside the caps (10,000
 *   files, ratio 200, 1 GB unpacked) or with a path that leaves the folder.
 */
export async function openZip(
  source: ByteSource,
  { entryBytes = MAX_UNPACKED_BYTES }: ZipCaps = {},
): Promise<ReadonlyMap<string, ByteSource>> {
  const entries = await readDirectory(source);
  const files = new Map<string, ByteSource>();
  const keys = new Set<string>();
  let unpacked = 0;
  for (const entry of entries) {
    const key = sameFileKey(entry.path);
    if (keys.has(key)) {
      const path = entry.path.slice(0, 80);
      throw fault('archive-twice', { path });
    }
    keys.add(key);
    if (entry.method === 0) {
      files.set(entry.path, storedSource(source, entry));
      continue;
    }
    unpacked += entry.size;
    const bomb = entry.size > RATIO_FREE_BYTES && entry.size > entry.packed * MAX_RATIO;
    if (unpacked > MAX_UNPACKED_BYTES || entry.size > entryBytes || bomb) {
      throw fault('archive-bomb', {
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
  const malformed = (flaw: ArchiveFlaw): StudioError =>
    fault('archive-malformed', { file: source.name, ...flaw });
  const tailBegin = Math.max(0, source.size - END_SIZE - 0xffff);
  const tail = await source.read(tailBegin, source.size);
  const view = new DataView(tail.buffer);
  let end = tail.length - END_SIZE;
  while (end >= 0 && view.getUint32(end, true) !== END_SIGNATURE) end -= 1;
  if (end < 0) throw malformed({ reason: 'no-directory' });
  const { count, size, offset } = (await readEnd64(source, tailBegin + end, malformed)) ?? {
    count: view.getUint16(end + 10, true),
    size: view.getUint32(end + 12, true),
    offset: view.getUint32(end + 16, true),
  };
  if (count > MAX_ENTRIES) throw fault('archive-count', { count });
  if (offset + size > tailBegin + end) throw malformed({ reason: 'directory-outside' });

  const directory = await source.read(offset, offset + size);
  const entries: Entry[] = [];
  let at = 0;
  for (let i = 0; i < count; i++) {
    const header = readCentral(directory, at, malformed);
    at = header.next;
    const { path } = header;
    // Folders, and the files that macOS adds, are left out.
    if (path.endsWith('/') || path.startsWith('__MACOSX/')) continue;
    if (!isSafePath(path)) {
      throw fault('archive-path', { path: path.slice(0, 80), made: false });
    }
    entries.push({ ...header, begin: await dataBegin(source, header.header, malformed) });
  }
  checkOverlap(entries, offset, malformed);
  return entries;
}

type Malformed = (flaw: ArchiveFlaw) => StudioError;

/** Where the directory is in an archive with the 64-bit extension; null in others. */
async function readEnd64(
  source: ByteSource,
  end: number,
  malformed: Malformed,
): Promise<{ count: number; size: number; offset: number } | null> {
  if (end < LOCATOR_SIZE) return null;
  const locator = new DataView((await source.read(end - LOCATOR_SIZE, end)).buffer);
  if (locator.getUint32(0, true) !== LOCATOR_SIGNATURE) return null;
  const at = exact(locator.getBigUint64(8, true), malformed);
  if (at + END64_SIZE > end) throw malformed({ reason: 'wide-directory-outside' });
  const record = new DataView((await source.read(at, at + END64_SIZE)).buffer);
  if (record.getUint32(0, true) !== END64_SIGNATURE) {
    throw malformed({ reason: 'no-wide-directory' });
  }
  return {
    count: exact(record.getBigUint64(32, true), malformed),
    size: exact(record.getBigUint64(40, true), malformed),
    offset: exact(record.getBigUint64(48, true), malformed),
  };
}

function exact(value: bigint, malformed: Malformed): number {
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw malformed({ reason: 'size-beyond' });
  return Number(value);
}

/** Values of the 64-bit extra field, in their fixed order, for the fields that were moved there. */
function moved(extra: Uint8Array, fields: readonly number[], malformed: Malformed): number[] {
  const view = new DataView(extra.buffer, extra.byteOffset, extra.length);
  let at = 0;
  let end = 0;
  for (let next = 0; next + 4 <= extra.length; next += 4 + view.getUint16(next + 2, true)) {
    if (view.getUint16(next, true) !== EXTRA_64) continue;
    at = next + 4;
    end = Math.min(extra.length, at + view.getUint16(next + 2, true));
  }
  return fields.map((field) => {
    if (field !== MOVED) return field;
    if (at + 8 > end) throw malformed({ reason: 'no-wide-size' });
    at += 8;
    return exact(view.getBigUint64(at - 8, true), malformed);
  });
}

function readCentral(
  directory: Uint8Array<ArrayBuffer>,
  at: number,
  malformed: Malformed,
): Omit<Entry, 'begin'> & { readonly next: number } {
  const view = new DataView(directory.buffer);
  if (at + CENTRAL_SIZE > directory.length || view.getUint32(at, true) !== CENTRAL_SIGNATURE) {
    throw malformed({ reason: 'directory-cut' });
  }
  const flags = view.getUint16(at + 8, true);
  const method = view.getUint16(at + 10, true);
  const nameEnd = at + CENTRAL_SIZE + view.getUint16(at + 28, true);
  const next = nameEnd + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  if (next > directory.length) throw malformed({ reason: 'directory-cut' });
  let path: string;
  try {
    path = new TextDecoder('utf-8', { fatal: true }).decode(
      directory.subarray(at + CENTRAL_SIZE, nameEnd),
    );
  } catch {
    throw malformed({ reason: 'name-not-text' });
  }
  const extra = directory.subarray(nameEnd, nameEnd + view.getUint16(at + 30, true));
  const fields = [24, 20, 42].map((field) => view.getUint32(at + field, true));
  const [size = 0, packed = 0, header = 0] = moved(extra, fields, malformed);
  if ((flags & 1) !== 0) throw fault('archive-encrypted');
  if (method !== 0 && method !== 8) throw malformed({ reason: 'method', path, method });
  if (method === 0 && packed !== size) throw malformed({ reason: 'sizes', path });
  return { path, method, crc: view.getUint32(at + 16, true), packed, size, header, next };
}

async function dataBegin(source: ByteSource, at: number, malformed: Malformed): Promise<number> {
  if (at + LOCAL_SIZE > source.size) throw malformed({ reason: 'file-outside' });
  const head = await source.read(at, at + LOCAL_SIZE);
  const view = new DataView(head.buffer);
  if (view.getUint32(0, true) !== LOCAL_SIGNATURE) throw malformed({ reason: 'no-header' });
  return at + LOCAL_SIZE + view.getUint16(26, true) + view.getUint16(28, true);
}

function checkOverlap(entries: readonly Entry[], directory: number, malformed: Malformed): void {
  const sorted = [...entries].sort((a, b) => a.header - b.header);
  let free = 0;
  for (const { header, begin, packed } of sorted) {
    if (header < free) throw malformed({ reason: 'overlap' });
    free = begin + packed;
  }
  if (free > directory) throw malformed({ reason: 'into-directory' });
}

function damaged({ path }: Entry): StudioError {
  return fault('archive-damaged', { path });
}

/** A source that checks that every read lies inside it, and reads one after another. */
function orderly(
  entry: Entry,
  read: (first: number, last: number) => Promise<Uint8Array<ArrayBuffer>>,
): ByteSource {
  const { path, size } = entry;
  let before: Promise<unknown> = Promise.resolve();
  return {
    name: path,
    size,
    read: async (first, last) => {
      if (!(first >= 0 && first <= last && last <= size)) {
        throw fault('archive-range', { path, first, last, size });
      }
      const next = before.then(() => read(first, last));
      before = next.catch(() => undefined);
      return next;
    },
  };
}

/**
 * Bytes as they lie in the archive. The checksum covers the whole entry: a small entry is checked before its
 * first byte is handed out, a large one while it is read from beginning to end.
 */
function storedSource(source: ByteSource, entry: Entry): ByteSource {
  const { begin, size, crc } = entry;
  let whole = size > SMALL_BYTES;
  let passed = 0;
  let sum = 0;
  return orderly(entry, async (first, last) => {
    if (!whole && crc32(await source.read(begin, begin + size)) !== crc) throw damaged(entry);
    whole = true;
    const bytes = await source.read(begin + first, begin + last);
    if (first === 0) [passed, sum] = [0, 0];
    if (first !== passed) return bytes;
    [passed, sum] = [last, crc32(bytes, sum)];
    if (passed === size && sum !== crc) throw damaged(entry);
    return bytes;
  });
}

/**
 * A compressed entry, unpacked only as far as it is read; a read of earlier bytes unpacks from the beginning
 * again. It keeps only the bytes that one step unpacks.
 */
function packedSource(source: ByteSource, entry: Entry): ByteSource {
  let unpacking = new Unpacking(source, entry);
  return orderly(entry, async (first, last) => {
    if (first < unpacking.position) unpacking = new Unpacking(source, entry);
    return unpacking.read(first, last);
  });
}

/** One pass through a compressed entry, checked against its declared size and checksum. */
class Unpacking {
  /** Offset of the first byte that is unpacked and not yet read. */
  position = 0;
  readonly #source: ByteSource;
  readonly #entry: Entry;
  readonly #inflate: Inflate;
  #waiting: Uint8Array[] = [];
  #given = 0;
  #length = 0;
  #sum = 0;

  constructor(source: ByteSource, entry: Entry) {
    this.#source = source;
    this.#entry = entry;
    this.#inflate = new Inflate((chunk) => {
      this.#length += chunk.length;
      if (this.#length > entry.size) throw damaged(entry);
      this.#sum = crc32(chunk, this.#sum);
      if (chunk.length > 0) this.#waiting.push(chunk);
    });
  }

  async read(first: number, last: number): Promise<Uint8Array<ArrayBuffer>> {
    const out = new Uint8Array(last - first);
    for (;;) {
      this.#take(out, first, last);
      const ended = this.#given === this.#entry.packed;
      // Reading past the last byte shows whether the entry ends where it should.
      const due = last < this.#entry.size ? last : Infinity;
      if (this.#length >= due || ended) break;
      await this.#step();
    }
    this.#take(out, first, last);
    if (this.position < last) throw damaged(this.#entry);
    return out;
  }

  /** Drops the unpacked bytes before `last`, and copies those from `first` on into `out`. */
  #take(out: Uint8Array, first: number, last: number): void {
    for (let chunk = this.#waiting.shift(); chunk; chunk = this.#waiting.shift()) {
      const end = Math.min(last, this.position + chunk.length);
      const from = Math.max(first, this.position);
      if (from < end) {
        out.set(chunk.subarray(from - this.position, end - this.position), from - first);
      }
      const rest = chunk.subarray(end - this.position);
      this.position = end;
      if (rest.length === 0) continue;
      this.#waiting.unshift(rest);
      return;
    }
  }

  async #step(): Promise<void> {
    const { begin, packed, size, crc } = this.#entry;
    const stop = Math.min(packed, this.#given + STEP_BYTES);
    const bytes = await this.#source.read(begin + this.#given, begin + stop);
    this.#given = stop;
    try {
      this.#inflate.push(bytes, stop === packed);
    } catch (error) {
      if (error instanceof StudioError) throw error;
      throw damaged(this.#entry);
    }
    if (stop === packed && (this.#length !== size || this.#sum !== crc)) throw damaged(this.#entry);
  }
}
