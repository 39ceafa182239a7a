/**
 * Finds the values of a JSON text that arrives in pieces: the elements of one large array, or values that
 * follow each other, with or without line breaks between them. It works on bytes, since all structure of
 * JSON is ASCII, and tracks only brackets and quotes: whether a value is valid is for the parser that gets
 * it. A value that cannot end rightly (a bracket that closes another kind, a string across a line break, an
 * object that begins where a key is due) ends where the next one seems to begin, so that it costs only
 * itself. Memory is bounded by the longest single value.
 */
import { joinBytes, MAX_LINE_BYTES } from './text-lines.ts';

export interface FoundValue {
  /** 1-based physical line and column (UTF-16 units) where the value begins. */
  readonly line: number;
  readonly column: number;
  /**
   * Its bytes, or undefined where there were more than the limit. They may be a view of the chunk: they hold
   * until the next value is asked for.
   */
  readonly bytes: Uint8Array | undefined;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const LINE_FEED = 0x0a;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
/** Levels of which the kind of bracket is remembered; deeper ones are refused by the parser anyway. */
const KNOWN_LEVELS = 80;

const isOpening = (byte: number): boolean => byte === OPEN_OBJECT || byte === OPEN_LIST;
const isClosing = (byte: number): boolean => byte === CLOSE_OBJECT || byte === CLOSE_LIST;
const isBlank = (byte: number): boolean =>
  byte === 0x20 || byte === 0x09 || byte === LINE_FEED || byte === 0x0d;
/** The three bytes of a byte order mark; none of them can begin a value. */
const isMark = (byte: number): boolean => byte === 0xef || byte === 0xbb || byte === 0xbf;
const isSquare = (byte: number): boolean => byte === OPEN_LIST || byte === CLOSE_LIST;

/** UTF-16 units of a stretch of UTF-8. */
function unitsOf(chunk: Uint8Array, from: number, to: number): number {
  let units = 0;
  for (let i = from; i < to; i++) {
    const byte = chunk[i] as number;
    if ((byte & 0xc0) !== 0x80) units += byte >= 0xf0 ? 2 : 1;
  }
  return units;
}

export class JsonValueSplitter {
  readonly #inArray: boolean;
  #line = 1;
  /** Units of the line before `#counted`, an index of the chunk at hand. */
  #units = 0;
  #counted = 0;
  #depth = 0;
  #inString = false;
  #escaped = false;
  #open = false;
  /** The open value cannot be valid any more. */
  #broken = false;
  /** Nothing but blanks so far in this line. */
  #lineStart = true;
  /** The last byte outside of strings that is not blank; a string counts as its closing quote. */
  #last = 0;
  readonly #levels = new Uint8Array(KNOWN_LEVELS);
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
    this.#counted = 0;
    for (let i = 0; i < chunk.length; i++) {
      if (this.#inString) {
        i = this.#skipString(chunk, i);
        if (i >= chunk.length) break;
        if (chunk[i] === QUOTE) continue;
      }
      const byte = chunk[i] as number;
      if (byte === LINE_FEED) this.#nextLine(i);
      if (isBlank(byte)) {
        if (!this.#open || this.#depth > 0) continue;
        // A bare word, number or string has ended.
        yield this.#finish(chunk.subarray(from, i));
        from = i;
        continue;
      }
      if (this.#open && this.#beginsAnew(byte, chunk, i)) {
        yield this.#finish(chunk.subarray(from, i));
        from = i;
      }
      if (!this.#open) {
        if (this.#separates(byte)) continue;
        this.#begin(chunk, i);
        from = i;
      } else if (this.#depth === 0 && (byte === COMMA || isClosing(byte))) {
        yield this.#finish(chunk.subarray(from, i));
        from = i;
        if (this.#separates(byte)) continue;
        this.#begin(chunk, i);
      }
      if (this.#step(byte)) {
        yield this.#finish(chunk.subarray(from, i + 1));
        from = i + 1;
      }
      this.#lineStart = false;
    }
    this.#units += unitsOf(chunk, this.#counted, chunk.length);
    if (this.#open) this.#keep(chunk.subarray(from));
  }

  /** What is left unfinished at the end of the text. */
  *end(): Generator<FoundValue, void, undefined> {
    if (this.#open) yield this.#finish(new Uint8Array());
  }

  /** Index of the byte with which the string ends: a quote, or a line break where there is none. */
  #skipString(chunk: Uint8Array, from: number): number {
    for (let i = from; i < chunk.length; i++) {
      const byte = chunk[i] as number;
      if (this.#escaped) this.#escaped = false;
      else if (byte === BACKSLASH) this.#escaped = true;
      else if (byte === QUOTE) {
        this.#inString = false;
        this.#last = QUOTE;
        return i;
      }
      if (byte === LINE_FEED) {
        // No string of JSON reaches over a line break: it was never closed.
        this.#inString = false;
        this.#escaped = false;
        this.#broken = true;
        return i;
      }
    }
    return chunk.length;
  }

  #nextLine(at: number): void {
    this.#line += 1;
    this.#units = 0;
    this.#counted = at + 1;
    this.#lineStart = true;
  }

  /** Between values stand separators, and the brackets of the array itself. */
  #separates(byte: number): boolean {
    return isMark(byte) || byte === COMMA || (this.#inArray && isSquare(byte));
  }

  #column(chunk: Uint8Array, at: number): number {
    this.#units += unitsOf(chunk, this.#counted, at);
    this.#counted = at;
    return this.#units + 1;
  }

  #begin(chunk: Uint8Array, at: number): void {
    this.#open = true;
    this.#broken = false;
    this.#last = 0;
    this.#start = { line: this.#line, column: this.#column(chunk, at) };
  }

  /** Whether the next value begins here although the open one has not ended. */
  #beginsAnew(byte: number, chunk: Uint8Array, at: number): boolean {
    if (byte !== OPEN_OBJECT || this.#depth === 0) return false;
    const inObject = this.#levels[Math.min(this.#depth, KNOWN_LEVELS) - 1] === OPEN_OBJECT;
    const misplaced = inObject && this.#last !== 0x3a;
    if (misplaced && this.#last === COMMA && this.#depth === 1) return true;
    if (!this.#lineStart || !(misplaced || this.#broken)) return false;
    return this.#column(chunk, at) <= this.#start.column;
  }

  /** Takes one byte of a value outside of strings; true where the value ends with it. */
  #step(byte: number): boolean {
    this.#last = byte;
    if (byte === QUOTE) this.#inString = true;
    else if (isOpening(byte)) {
      if (this.#depth < KNOWN_LEVELS) this.#levels[this.#depth] = byte;
      this.#depth += 1;
    } else if (isClosing(byte)) {
      this.#depth -= 1;
      if (this.#depth <= 0) return true;
      const opened = this.#depth < KNOWN_LEVELS ? this.#levels[this.#depth] : undefined;
      if (opened !== undefined && opened !== byte - 2) this.#broken = true;
    }
    return false;
  }

  #keep(part: Uint8Array): void {
    this.#length += part.length;
    if (this.#length <= MAX_LINE_BYTES) this.#kept.push(part.slice());
    else this.#kept = [];
  }

  #finish(part: Uint8Array): FoundValue {
    // A value that lies whole in the chunk is not copied.
    const whole = this.#length === 0 && part.length <= MAX_LINE_BYTES;
    if (!whole) this.#keep(part);
    const bytes = whole ? part : this.#length > MAX_LINE_BYTES ? undefined : joinBytes(this.#kept);
    this.#kept = [];
    this.#length = 0;
    this.#open = false;
    this.#depth = 0;
    return { ...this.#start, bytes };
  }
}
