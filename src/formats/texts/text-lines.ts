/** Splits bytes into lines, with bounded memory and without repairing what is broken. */

/** Longest line kept; a longer one is skipped to its end without being stored. */
export const MAX_LINE_BYTES = 16_000_000;

export interface RawLine {
  /** 1-based. */
  readonly number: number;
  /**
   * The line without its line break, or undefined where it was longer than MAX_LINE_BYTES. It may be a view
   * of the chunk: it is valid until the next line is asked for.
   */
  readonly bytes: Uint8Array | undefined;
}

/** Cuts a stream of chunks into lines at LF (a CR before it belongs to the break). */
export class LineSplitter {
  #parts: Uint8Array[] = [];
  #length = 0;
  #number = 1;
  #started = false;

  /** Lines completed by this chunk. */
  *push(chunk: Uint8Array): Generator<RawLine, void, undefined> {
    let from = 0;
    for (;;) {
      const at = chunk.indexOf(10, from);
      if (at === -1) break;
      // A line that lies entirely in the chunk is not copied.
      if (this.#started) this.#keep(chunk.subarray(from, at));
      yield this.#started ? this.#take() : this.#view(chunk.subarray(from, at));
      from = at + 1;
    }
    if (from < chunk.length) this.#keep(chunk.subarray(from));
  }

  /** The last line, where the stream does not end in a line break. */
  *end(): Generator<RawLine, void, undefined> {
    if (this.#started) yield this.#take();
  }

  #keep(part: Uint8Array): void {
    this.#started = true;
    this.#length += part.length;
    // A copy: the caller may reuse its chunk, and a view would keep the whole chunk alive.
    if (this.#length <= MAX_LINE_BYTES) this.#parts.push(part.slice());
    else this.#parts = [];
  }

  #take(): RawLine {
    const tooLong = this.#length > MAX_LINE_BYTES;
    const bytes = joinBytes(this.#parts);
    this.#parts = [];
    this.#length = 0;
    this.#started = false;
    return this.#view(tooLong ? undefined : bytes);
  }

  #view(line: Uint8Array | undefined): RawLine {
    const number = this.#number;
    this.#number += 1;
    const tooLong = line === undefined || line.length > MAX_LINE_BYTES;
    return {
      number,
      bytes: tooLong ? undefined : line.at(-1) === 13 ? line.subarray(0, -1) : line,
    };
  }
}

/** One array that holds all parts in order. */
export function joinBytes(parts: readonly Uint8Array[]): Uint8Array {
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) return only;
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

export type DecodedText =
  | { readonly ok: true; readonly text: string }
  | {
      readonly ok: false;
      /** 1-based, in UTF-16 units. */
      readonly column: number;
      /** The text before the first broken byte. */
      readonly before: string;
    };

const STRICT = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Decodes strict UTF-8; on failure, gives the 1-based column (UTF-16 units) of the first broken byte. */
export function decodeUtf8(bytes: Uint8Array): DecodedText {
  try {
    return { ok: true, text: STRICT.decode(bytes) };
  } catch {
    // Halving finds the longest beginning that decodes; a streaming decoder allows a cut character.
    let good = 0;
    let bad = bytes.length;
    const decodes = (length: number): boolean => {
      try {
        new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, length), {
          stream: true,
        });
        return true;
      } catch {
        return false;
      }
    };
    while (bad - good > 1) {
      const middle = (good + bad) >> 1;
      if (decodes(middle)) good = middle;
      else bad = middle;
    }
    const head = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes.subarray(0, good));
    const before = head.replace(/\ufffd$/, '');
    return { ok: false, column: before.length + 1, before };
  }
}
