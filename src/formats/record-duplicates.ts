/** Tells records that were seen before, in a table of numbers: some 20 bytes a record, no strings. */
import type { ChatRecord } from './record-types.ts';

/** Words of a slot: two of the hash, line + 1 (0: free), file and length of the text mixed. */
const SLOT = 4;
const FIRST_SLOTS = 2 ** 10;

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
 * 64 bits over the text of a record, and its length: white space and Unicode form levelled. Two different
 * records of a million share all of it by chance with a probability below 1e-7; it guards against
 * repetition, not forgery.
 */
function hashOf({ messages }: ChatRecord): { high: number; low: number; length: number } {
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
  return { high: avalanche(high ^ length), low: avalanche(low + high), length };
}

/**
 * Records seen so far, so that a repeated one is told from a new one, also across files. Open addressing
 * in one typed array, at most three quarters full: a million records take 34 MB.
 */
export class DuplicateIndex {
  #table = new Uint32Array(FIRST_SLOTS * SLOT);
  #count = 0;
  readonly #files: string[] = [];

  /** Where the same record stood before, or undefined: then it is noted as standing here. */
  meet(
    record: ChatRecord,
    file: string,
    line: number,
  ): { readonly file: string; readonly line: number } | undefined {
    const { high, low, length } = hashOf(record);
    const at = this.#find(this.#table, high, low, length);
    const earlier = this.#table[at + 2] ?? 0;
    if (earlier !== 0) {
      return { file: this.#files[(this.#table[at + 3] ?? 0) & 0xffff] ?? '', line: earlier - 1 };
    }
    const mark = this.#fileNumber(file) | ((length & 0xffff) << 16);
    this.#table.set([high, low, line + 1, mark], at);
    this.#count += 1;
    if (this.#count * SLOT * 4 > this.#table.length * 3) this.#grow();
    return undefined;
  }

  #fileNumber(file: string): number {
    const last = this.#files.length - 1;
    if (this.#files[last] === file) return last;
    // More than 65,536 files would share the last name; their records are told apart all the same.
    return this.#files.length > 0xffff ? last : this.#files.push(file) - 1;
  }

  /** Offset of the slot that holds this hash, or of the free one where it belongs. */
  #find(table: Uint32Array, high: number, low: number, length: number): number {
    const slots = table.length / SLOT;
    const [wantedHigh, wantedLow, wantedLength] = [high >>> 0, low >>> 0, length & 0xffff];
    for (let slot = wantedHigh & (slots - 1); ; slot = (slot + 1) & (slots - 1)) {
      const at = slot * SLOT;
      if (table[at + 2] === 0) return at;
      const same = table[at] === wantedHigh && table[at + 1] === wantedLow;
      if (same && (table[at + 3] ?? 0) >>> 16 === wantedLength) return at;
    }
  }

  #grow(): void {
    const old = this.#table;
    const table = new Uint32Array(old.length * 2);
    for (let from = 0; from < old.length; from += SLOT) {
      if (old[from + 2] === 0) continue;
      const to = this.#find(table, old[from] ?? 0, old[from + 1] ?? 0, (old[from + 3] ?? 0) >>> 16);
      table.set(old.subarray(from, from + SLOT), to);
    }
    this.#table = table;
  }
}
