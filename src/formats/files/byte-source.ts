/** A file that is read piece by piece: a dropped File, bytes in memory, or a file in the browser's private storage. */
import { fault, type StudioError } from '../../faults/fault.ts';

/**
 * A file that is read piece by piece: a dropped File, bytes in memory, a file in the browser's own
 * storage. Parsers see only this, so none of them can allocate what a header merely claims.
 */
export interface ByteSource {
  /** File name, for messages. */
  readonly name: string;
  /** Length in bytes. */
  readonly size: number;
  /**
   * The bytes [begin, end). The array owns its buffer (it may be transferred) and starts at offset 0 of that
   * buffer, so that any typed array can view it.
   * @throws StudioError `file-range` outside the file, `file-unreadable` when it cannot be read any more.
   */
  read(begin: number, end: number): Promise<Uint8Array<ArrayBuffer>>;
}

function checkRange(name: string, size: number, begin: number, end: number): void {
  const whole = Number.isSafeInteger(begin) && Number.isSafeInteger(end);
  if (whole && begin >= 0 && begin <= end && end <= size) return;
  throw fault('file-range', { reason: 'bytes', file: name, first: begin, last: end, size });
}

/** A source over bytes in memory. Reads copy, so that the caller may transfer what it gets. */
export function memorySource(name: string, bytes: Uint8Array): ByteSource {
  return {
    name,
    size: bytes.byteLength,
    read: async (begin, end) => {
      checkRange(name, bytes.byteLength, begin, end);
      const copy = new Uint8Array(end - begin);
      copy.set(bytes.subarray(begin, end));
      return copy;
    },
  };
}

/** A source over a Blob or File; nothing is read before it is asked for. */
export function blobSource(name: string, blob: Blob): ByteSource {
  return {
    name,
    size: blob.size,
    read: async (begin, end) => {
      checkRange(name, blob.size, begin, end);
      let buffer: ArrayBuffer;
      try {
        buffer = await blob.slice(begin, end).arrayBuffer();
      } catch (cause) {
        throw unreadable(name, cause);
      }
      if (buffer.byteLength !== end - begin) throw unreadable(name, undefined);
      return new Uint8Array(buffer);
    },
  };
}

function unreadable(name: string, cause: unknown): StudioError {
  return fault('file-unreadable', { file: name }, { cause });
}

/** Bytes read at a time when a whole file is copied or checked. */
const COPY_BYTES = 4 * 2 ** 20;

/** The bytes of a source in order, a few at a time. */
export async function* readPieces(source: ByteSource): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  for (let begin = 0; begin < source.size; begin += COPY_BYTES) {
    yield await source.read(begin, Math.min(begin + COPY_BYTES, source.size));
  }
}
