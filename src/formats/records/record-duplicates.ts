/** Recognises records that were seen before, in a table of numbers: about 20 bytes a record, no strings. */
import type { ChatRecord } from './record-types.ts';

/** Words of a slot: two for the hash, one for the place (0: free). */
const SLOT = 3;
const FIRST_SLOTS = 2 ** 10;
/** A table fuller than this grows. */
const FULLEST = 0.8;
const GROWTH = 1.5;

const rotate = (value: number, by: number): number => (value << by) | (value >>> (32 - by));

/** The end of MurmurHash3: every bit of the result depends on every bit of the value. */
function avalanche(value: number): number {
  let h = value ^ (value >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/** White space as `\s` has it. */
function isBlank(unit: number): boolean {
  if (unit < 0x80) return unit === 0x20 || (unit >= 0x09 && unit <= 0x0d);
  return (
    unit === 0x3000 ||
    unit === 0xa0 ||
    unit === 0xfeff ||
    (unit >= 0x2000 && unit <= 0x200a) ||
    [0x1680, 0x2028, 0x2029, 0x202f, 0x205f].includes(unit)
  );
}

/**
 * A 64-bit hash of a record's text, ignoring differences in white space and Unicode form. Any two of a million
 * different records share a hash with a probability below 1e-7; it guards against repetition, not forgery.
 */
function hashOf({ messages }: ChatRecord): { high: number; low: number } {
  let high = 0x9e3779b9;
  let low = 0x7f4a7c15;
  let length = 0;
  const take = (unit: number): void => {
    length += 1;
    high = Math.imul(
      rotate(high ^ Math.imul(rotate(Math.imul(unit, 0xcc9e2d51), 15), 0x1b873593), 13),
      5,
    );
    low = Math.imul(rotate(low ^ Math.imul(unit + length, 0x38b34ae5), 17), 0xa1e38b93) + high;
  };
  for (const { role, content } of messages) {
    take(role.charCodeAt(0) | 0x10000);
    const text = content.normalize('NFC');
    let begun = false;
    let gap = false;
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      if (isBlank(unit)) {
        gap = begun;
        continue;
      }
      if (gap) take(0x20);
      gap = false;
      begun = true;
      take(unit);
    }
  }
  return { high: avalanche(high ^ length) >>> 0, low: avalanche(low + high) >>> 0 };
}

/**
 * Records seen so far, to recognise repeated ones, also across files. It uses open addressing in one typed
 * array: a million records take some 20 MB.
 */
export class DuplicateIndex {
  #table = new Uint32Array(FIRST_SLOTS * SLOT);
  #count = 0;
  /** Each file with the place before its first: places are counted on from file to file. */
  readonly #files: { readonly name: string; readonly before: number }[] = [];
  #lastPlace = 0;

  /**
   * Where the same record was seen before; undefined for a new one, which is then noted.
   * @param at its place in the file, from 1: its line, or its row in a table
   */
  meet(
    record: ChatRecord,
    file: string,
    at: number,
  ): { readonly file: string; readonly place: number } | undefined {
    const { high, low } = hashOf(record);
    const slot = find(this.#table, high, low);
    const earlier = this.#table[slot + 2] ?? 0;
    if (earlier !== 0) {
      const from = this.#files.findLast(({ before }) => before < earlier);
      return { file: from?.name ?? '', place: earlier - (from?.before ?? 0) };
    }
    if (this.#files.at(-1)?.name !== file) {
      this.#files.push({ name: file, before: this.#lastPlace });
    }
    const place = (this.#files.at(-1)?.before ?? 0) + at;
    this.#lastPlace = Math.max(this.#lastPlace, place);
    this.#table[slot] = high;
    this.#table[slot + 1] = low;
    this.#table[slot + 2] = place;
    this.#count += 1;
    if (this.#count * SLOT > this.#table.length * FULLEST) this.#grow();
    return undefined;
  }

  #grow(): void {
    const old = this.#table;
    const table = new Uint32Array(Math.ceil((old.length / SLOT) * GROWTH) * SLOT);
    for (let from = 0; from < old.length; from += SLOT) {
      if (old[from + 2] === 0) continue;
      const to = find(table, old[from] ?? 0, old[from + 1] ?? 0);
      table.set(old.subarray(from, from + SLOT), to);
    }
    this.#table = table;
  }
}

/** Offset of the slot that holds this hash, or of the free slot for it. */
function find(table: Uint32Array, high: number, low: number): number {
  const first = Math.floor((high / 2 ** 32) * (table.length / SLOT)) * SLOT;
  for (let at = first; ; at = at + SLOT === table.length ? 0 : at + SLOT) {
    if (table[at + 2] === 0 || (table[at] === high && table[at + 1] === low)) return at;
  }
}
