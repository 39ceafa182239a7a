/** Texts as hashes of their words and Chinese characters, for comparing them: no string is made of a piece. */

/** Told each token: its hash, and whether it is a Chinese (or Japanese) character by itself. */
export type OnToken = (hash: number, character: boolean) => void;

const FIRST = 0x811c9dc5;
const STEP = 0x01000193;

/** The end of MurmurHash3: every bit of the result depends on every bit of the value. */
export function mixed(value: number): number {
  let h = value ^ (value >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

function isCharacter(unit: number): boolean {
  return (
    (unit >= 0x3400 && unit <= 0x9fff) ||
    (unit >= 0x3040 && unit <= 0x30ff) ||
    (unit >= 0xf900 && unit <= 0xfaff)
  );
}

/** Letters and digits of words; signs and spaces of every script part them. */
function isWordUnit(unit: number): boolean {
  if (unit < 0x80) return (unit >= 0x61 && unit <= 0x7a) || (unit >= 0x30 && unit <= 0x39);
  if (unit < 0xc0) return unit === 0xaa || unit === 0xb5 || unit === 0xba;
  return !(
    (unit >= 0x2000 && unit <= 0x2bff) ||
    (unit >= 0x3000 && unit <= 0x303f) ||
    (unit >= 0xfe10 && unit <= 0xfe6f) ||
    unit >= 0xfff0 ||
    unit === 0xfeff
  );
}

/** Letters and digits in full width are those in half width. */
function narrow(unit: number): number {
  const wide = unit >= 0xff01 && unit <= 0xff5e;
  if (!wide) return unit;
  const ascii = unit - 0xfee0;
  return ascii >= 0x41 && ascii <= 0x5a ? ascii + 0x20 : ascii;
}

/** By ASCII character: itself in lower case where it belongs to a word, else 0. */
const ASCII_WORD_UNITS = Uint8Array.from({ length: 0x80 }, (_, unit) => {
  const lower = unit >= 0x41 && unit <= 0x5a ? unit + 0x20 : unit;
  return isWordUnit(lower) ? lower : 0;
});

/** Words in lower case, and Chinese characters one by one; signs, spaces and case do not count. */
export function eachToken(text: string, onToken: OnToken): void {
  let hash = FIRST;
  /** Where the word that goes on begins; −1 between words. */
  let begin = -1;
  for (let i = 0; i < text.length; i += 1) {
    const unit = text.charCodeAt(i);
    if (unit >= 0x80) {
      // Lower case of other letters may depend on the letters before: from the beginning of the word.
      eachOfAnyScript(text.slice(begin < 0 ? i : begin).toLowerCase(), onToken);
      return;
    }
    const word = ASCII_WORD_UNITS[unit] ?? 0;
    if (word !== 0) {
      if (begin < 0) begin = i;
      hash = Math.imul(hash ^ word, STEP);
    } else if (begin >= 0) {
      onToken(mixed(hash), false);
      begin = -1;
      hash = FIRST;
    }
  }
  if (begin >= 0) onToken(mixed(hash), false);
}

/** The same for a text in lower case with characters beyond ASCII. */
function eachOfAnyScript(lower: string, onToken: OnToken): void {
  let hash = FIRST;
  let inWord = false;
  for (let i = 0; i < lower.length; i += 1) {
    const unit = narrow(lower.charCodeAt(i));
    const character = isCharacter(unit);
    if (!character && isWordUnit(unit)) {
      hash = Math.imul(hash ^ unit, STEP);
      inWord = true;
      continue;
    }
    if (inWord) onToken(mixed(hash), false);
    inWord = false;
    hash = FIRST;
    if (character) onToken(mixed(Math.imul(FIRST ^ unit, STEP)), true);
  }
  if (inWord) onToken(mixed(hash), false);
}

/** A hash of the last few tokens, moved on token by token (Rabin–Karp modulo 2³²). */
export class RollingHash {
  readonly #size: number;
  readonly #base: number;
  /** base to the power of the size. */
  readonly #out: number;
  readonly #ring: Uint32Array;
  #sum = 0;
  #count = 0;
  /** Where the oldest token stands in the ring. */
  #oldest = 0;

  constructor(size: number, base: number) {
    this.#size = size;
    this.#base = base;
    this.#ring = new Uint32Array(size);
    let out = 1;
    for (let i = 0; i < size; i += 1) out = Math.imul(out, base);
    this.#out = out;
  }

  /** Tokens since the last reset. */
  get count(): number {
    return this.#count;
  }

  get full(): boolean {
    return this.#count >= this.#size;
  }

  get value(): number {
    return mixed(this.#sum);
  }

  push(token: number): void {
    const leaving = this.full ? (this.#ring[this.#oldest] ?? 0) : 0;
    this.#ring[this.#oldest] = token;
    this.#oldest = this.#oldest + 1 === this.#size ? 0 : this.#oldest + 1;
    this.#sum = (Math.imul(this.#sum, this.#base) + token - Math.imul(leaving, this.#out)) | 0;
    this.#count += 1;
  }

  reset(): void {
    this.#sum = 0;
    this.#count = 0;
    this.#oldest = 0;
  }
}
