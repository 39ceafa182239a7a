/** Texts as hashes of their words and Chinese characters, for comparing them: no string is made of a piece. */

const FIRST = 0x811c9dc5;
const STEP = 0x01000193;
/** Tokens for which there is room at first. */
const ROOM = 1024;

/** The end of MurmurHash3: every bit of the result depends on every bit of the value. */
export function mixed(value: number): number {
  let h = value ^ (value >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** A power modulo 2³², for hashes that are moved on token by token (Rabin–Karp). */
export function powerOf(base: number, exponent: number): number {
  let power = 1;
  for (let i = 0; i < exponent; i += 1) power = Math.imul(power, base);
  return power;
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

/** Room for tokens: a hash for each, and 1 where it is a character by itself, else 0. */
export interface TokenBuffers {
  readonly hashes: Uint32Array<ArrayBuffer>;
  readonly characters: Uint8Array<ArrayBuffer>;
}

const newBuffers = (): TokenBuffers => ({
  hashes: new Uint32Array(ROOM),
  characters: new Uint8Array(ROOM),
});

/**
 * The tokens of some texts, one after the other: words in lower case, and Chinese (or Japanese) characters one by one;
 * signs, spaces and case do not count. Made once and used again, so that a text costs no memory.
 */
export class TokenList implements TokenBuffers {
  /** What lies behind `size` is of no text. */
  hashes: Uint32Array<ArrayBuffer>;
  characters: Uint8Array<ArrayBuffer>;
  size = 0;
  /** How many of the tokens are characters by themselves. */
  alone = 0;

  /** @param buffers that were used before, to be used again */
  constructor({ hashes, characters }: TokenBuffers = newBuffers()) {
    this.hashes = hashes;
    this.characters = characters.fill(0);
  }

  clear(): void {
    if (this.alone > 0) this.characters.fill(0);
    this.size = 0;
    this.alone = 0;
  }

  add(text: string): void {
    // Fields are left alone in the loop: most texts are of one script, and this is where the time goes.
    let { hashes, size } = this;
    let hash = FIRST;
    /** Where the word that goes on begins; −1 between words. */
    let begin = -1;
    for (let i = 0; i < text.length; i += 1) {
      const unit = text.charCodeAt(i);
      if (unit >= 0x80) {
        this.size = size;
        // Lower case of other letters may depend on the letters before: from the beginning of the word.
        this.#addAnyScript(text.slice(begin < 0 ? i : begin).toLowerCase());
        return;
      }
      const word = ASCII_WORD_UNITS[unit] ?? 0;
      if (word !== 0) {
        if (begin < 0) begin = i;
        hash = Math.imul(hash ^ word, STEP);
      } else if (begin >= 0) {
        if (size === hashes.length) hashes = this.#grown();
        hashes[size] = mixed(hash);
        size += 1;
        begin = -1;
        hash = FIRST;
      }
    }
    this.size = size;
    if (begin >= 0) this.#push(hash, 0);
  }

  /** The same for a text in lower case with characters beyond ASCII. */
  #addAnyScript(lower: string): void {
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
      if (inWord) this.#push(hash, 0);
      inWord = false;
      hash = FIRST;
      if (character) this.#push(Math.imul(FIRST ^ unit, STEP), 1);
    }
    if (inWord) this.#push(hash, 0);
  }

  #push(hash: number, character: 0 | 1): void {
    if (this.size === this.hashes.length) this.#grown();
    this.hashes[this.size] = mixed(hash);
    this.characters[this.size] = character;
    this.size += 1;
    this.alone += character;
  }

  #grown(): Uint32Array<ArrayBuffer> {
    const hashes = new Uint32Array(this.hashes.length * 2);
    hashes.set(this.hashes);
    this.hashes = hashes;
    const characters = new Uint8Array(hashes.length);
    characters.set(this.characters);
    this.characters = characters;
    return hashes;
  }
}
