/**
 * Turns the block formats of ggml into float32, with the order and the roundings of ggml's dequantisation:
 * every kernel that reads these blocks is compared with this. All numbers are little-endian; scales are IEEE
 * halves. A block of 32 keeps its first 16 weights in the low nibbles and the other 16 in the high ones; the K
 * formats divide 256 weights into groups, each with small integer scales.
 */
import { blockSizes } from './block-types.ts';
import type { BlockType } from './block-types.ts';
import { float16ToFloat32 } from '../weights/float-bits.ts';

const { fround } = Math;

/** Writes the weights of one block, whose bytes start at `at` in `bytes`, to `out` from `to` on. */
type DecodeBlock = (bytes: Uint8Array, at: number, out: Float32Array, to: number) => void;

function byte(bytes: Uint8Array, at: number): number {
  return bytes[at] as number;
}

function half(bytes: Uint8Array, at: number): number {
  return float16ToFloat32(byte(bytes, at) | (byte(bytes, at + 1) << 8));
}

function signed(value: number): number {
  return (value << 24) >> 24;
}

/** w = d · q with q in −128…127. */
const decodeQ8_0: DecodeBlock = (bytes, at, out, to) => {
  const scale = half(bytes, at);
  for (let i = 0; i < 32; i++) out[to + i] = scale * signed(byte(bytes, at + 2 + i));
};

/** w = d · (q − 8) with q in 0…15. */
const decodeQ4_0: DecodeBlock = (bytes, at, out, to) => {
  const scale = half(bytes, at);
  for (let i = 0; i < 16; i++) {
    const pair = byte(bytes, at + 2 + i);
    out[to + i] = scale * ((pair & 15) - 8);
    out[to + i + 16] = scale * ((pair >> 4) - 8);
  }
};

/** w = d · q + m with q in 0…15. */
const decodeQ4_1: DecodeBlock = (bytes, at, out, to) => {
  const scale = half(bytes, at);
  const least = half(bytes, at + 2);
  for (let i = 0; i < 16; i++) {
    const pair = byte(bytes, at + 4 + i);
    out[to + i] = fround(scale * (pair & 15)) + least;
    out[to + i + 16] = fround(scale * (pair >> 4)) + least;
  }
};

/** w = d · (q − 16) with q in 0…31: four bits as in Q4_0, the fifth of weight i is bit i of a word. */
const decodeQ5_0: DecodeBlock = (bytes, at, out, to) => {
  const scale = half(bytes, at);
  for (let i = 0; i < 16; i++) {
    const pair = byte(bytes, at + 6 + i);
    out[to + i] = scale * (((pair & 15) | fifthBit(bytes, at + 2, i)) - 16);
    out[to + i + 16] = scale * (((pair >> 4) | fifthBit(bytes, at + 2, i + 16)) - 16);
  }
};

/** w = d · q + m with q in 0…31. */
const decodeQ5_1: DecodeBlock = (bytes, at, out, to) => {
  const scale = half(bytes, at);
  const least = half(bytes, at + 2);
  for (let i = 0; i < 16; i++) {
    const pair = byte(bytes, at + 8 + i);
    out[to + i] = fround(scale * ((pair & 15) | fifthBit(bytes, at + 4, i))) + least;
    out[to + i + 16] = fround(scale * ((pair >> 4) | fifthBit(bytes, at + 4, i + 16))) + least;
  }
};

function fifthBit(bytes: Uint8Array, word: number, index: number): number {
  return ((byte(bytes, word + (index >> 3)) >> (index & 7)) & 1) << 4;
}

/**
 * Scale and minimum of group `group` (0…7), six bits each, out of the twelve bytes at `at`: the first four
 * of each lie in the low six bits of bytes 0…3 and 4…7, the last four in the nibbles of bytes 8…11 with
 * their upper two bits on top of bytes 0…7.
 */
function groupScale(bytes: Uint8Array, at: number, group: number): [scale: number, least: number] {
  const first = byte(bytes, at + group);
  const second = byte(bytes, at + group + 4);
  if (group < 4) return [first & 63, second & 63];
  const top = byte(bytes, at + group - 4);
  return [(second & 15) | ((top >> 6) << 4), (second >> 4) | ((first >> 6) << 4)];
}

/** w = (d · s) · q − (dmin · m), q in 0…15 or 0…31 where the blocks have fifth bits; 8 groups of 32. */
const groupsDecoder =
  (fifth: boolean): DecodeBlock =>
  (bytes, at, out, to) => {
    const high = fifth ? at + 16 : null;
    const low = at + (fifth ? 48 : 16);
    const scale = half(bytes, at);
    const leastScale = half(bytes, at + 2);
    for (let group = 0; group < 8; group++) {
      const [groupFactor, groupLeast] = groupScale(bytes, at + 4, group);
      const factor = fround(scale * groupFactor);
      const least = fround(leastScale * groupLeast);
      // Two groups share 32 bytes: the even one has the low nibbles.
      const nibbles = low + (group >> 1) * 32;
      const shift = (group & 1) * 4;
      for (let i = 0; i < 32; i++) {
        let quant = (byte(bytes, nibbles + i) >> shift) & 15;
        if (high !== null) quant |= ((byte(bytes, high + i) >> group) & 1) << 4;
        out[to + group * 32 + i] = fround(factor * quant) - least;
      }
    }
  };

const decodeQ4_K = groupsDecoder(false);

const decodeQ5_K = groupsDecoder(true);

/**
 * w = (d · s) · (q − 32), q in 0…63, 16 groups of 16 with signed 8-bit scales. Each half of 128 weights has
 * 64 bytes of low nibbles and 32 bytes with four upper pairs of bits.
 */
const decodeQ6_K: DecodeBlock = (bytes, at, out, to) => {
  const scale = half(bytes, at + 208);
  for (let i = 0; i < 256; i++) {
    const within = i & 127;
    const part = i >> 7;
    const nibbles = byte(bytes, at + part * 64 + (within & 63));
    const upper = byte(bytes, at + 128 + part * 32 + (within & 31));
    const low = (nibbles >> (within < 64 ? 0 : 4)) & 15;
    const quant = low | (((upper >> ((within >> 5) * 2)) & 3) << 4);
    const factor = fround(scale * signed(byte(bytes, at + 192 + (i >> 4))));
    out[to + i] = factor * (quant - 32);
  }
};

const decoders: Readonly<Record<BlockType, DecodeBlock>> = {
  Q8_0: decodeQ8_0,
  Q4_0: decodeQ4_0,
  Q4_1: decodeQ4_1,
  Q5_0: decodeQ5_0,
  Q5_1: decodeQ5_1,
  Q4_K: decodeQ4_K,
  Q5_K: decodeQ5_K,
  Q6_K: decodeQ6_K,
};

/**
 * Dequantises whole blocks.
 * @param bytes n blocks as ggml lays them out
 * @returns n · (weights of a block) float32 values, the same bits as ggml's scalar code gives
 * @throws RangeError when the bytes are no whole number of blocks
 */
export function decodeBlocks(type: BlockType, bytes: Uint8Array): Float32Array<ArrayBuffer> {
  const size = blockSizes[type];
  const blocks = bytes.length / size.bytes;
  if (!Number.isInteger(blocks)) {
    throw new RangeError(`${bytes.length} bytes are no whole blocks of ${type}`);
  }
  const decode = decoders[type];
  const out = new Float32Array(blocks * size.weights);
  for (let block = 0; block < blocks; block++) {
    decode(bytes, block * size.bytes, out, block * size.weights);
  }
  return out;
}
