/**
 * Finds the values of a JSON text that arrives in pieces: the elements of one large array, or values that
 * follow each other over several lines. It works on bytes, since all structure of JSON is ASCII, and
 * tracks only brackets and quotes: whether a value is valid is for the parser that gets it. Memory is
 * bounded by the longest single value.
 */
import { joinBytes, MAX_LINE_BYTES } from './text-lines.ts';

export interface FoundValue {
  /** 1-based physical line and column (UTF-16 units) where the value begins. */
  readonly line: number;
  readonly column: number;
  /** Its bytes, or undefined where there were more than the limit. */
  readonly bytes: Uint8Array | undefined;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const LINE_FEED = 0x0a;

const isOpening = (byte: number): boolean => byte === 0x7b || byte === 0x5b;
const isClosing = (byte: number): boolean => byte === 0x7d || byte === 0x5d;
const isBlank = (byte: number): boolean =>
  byte === 0x20 || byte === 0x09 || byte === LINE_FEED || byte === 0x0d;
/** The three bytes of a byte order mark; none of them can begin a value. */
const isMark = (byte: number): boolean => byte === 0xef || byte === 0xbb || byte === 0xbf;
const isSquare = (byte: number): boolean => byte === 0x5b || byte === 0x5d;

export class JsonValueSplitter {
  readonly #inArray: boolean;
  #line = 1;
  #column = 1;
  #depth = 0;
  #inString = false;
  #escaped = false;
  #open = false;
  #start = { line: 1, column: 1 };
  #kept: Uint8Array[] = [];
  #length = 0;

  /** @param inArray whether the elements of arrays are wanted, rather than whole values. */
  constructor(inArray: boolean) {
    this.#inArray = inArray;
  }

  /** Values completed by this chunk. */
  *push(chunk: Uint8Array): Generator<FoundValue, void, undefined> {
    let from = 0;
    for (let i = 0; i < chunk.length; i++) {
      const byte = chunk[i] as number;
      const before = this.#open;
      const endsAt = this.#step(byte, i);
      if (!before && this.#open) from = i;
      if (endsAt >= 0) {
        yield this.#finish(chunk.subarray(from, endsAt));
        from = endsAt;
      }
      if (byte === LINE_FEED) {
        this.#line += 1;
        this.#column = 1;
      } else if ((byte & 0xc0) !== 0x80) {
        this.#column += byte >= 0xf0 ? 2 : 1;
      }
    }
    if (this.#open) this.#keep(chunk.subarray(from));
  }

  /** What is left unfinished at the end of the text. */
  *end(): Generator<FoundValue, void, undefined> {
    if (this.#open) yield this.#finish(new Uint8Array());
  }

  /** Takes one byte; the index at which a value has ended, or −1. */
  #step(byte: number, index: number): number {
    if (this.#inString) {
      if (this.#escaped) this.#escaped = false;
      else if (byte === BACKSLASH) this.#escaped = true;
      else if (byte === QUOTE) this.#inString = false;
      return -1;
    }
    if (!this.#open) {
      // Between values: separators, and the brackets of the array itself.
      const separator = isBlank(byte) || isMark(byte) || byte === COMMA;
      if (separator || (this.#inArray && isSquare(byte))) return -1;
      this.#open = true;
      this.#start = { line: this.#line, column: this.#column };
    } else if (this.#depth === 0 && (isBlank(byte) || byte === COMMA || isClosing(byte))) {
      // A bare word, number or string has ended.
      return index;
    }
    if (byte === QUOTE) this.#inString = true;
    else if (isOpening(byte)) this.#depth += 1;
    else if (isClosing(byte)) {
      this.#depth -= 1;
      if (this.#depth <= 0) return index + 1;
    }
    return -1;
  }

  #keep(part: Uint8Array): void {
    this.#length += part.length;
    if (this.#length <= MAX_LINE_BYTES) this.#kept.push(part.slice());
    else this.#kept = [];
  }

  #finish(part: Uint8Array): FoundValue {
    this.#keep(part);
    const bytes = this.#length > MAX_LINE_BYTES ? undefined : joinBytes(this.#kept);
    this.#kept = [];
    this.#length = 0;
    this.#open = false;
    this.#depth = 0;
    return { ...this.#start, bytes };
  }
}
