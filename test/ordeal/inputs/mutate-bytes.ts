/** Damages bytes as disks, networks, editors and hostile people do. */
import type { Random } from '../random.ts';

/** Lengths and counts that readers trip over, little-endian. */
const WORDS = [
  [0, 0, 0, 0],
  [0xff, 0xff, 0xff, 0xff],
  [0xff, 0xff, 0xff, 0x7f],
  [0, 0, 0, 0x80],
  [0, 0, 0, 0, 0, 0, 0, 0],
  [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f],
  [0, 0, 0, 0, 1, 0, 0, 0],
];

const BEGINNINGS = [
  [0xef, 0xbb, 0xbf],
  [0xff, 0xfe],
  [0xfe, 0xff],
  [0x1f, 0x8b, 0x08],
  [0x50, 0x4b, 0x03, 0x04],
  [0x50, 0x41, 0x52, 0x31],
];

function splice(bytes: Uint8Array, at: number, gone: number, put: Uint8Array): Uint8Array {
  const result = new Uint8Array(Math.max(0, bytes.length - gone) + put.length);
  result.set(bytes.subarray(0, at));
  result.set(put, at);
  result.set(bytes.subarray(at + gone), at + put.length);
  return result;
}

/** A place in the bytes; half of them near the beginning, where headers are. */
function place(bytes: Uint8Array, random: Random): number {
  return random.below(random.chance(0.5) ? Math.min(512, bytes.length) : bytes.length);
}

/** A piece from `at` on, of a length up to `most`. */
function lengthFrom(bytes: Uint8Array, at: number, most: number, random: Random): number {
  return Math.min(bytes.length - at, 1 + random.below(most));
}

const mutations: Readonly<Record<string, (bytes: Uint8Array, random: Random) => Uint8Array>> = {
  'a bit turned': (bytes, random) => {
    const result = bytes.slice();
    const at = place(bytes, random);
    result[at] = (result[at] ?? 0) ^ (1 << random.below(8));
    return result;
  },
  'other bytes': (bytes, random) => {
    const at = place(bytes, random);
    const count = lengthFrom(bytes, at, 16, random);
    return splice(bytes, at, count, random.bytes(count));
  },
  'cut off': (bytes, random) => bytes.slice(0, place(bytes, random)),
  'beginning gone': (bytes, random) => bytes.slice(place(bytes, random)),
  'a piece gone': (bytes, random) => {
    const at = place(bytes, random);
    return splice(bytes, at, lengthFrom(bytes, at, 200, random), new Uint8Array());
  },
  'a piece twice': (bytes, random) => {
    const at = place(bytes, random);
    const piece = bytes.slice(at, at + lengthFrom(bytes, at, 400, random));
    return splice(bytes, at, 0, piece);
  },
  'a piece elsewhere': (bytes, random) => {
    const from = place(bytes, random);
    const count = lengthFrom(bytes, from, 200, random);
    const piece = bytes.slice(from, from + count);
    const rest = splice(bytes, from, count, new Uint8Array());
    return splice(rest, random.below(rest.length + 1), 0, piece);
  },
  'a length that lies': (bytes, random) => {
    const at = place(bytes, random);
    const word = Uint8Array.from(random.pick(WORDS));
    return splice(bytes, at, Math.min(word.length, bytes.length - at), word);
  },
  'bytes put in': (bytes, random) =>
    splice(bytes, place(bytes, random), 0, random.bytes(1 + random.below(64))),
  'another beginning': (bytes, random) =>
    splice(bytes, 0, 0, Uint8Array.from(random.pick(BEGINNINGS))),
  zeros: (bytes, random) => {
    const at = place(bytes, random);
    const count = lengthFrom(bytes, at, 4096, random);
    return splice(bytes, at, count, new Uint8Array(count));
  },
};

export interface Mutated {
  readonly bytes: Uint8Array;
  /** What was done, in words. */
  readonly how: string;
}

/** One to three damages, one after another. */
export function mutateBytes(bytes: Uint8Array, random: Random): Mutated {
  let result = bytes;
  const how: string[] = [];
  for (let left = 1 + random.below(3); left > 0 && result.length > 0; left -= 1) {
    const [name, change] = random.pick(Object.entries(mutations));
    result = change(result, random);
    how.push(name);
  }
  return { bytes: result, how: how.join(', ') };
}
