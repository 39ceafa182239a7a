/** Finds out the encoding of a text, and converts it to UTF-8. */
import { rowFault, type RowFault } from '../../faults/row-fault.ts';

export type TextEncodingName = 'utf-8' | 'utf-16le' | 'utf-16be' | 'gb18030' | 'windows-1252';

export interface FoundEncoding {
  readonly encoding: TextEncodingName;
  /** Length in bytes of the byte order mark. */
  readonly mark: number;
}

/** Share of byte pairs from which on they decide. */
const MOST = 0.7;
/** Fewer Chinese characters than these show nothing: a damaged character of another text looks like one. */
const ENOUGH = 3;

const startsWith = (bytes: Uint8Array, ...mark: readonly number[]): boolean =>
  mark.every((byte, i) => bytes[i] === byte);

/**
 * The encoding of a text by its first bytes. Another encoding than UTF-8 is chosen only where the whole text
 * suggests it: one broken character in a UTF-8 text is a fault of its line.
 */
export function encodingOf(head: Uint8Array): FoundEncoding {
  if (startsWith(head, 0xff, 0xfe)) return { encoding: 'utf-16le', mark: 2 };
  if (startsWith(head, 0xfe, 0xff)) return { encoding: 'utf-16be', mark: 2 };
  if (startsWith(head, 0xef, 0xbb, 0xbf)) return { encoding: 'utf-8', mark: 0 };
  const wide = wideOrder(head);
  if (wide !== undefined) return { encoding: wide, mark: 0 };
  const { good, bad } = utf8Characters(head);
  if (bad <= good) return { encoding: 'utf-8', mark: 0 };
  if (looksChinese(head)) return { encoding: 'gb18030', mark: 0 };
  return { encoding: looksWestern(head) ? 'windows-1252' : 'utf-8', mark: 0 };
}

/** Recognises UTF-16 without a mark: ASCII, which every row has, has a zero byte before or after each character. */
function wideOrder(head: Uint8Array): 'utf-16le' | 'utf-16be' | undefined {
  let little = 0;
  let big = 0;
  for (let i = 0; i + 1 < head.length; i += 2) {
    const [first = 0, second = 0] = [head[i], head[i + 1]];
    if (second === 0 && first > 0 && first < 0x80) little += 1;
    if (first === 0 && second > 0 && second < 0x80) big += 1;
  }
  const pairs = head.length / 2;
  // Chinese text has little ASCII, but its quotes, commas and line breaks are ASCII.
  if (Math.max(little, big) < Math.max(2, pairs * 0.01)) return undefined;
  if (little > big * 10) return 'utf-16le';
  return big > little * 10 ? 'utf-16be' : undefined;
}

/** Number of characters beyond ASCII that are valid UTF-8, and of bytes that belong to no character. */
function utf8Characters(head: Uint8Array): { readonly good: number; readonly bad: number } {
  let good = 0;
  let bad = 0;
  for (let i = 0; i < head.length;) {
    const byte = head[i] as number;
    if (byte < 0x80) {
      i += 1;
      continue;
    }
    const more = byte >= 0xf0 ? 3 : byte >= 0xe0 ? 2 : byte >= 0xc2 ? 1 : 0;
    // A character cut at the end of the head says nothing.
    if (i + more >= head.length) break;
    let whole = more > 0 && byte <= 0xf4;
    for (let k = 1; whole && k <= more; k++) whole = ((head[i + k] as number) & 0xc0) === 0x80;
    if (whole) good += 1;
    else bad += 1;
    i += whole ? more + 1 : 1;
  }
  return { good, bad };
}

/**
 * Whether bytes that are no UTF-8 read as simplified Chinese: beyond ASCII they form pairs, with both bytes in
 * GB2312's range of characters in use. In Western encodings, such letters have ASCII beside them instead.
 */
function looksChinese(head: Uint8Array): boolean {
  let pairs = 0;
  let marks = 0;
  let characters = 0;
  for (let i = 0; i + 1 < head.length;) {
    const [first = 0, second = 0] = [head[i], head[i + 1]];
    if (first < 0x80) {
      i += 1;
      continue;
    }
    pairs += 1;
    if (first >= 0xb0 && first <= 0xf7 && second >= 0xa1) characters += 1;
    // GB2312 has alphabets between its punctuation and its characters, where Big5 has its most frequent characters.
    else if (first >= 0xa1 && first <= 0xa3 && second >= 0xa1) marks += 1;
    i += 2;
  }
  return characters >= ENOUGH && (characters + marks) / pairs >= MOST;
}

/** Bytes that Windows-1252 leaves open. */
const OPEN_WESTERN: ReadonlySet<number> = new Set([0x81, 0x8d, 0x8f, 0x90, 0x9d]);
/** Among the letters of a Western text, at most this share lies beyond ASCII, never more than so many in a row. */
const MOST_WESTERN = 0.25;
const LONGEST_WESTERN_RUN = 3;

/**
 * Whether bytes that are no UTF-8 read as a Western European text, as Excel saves "CSV" in Europe and the Americas:
 * single letters beyond ASCII within words of ASCII letters. Other alphabets have words of nothing else.
 */
function looksWestern(head: Uint8Array): boolean {
  let beyond = 0;
  let letters = 0;
  let withinWords = 0;
  let run = 0;
  const isLetter = (byte = 0): boolean => (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a;
  for (const [i, byte] of head.entries()) {
    if (byte < 0x80) {
      run = 0;
      if (isLetter(byte)) letters += 1;
      continue;
    }
    run += 1;
    beyond += 1;
    if (OPEN_WESTERN.has(byte) || run > LONGEST_WESTERN_RUN) return false;
    if (byte >= 0xc0 && (isLetter(head[i - 1]) || isLetter(head[i + 1]))) withinWords += 1;
  }
  return withinWords >= 2 && beyond <= MOST_WESTERN * (beyond + letters);
}

/** A byte that no UTF-8 text has: it replaces bytes that could not be decoded, so that their line is listed. */
const BROKEN = 0xff;

/** Turns chunks of a text into UTF-8. */
export class Utf8Transcoder {
  readonly #western: boolean;
  readonly #decoder: TextDecoder;
  readonly #encoder = new TextEncoder();

  constructor(encoding: Exclude<TextEncodingName, 'utf-8'>) {
    this.#western = encoding === 'windows-1252';
    this.#decoder = new TextDecoder(encoding, { ignoreBOM: true });
  }

  push(chunk: Uint8Array): Uint8Array {
    return this.#bytes(this.#decoder.decode(chunk, { stream: true }));
  }

  end(): Uint8Array {
    return this.#bytes(this.#decoder.decode());
  }

  #bytes(text: string): Uint8Array {
    const bytes = this.#encoder.encode(text);
    // U+FFFD is EF BF BD: the decoder puts it where it could not read.
    for (let at = bytes.indexOf(0xef); at !== -1; at = bytes.indexOf(0xef, at + 1)) {
      if (bytes[at + 1] === 0xbf && bytes[at + 2] === 0xbd) bytes.fill(BROKEN, at, at + 3);
    }
    if (!this.#western) return bytes;
    // The decoder takes bytes that the encoding leaves open for control characters: C2 81 and so on.
    for (let at = bytes.indexOf(0xc2); at !== -1; at = bytes.indexOf(0xc2, at + 1)) {
      if (OPEN_WESTERN.has(bytes[at + 1] ?? 0)) bytes.fill(BROKEN, at, at + 2);
    }
    return bytes;
  }
}

/** Whether lines end in CR alone, as old Mac programs write them: the beginning of the text has CR and no LF. */
export function endsWithCr(head: Uint8Array): boolean {
  const at = head.indexOf(13);
  return at !== -1 && !head.includes(10) && at < head.length - 1;
}

/** Replaces CR by LF in place; a CRLF that follows all the same stays one line break. */
export class CrLines {
  #afterCr = false;

  push(chunk: Uint8Array): Uint8Array {
    let to = 0;
    for (const byte of chunk) {
      const pairs = byte === 10 && this.#afterCr;
      this.#afterCr = byte === 13;
      if (pairs) continue;
      chunk[to] = byte === 13 ? 10 : byte;
      to += 1;
    }
    return chunk.subarray(0, to);
  }
}

/** The fault of a line with broken bytes. */
export function notDecoded(encoding: TextEncodingName): RowFault {
  return rowFault('invalid-utf8', encoding === 'utf-8' ? {} : { encoding });
}
