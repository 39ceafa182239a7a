/** Sorts the blocks of ggml formats into planes. */
import { blockSizes, type BlockType } from '../../formats/gguf/block-types.ts';

/** The planes of a run of quantised weights; see kernels/linear/weight-formats.ts. Words are little-endian. */
export interface PlaneWords {
  readonly quanta: Uint32Array<ArrayBuffer>;
  readonly high: Uint32Array<ArrayBuffer>;
  readonly scales: Uint32Array<ArrayBuffer>;
  readonly supers: Uint32Array<ArrayBuffer>;
}

/** Where a block is read and where its parts go; advances from block to block. */
interface BlockCursor {
  readonly bytes: Uint8Array;
  at: number;
  /** Quanta of this block. */
  readonly quanta: Uint8Array;
  /** Scales of all blocks as bytes, and the offset of this block's scales. */
  readonly scales: Uint8Array;
  scalesAt: number;
  readonly supers: Uint8Array;
  supersAt: number;
}

/** Splits one block: its quanta in the order of the weights, and its scales as bytes. */
interface BlockReader {
  /** Bits of a quantum; quanta of 8 bits are signed. */
  readonly bits: 4 | 5 | 6 | 8;
  readonly scaleBytes: number;
  readonly superBytes: number;
  readonly read: (block: Readonly<BlockCursor>) => void;
}

/** 32 quanta: the low nibbles come first, then the high ones; `high` holds the fifth bits. */
function readNibbles(bytes: Uint8Array, at: number, quanta: Uint8Array, high: number): void {
  for (let j = 0; j < 16; j += 1) {
    const byte = bytes[at + j] ?? 0;
    quanta[j] = (byte & 15) | (((high >>> j) & 1) << 4);
    quanta[j + 16] = (byte >> 4) | (((high >>> (j + 16)) & 1) << 4);
  }
}

function wordAt(bytes: Uint8Array, at: number): number {
  return (
    ((bytes[at] ?? 0) |
      ((bytes[at + 1] ?? 0) << 8) |
      ((bytes[at + 2] ?? 0) << 16) |
      ((bytes[at + 3] ?? 0) << 24)) >>>
    0
  );
}

/** Groups of 32 with a scale (2 bytes) or a scale and a least value (4 bytes) in front. */
function simpleReader(scaleBytes: 2 | 4, fifth: boolean): BlockReader {
  return {
    bits: fifth ? 5 : 4,
    scaleBytes,
    superBytes: 0,
    read: ({ bytes, at, quanta, scales, scalesAt }) => {
      scales.set(bytes.subarray(at, at + scaleBytes), scalesAt);
      const high = fifth ? wordAt(bytes, at + scaleBytes) : 0;
      readNibbles(bytes, at + scaleBytes + (fifth ? 4 : 0), quanta, high);
    },
  };
}

/** The eight pairs of 6-bit scale and minimum that Q4_K and Q5_K pack into 12 bytes. */
function readPairs(bytes: Uint8Array, at: number, scales: Uint8Array, scalesAt: number): void {
  for (let j = 0; j < 4; j += 1) {
    const scale = bytes[at + j] ?? 0;
    const minimum = bytes[at + 4 + j] ?? 0;
    const rest = bytes[at + 8 + j] ?? 0;
    scales[scalesAt + 2 * j] = scale & 63;
    scales[scalesAt + 2 * j + 1] = minimum & 63;
    scales[scalesAt + 8 + 2 * j] = (rest & 15) | ((scale >> 6) << 4);
    scales[scalesAt + 9 + 2 * j] = (rest >> 4) | ((minimum >> 6) << 4);
  }
}

/** 256 weights: d, dmin, the pairs, (fifth bits,) nibbles in chunks of 64. */
function rangedReader(fifth: boolean): BlockReader {
  return {
    bits: fifth ? 5 : 4,
    scaleBytes: 16,
    superBytes: 4,
    read: ({ bytes, at, quanta, scales, scalesAt, supers, supersAt }) => {
      supers.set(bytes.subarray(at, at + 4), supersAt);
      readPairs(bytes, at + 4, scales, scalesAt);
      const highAt = at + 16;
      const lowAt = highAt + (fifth ? 32 : 0);
      for (let chunk = 0; chunk < 4; chunk += 1) {
        for (let l = 0; l < 32; l += 1) {
          const low = bytes[lowAt + chunk * 32 + l] ?? 0;
          const high = fifth ? (bytes[highAt + l] ?? 0) >> (2 * chunk) : 0;
          quanta[chunk * 64 + l] = (low & 15) | ((high & 1) << 4);
          quanta[chunk * 64 + 32 + l] = (low >> 4) | ((high & 2) << 3);
        }
      }
    },
  };
}

const readers: Readonly<Record<BlockType, BlockReader>> = {
  Q4_0: simpleReader(2, false),
  Q4_1: simpleReader(4, false),
  Q5_0: simpleReader(2, true),
  Q5_1: simpleReader(4, true),
  Q4_K: rangedReader(false),
  Q5_K: rangedReader(true),
  Q8_0: {
    bits: 8,
    scaleBytes: 2,
    superBytes: 0,
    read: ({ bytes, at, quanta, scales, scalesAt }) => {
      scales.set(bytes.subarray(at, at + 2), scalesAt);
      quanta.set(bytes.subarray(at + 2, at + 34));
    },
  },
  Q6_K: {
    bits: 6,
    scaleBytes: 16,
    superBytes: 2,
    read: ({ bytes, at, quanta, scales, scalesAt, supers, supersAt }) => {
      for (let half = 0; half < 2; half += 1) {
        const low = at + half * 64;
        const high = at + 128 + half * 32;
        for (let l = 0; l < 32; l += 1) {
          const first = bytes[low + l] ?? 0;
          const second = bytes[low + 32 + l] ?? 0;
          const bits = bytes[high + l] ?? 0;
          const to = half * 128 + l;
          quanta[to] = (first & 15) | ((bits & 3) << 4);
          quanta[to + 32] = (second & 15) | (((bits >> 2) & 3) << 4);
          quanta[to + 64] = (first >> 4) | (((bits >> 4) & 3) << 4);
          quanta[to + 96] = (second >> 4) | ((bits >> 6) << 4);
        }
      }
      scales.set(bytes.subarray(at + 192, at + 208), scalesAt);
      supers.set(bytes.subarray(at + 208, at + 210), supersAt);
    },
  },
};

function words(bytes: number): Uint32Array<ArrayBuffer> {
  return new Uint32Array(Math.ceil(bytes / 4));
}

function bytesOf(plane: Uint32Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  return new Uint8Array(plane.buffer);
}

/**
 * Sorts ggml blocks into planes; no number changes.
 * @param bytes whole blocks
 * @throws RangeError when the bytes are not whole blocks
 */
export function planesOfBlocks(type: BlockType, bytes: Uint8Array): PlaneWords {
  const size = blockSizes[type];
  const count = bytes.length / size.bytes;
  if (!Number.isInteger(count)) {
    throw new RangeError(`${bytes.length} bytes are no whole blocks of ${type}`);
  }
  const { bits, scaleBytes, superBytes, read } = readers[type];
  const weights = count * size.weights;
  const high = words(bits === 8 ? 0 : (weights * (bits - 4)) / 8);
  const planes = {
    quanta: words(bits === 8 ? weights : weights / 2),
    high,
    scales: words(count * scaleBytes),
    supers: words(count * superBytes),
  };
  const quanta = new Uint8Array(size.weights);
  const cursor: BlockCursor = {
    ...{ bytes, at: 0, quanta },
    ...{ scales: bytesOf(planes.scales), scalesAt: 0 },
    ...{ supers: bytesOf(planes.supers), supersAt: 0 },
  };
  for (let block = 0; block < count; block += 1) {
    cursor.at = block * size.bytes;
    cursor.scalesAt = block * scaleBytes;
    cursor.supersAt = block * superBytes;
    read(cursor);
    const first = block * size.weights;
    if (bits === 8) bytesOf(planes.quanta).set(quanta, first);
    else {
      packBits(quanta, planes.quanta, first, lowBits);
      if (bits > 4) packBits(quanta, high, first, { width: bits - 4, shift: 4 });
    }
  }
  return planes;
}

/** The bits of a quantum that lie in one plane. */
interface BitRange {
  readonly width: number;
  readonly shift: number;
}

const lowBits: BitRange = { width: 4, shift: 0 };

/** Packs some bits of each quantum, from weight `first` of a plane on. */
function packBits(
  quanta: Uint8Array,
  plane: Uint32Array,
  first: number,
  { width, shift }: BitRange,
): void {
  const perWord = 32 / width;
  const mask = (1 << width) - 1;
  for (let at = 0; at < quanta.length; at += perWord) {
    let word = 0;
    for (let i = 0; i < perWord; i += 1) {
      word |= (((quanta[at + i] ?? 0) >> shift) & mask) << (i * width);
    }
    plane[(first + at) / perWord] = word >>> 0;
  }
}
