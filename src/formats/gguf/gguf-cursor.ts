/** Reads a header of unknown length through a window of bounded memory. */
import type { GgufPlace } from '../../faults/catalogue/gguf.ts';
import { fault } from '../../faults/fault.ts';
import type { ByteSource } from '../files/byte-source.ts';

/** Bytes fetched at a time. The headers of published models have some 6 MB, most of it the tokenizer. */
const WINDOW_BYTES = 1 << 20;
/** Longest header read; the largest vocabularies published (256,000 tokens with merges) take 20 MB. */
const MAX_HEADER_BYTES = 128 * 1024 * 1024;
/** Longest string read; chat templates have some 10 kB, while llama.cpp allows a gigabyte. */
const MAX_STRING_BYTES = 10_000_000;

export function shorten(text: string): string {
  return text.length > 120 ? `${text.slice(0, 120)}…` : text;
}

/**
 * Reads a header of unknown length from front to back through a window. Memory follows the bytes that are
 * really in the file, never what a count claims. `need` fetches; the readers after it do not wait.
 */
export class GgufCursor {
  readonly source: ByteSource;
  /** Bytes of the window from the position on. */
  available = 0;
  #bytes: Uint8Array = new Uint8Array();
  #view = new DataView(new ArrayBuffer(0));
  #at = 0;
  #windowEnd = 0;
  readonly #decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

  constructor(source: ByteSource) {
    this.source = source;
  }

  /** Place in the file of the next byte. */
  get position(): number {
    return this.#windowEnd - this.available;
  }

  /**
   * Makes the next `count` bytes available.
   * @throws StudioError `gguf-truncated` where the file ends before, `gguf-header-size` beyond the cap.
   */
  async need(count: number): Promise<void> {
    if (this.available >= count) return;
    const begin = this.position;
    this.expect(count);
    if (begin + count > MAX_HEADER_BYTES) {
      throw fault('gguf-header-size', { file: this.source.name, most: MAX_HEADER_BYTES });
    }
    const end = Math.min(this.source.size, begin + Math.max(count, WINDOW_BYTES));
    const bytes = await this.source.read(begin, end);
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer);
    this.#at = 0;
    this.#windowEnd = end;
    this.available = end - begin;
  }

  /** @throws StudioError `gguf-truncated` where the file ends before `count` more bytes */
  expect(count: number): void {
    if (count <= this.source.size - this.position) return;
    throw fault('gguf-truncated', { file: this.source.name, bytes: this.source.size });
  }

  #take(count: number): number {
    const at = this.#at;
    this.#at += count;
    this.available -= count;
    return at;
  }

  uint8(): number {
    return this.#view.getUint8(this.#take(1));
  }

  int8(): number {
    return this.#view.getInt8(this.#take(1));
  }

  uint16(): number {
    return this.#view.getUint16(this.#take(2), true);
  }

  int16(): number {
    return this.#view.getInt16(this.#take(2), true);
  }

  uint32(): number {
    return this.#view.getUint32(this.#take(4), true);
  }

  int32(): number {
    return this.#view.getInt32(this.#take(4), true);
  }

  float32(): number {
    return this.#view.getFloat32(this.#take(4), true);
  }

  float64(): number {
    return this.#view.getFloat64(this.#take(8), true);
  }

  uint64(): number | bigint {
    return narrowed(this.#view.getBigUint64(this.#take(8), true));
  }

  int64(): number | bigint {
    return narrowed(this.#view.getBigInt64(this.#take(8), true));
  }

  /**
   * A count of 64 bits that may be at most `most`.
   * @throws StudioError `gguf-count`, `gguf-truncated`
   */
  async count(place: GgufPlace, most: number): Promise<number> {
    await this.need(8);
    const value = this.uint64();
    if (typeof value === 'number' && value <= most) return value;
    throw fault('gguf-count', {
      file: this.source.name,
      ...place,
      claimed: String(value),
      most,
    });
  }

  /**
   * A string, preceded by its 64-bit length. @param place names the string in messages
   * @throws StudioError `gguf-string`, `gguf-utf8`, `gguf-truncated`
   */
  async text(place: GgufPlace, most = MAX_STRING_BYTES): Promise<string> {
    if (this.available < 8) await this.need(8);
    const length = this.uint64();
    if (typeof length !== 'number' || length > most) {
      throw fault('gguf-string', {
        file: this.source.name,
        ...place,
        claimed: String(length),
        most,
      });
    }
    if (this.available < length) await this.need(length);
    const at = this.#take(length);
    try {
      return this.#decoder.decode(this.#bytes.subarray(at, at + length));
    } catch {
      throw fault('gguf-utf8', { file: this.source.name, ...place });
    }
  }
}

/** A number where that is exact, else the bigint. */
function narrowed(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}
