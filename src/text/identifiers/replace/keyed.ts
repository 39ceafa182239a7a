/** Choices that follow from a secret key: the same text under the same key always gives the same choice. */
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';

const encoder = new TextEncoder();
/** Longer texts are hashed once, and their hash again for each block: a number may have a million digits. */
const LONGEST = 256;

/** What is counted on: the text itself, or the hash of a long one. */
const seedOf = (key: Uint8Array, text: string): string =>
  text.length <= LONGEST ? text : bytesToHex(hmac(sha256, key, encoder.encode(text)));

/** An endless row of numbers for one text under one key (HMAC-SHA-256, counted on). */
export class Choices {
  readonly #key: Uint8Array;
  readonly #seed: string;
  #block = new Uint8Array(0);
  #at = 0;
  #count = 0;

  constructor(key: Uint8Array, text: string) {
    this.#key = key;
    this.#seed = seedOf(key, text);
  }

  /** A number from 0 up to, not including, `below`. */
  below(below: number): number {
    if (this.#at + 4 > this.#block.length) {
      this.#block = hmac(
        sha256,
        this.#key,
        encoder.encode(`${String(this.#count)}\n${this.#seed}`),
      );
      this.#count += 1;
      this.#at = 0;
    }
    const view = new DataView(this.#block.buffer, this.#block.byteOffset + this.#at, 4);
    this.#at += 4;
    return view.getUint32(0) % below;
  }

  /** An entry of a list, other than `not`. */
  from(list: readonly string[], not = ''): string {
    const at = this.below(list.length);
    const entry = list[at] ?? '';
    return entry === not ? (list[(at + 1) % list.length] ?? '') : entry;
  }

  /** Digits and letters of a text exchanged for others of their kind; all else stays. */
  scrambled(text: string): string {
    return text.replace(/[0-9A-Za-z]/g, (character) => {
      if (character <= '9') return String(this.below(10));
      const first = character <= 'Z' ? 65 : 97;
      return String.fromCharCode(first + this.below(26));
    });
  }
}
