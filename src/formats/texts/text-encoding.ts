/** Finds out the encoding of a text, and converts it to UTF-8. */
import { rowFault, type RowFault } from '../../faults/row-fault.ts';

export type TextEncodingName = 'utf-8' | 'utf-16le' | 'utf-16be' | 'gb18030';

export interface FoundEncoding {
  readonly encoding: TextEncodingName;
  /** Bytes of the mark at the beginning. */
  readonly mark: number;
}

/** Share of the pairs of bytes that decide. */
const MOST = 0.7;
/** Fewer Chinese characters than these say nothing: a damaged character of another text looks like one. */
const ENOUGH = 3;

const startsWith = (bytes: Uint8Array, ...mark: readonly number[]): boolean =>
  mark.every((byte, i) => bytes[i] === byte);

/**
 * The encoding of a text by its first bytes. UTF-8 is left only where the text is something else as a whole: a
 * broken character of a UTF-8 text is a fault of its line.
 */
export function encodingOf(head: Uint8Array): FoundEncoding {
  if (startsWith(head, 0xff, 0xfe)) return { encoding: 'utf-16le', mark: 2 };
  if (startsWith(head, 0xfe, 0xff)) return { encoding: 'utf-16be', mark: 2 };
  if (startsWith(head, 0xef, 0xbb, 0xbf)) return { encoding: 'utf-8', mark: 0 };
  const wide = wideOrder(head);
  if (wide !== undefined) return { encoding: wide, mark: 0 };
  const { good, bad } = utf8Characters(head);
  const encoding = bad > good && looksChinese(head) ? 'gb18030' : 'utf-8';
  return { encoding, mark: 0 };
}

/** UTF-16 without a mark: ASCII, which every row has, is written with a zero byte before or behind it. */
function wideOrder(head: Uint8Array): 'utf-16le' | 'utf-16be' | undefined {
  let little = 0;
  let big = 0;
  for (let i = 0; i + 1 < head.length; i += 2) {
    const [first = 0, second = 0] = [head[i], head[i + 1]];
    if (second === 0 && first > 0 && first < 0x80) little += 1;
    if (first === 0 && second > 0 && second < 0x80) big += 1;
  }
  const pairs = head.length / 2;
  // Chinese text has little ASCII, but its quotes, commas and line breaks are.
  if (Math.max(little, big) < Math.max(2, pairs * 0.01)) return undefined;
  if (little > big * 10) return 'utf-16le';
  return big > little * 10 ? 'utf-16be' : undefined;
}

/** Characters beyond ASCII that are whole UTF-8, and bytes that belong to none. */
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
    // A character that the head cuts says nothing.
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
 * Whether what is no UTF-8 reads as simplified Chinese: its characters beyond ASCII are pairs of which both
 * bytes lie where GB2312 has the characters in use. Letters of a Western encoding stand beside ASCII instead.
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
    // Between punctuation and the characters lie alphabets, where Big5 has its most frequent characters.
    else if (first >= 0xa1 && first <= 0xa3 && second >= 0xa1) marks += 1;
    i += 2;
  }
  return characters >= ENOUGH && (characters + marks) / pairs >= MOST;
}

/** A byte that no UTF-8 text has: it stands where the text could not be decoded, so that its line is listed. */
const BROKEN = 0xff;

/** Turns chunks of a text into UTF-8. */
export class Utf8Transcoder {
  readonly #decoder: TextDecoder;
  readonly #encoder = new TextEncoder();

  constructor(encoding: Exclude<TextEncodingName, 'utf-8'>) {
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
    // U+FFFD is EF BF BD: what the decoder puts where it could not read.
    for (let at = bytes.indexOf(0xef); at !== -1; at = bytes.indexOf(0xef, at + 1)) {
      if (bytes[at + 1] === 0xbf && bytes[at + 2] === 0xbd) bytes.fill(BROKEN, at, at + 3);
    }
    return bytes;
  }
}

/** How the lines of a text end: CR alone, as old Mac programs write it, where no LF is to be seen. */
export function endsWithCr(head: Uint8Array): boolean {
  const at = head.indexOf(13);
  return at !== -1 && !head.includes(10) && at < head.length - 1;
}

/** CR becomes LF in place; a CRLF that follows after all stays one line break. */
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

/** Broken bytes of a line. */
export function notDecoded(encoding: TextEncodingName): RowFault {
  return rowFault('invalid-utf8', encoding === 'utf-8' ? {} : { encoding });
}
