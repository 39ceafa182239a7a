/**
 * Finds the rows of a JSON text that arrives in pieces: values that follow each other, with or without line
 * breaks, or the elements of one large container, which may lie inside others. It works on bytes, since all
 * structure of JSON is ASCII, and tracks only brackets and quotes: the parser that gets a value decides whether
 * it is valid. A value that cannot end properly (a bracket that closes another kind, a string across a line
 * break, an object that begins where a key is due) ends where the next one seems to begin, so that it costs
 * only itself. Memory is bounded by the longest single value.
 */
import { joinBytes, MAX_LINE_BYTES } from './text-lines.ts';

/** Where the rows of a text are. */
export interface RowPlace {
  /** Keys that lead from the object at the top to the container of the rows. */
  readonly path: readonly string[];
  /** The container of the rows: none (each value at the top is a row), a list, or an object with a key for each. */
  readonly container: 'none' | 'list' | 'object';
}

export interface FoundValue {
  /** The key of the value, where it is a member of an object that is not itself a row. */
  readonly key?: string;
  /** Whether the value lies beside the rows, in one of the objects around them. */
  readonly beside?: true;
  /** 1-based physical line and column (UTF-16 units) where the value begins. */
  readonly line: number;
  readonly column: number;
  /**
   * Its bytes, or undefined where it is longer than the limit. They may be a view of the chunk: they are valid
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
/** Levels whose kind of bracket is remembered; the parser refuses deeper ones anyway. */
const KNOWN_LEVELS = 80;
/** Bytes of a key that are kept, at most. */
const MAX_KEY = 1000;
const COLON = 0x3a;

const isOpening = (byte: number): boolean => byte === OPEN_OBJECT || byte === OPEN_LIST;
const isClosing = (byte: number): boolean => byte === CLOSE_OBJECT || byte === CLOSE_LIST;
const isBlank = (byte: number): boolean =>
  byte === 0x20 || byte === 0x09 || byte === LINE_FEED || byte === 0x0d;
/** The three bytes of a byte order mark; none of them can begin a value. */
const isMark = (byte: number): boolean => byte === 0xef || byte === 0xbb || byte === 0xbf;

/** Number of UTF-16 units in a part of a UTF-8 text. */
function unitsOf(chunk: Uint8Array, from: number, to: number): number {
  let units = 0;
  for (let i = from; i < to; i++) {
    const byte = chunk[i] as number;
    if ((byte & 0xc0) !== 0x80) units += byte >= 0xf0 ? 2 : 1;
  }
  return units;
}

export class JsonValueSplitter {
  readonly #path: readonly string[];
  readonly #container: RowPlace['container'];
  /** Number of containers to enter before values are rows, and number entered so far. */
  readonly #goal: number;
  #entered = 0;
  /** The key of the next value, as far as it is read; undefined before one begins. */
  #key: number[] | undefined;
  #inKey = false;
  #line = 1;
  /** UTF-16 units of the line before `#counted`, an index into the present chunk. */
  #units = 0;
  #counted = 0;
  #depth = 0;
  #inString = false;
  #escaped = false;
  #open = false;
  /** Whether the open value cannot be valid any more. */
  #broken = false;
  /** Whether this line has held only blanks so far. */
  #lineStart = true;
  /** The last byte outside of strings that is not blank; a string counts as its closing quote. */
  #last = 0;
  readonly #levels = new Uint8Array(KNOWN_LEVELS);
  #start = { line: 1, column: 1 };
  #kept: Uint8Array[] = [];
  #length = 0;

  constructor({ path, container }: RowPlace) {
    this.#path = path;
    this.#container = container;
    this.#goal = path.length + (container === 'none' ? 0 : 1);
  }

  /** The place reached in the text while a container is open: where the file ends there, it is incomplete. */
  get unclosed(): { readonly line: number; readonly column: number } | undefined {
    if (this.#entered === 0 || this.#open) return undefined;
    return { line: this.#line, column: this.#units + 1 };
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
      if (this.#open && this.#depth === 0 && (byte === COMMA || isClosing(byte))) {
        yield this.#finish(chunk.subarray(from, i));
        from = i;
      }
      if (!this.#open) {
        if (this.#passes(byte)) continue;
        this.#begin(chunk, i);
        from = i;
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

  /** The unfinished value at the end of the text. */
  *end(): Generator<FoundValue, void, undefined> {
    if (this.#open) yield this.#finish(new Uint8Array());
  }

  /** Index of the byte that ends the string: a quote, or a line break where there is no quote before it. */
  #skipString(chunk: Uint8Array, from: number): number {
    for (let i = from; i < chunk.length; i++) {
      const byte = chunk[i] as number;
      if (this.#escaped) this.#escaped = false;
      else if (byte === BACKSLASH) this.#escaped = true;
      else if (byte === QUOTE) {
        this.#inString = false;
        this.#inKey = false;
        this.#last = QUOTE;
        return i;
      }
      if (byte === LINE_FEED) {
        // No JSON string contains a line break: this one was never closed.
        this.#inString = false;
        this.#inKey = false;
        this.#escaped = false;
        this.#broken = true;
        return i;
      }
      if (this.#inKey && this.#key && this.#key.length < MAX_KEY) this.#key.push(byte);
    }
    return chunk.length;
  }

  #nextLine(at: number): void {
    this.#line += 1;
    this.#units = 0;
    this.#counted = at + 1;
    this.#lineStart = true;
  }

  /** Takes a byte between values: separators, keys, and the brackets of the containers around the rows. */
  #passes(byte: number): boolean {
    if (isMark(byte)) return true;
    if (byte === COMMA) {
      this.#key = undefined;
      return true;
    }
    const inside = this.#entered;
    const inList = inside === this.#goal && this.#container === 'list';
    const inObject = inside > 0 && !inList;
    if (inObject) {
      if (byte === CLOSE_OBJECT) {
        this.#leave();
        return true;
      }
      if (byte === COLON) return true;
      if (byte === QUOTE && this.#key === undefined) {
        this.#key = [];
        this.#inKey = true;
        this.#inString = true;
        return true;
      }
    }
    if (byte === CLOSE_LIST && this.#container === 'list') {
      // A surplus bracket after a broken value is ignored.
      if (inList) this.#leave();
      return true;
    }
    if (inside < this.#goal && byte === this.#opening && this.#leads) {
      this.#entered += 1;
      this.#key = undefined;
      return true;
    }
    return false;
  }

  #leave(): void {
    this.#entered -= 1;
    this.#key = undefined;
  }

  /** The bracket that opens the next container on the way to the rows. */
  get #opening(): number {
    const object = this.#entered < this.#path.length || this.#container === 'object';
    return object ? OPEN_OBJECT : OPEN_LIST;
  }

  /** Whether the value that begins here is the next container on the way to the rows. */
  get #leads(): boolean {
    return this.#entered === 0 || this.#keyText === this.#path[this.#entered - 1];
  }

  get #keyText(): string | undefined {
    if (this.#key === undefined) return undefined;
    const text = new TextDecoder().decode(Uint8Array.from(this.#key));
    if (!text.includes('\\')) return text;
    try {
      return String(JSON.parse(`"${text}"`));
    } catch {
      return text;
    }
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
    const misplaced = inObject && this.#last !== COLON;
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
    // A value that lies entirely in the chunk is not copied.
    const whole = this.#length === 0 && part.length <= MAX_LINE_BYTES;
    if (!whole) this.#keep(part);
    const bytes = whole ? part : this.#length > MAX_LINE_BYTES ? undefined : joinBytes(this.#kept);
    const key = this.#keyText;
    const beside = key !== undefined && this.#entered < this.#goal;
    this.#kept = [];
    this.#length = 0;
    this.#open = false;
    this.#depth = 0;
    this.#key = undefined;
    return {
      ...this.#start,
      bytes,
      ...(key !== undefined && { key }),
      ...(beside && { beside }),
    };
  }
}
