/**
 * Turns float32 weights into ggml's Q8_0 and Q4_0 blocks, rounded as ggml's reference rounds, so that a file
 * written here has the bytes that ggml's tool would write.
 */
import { fault } from '../../faults/fault.ts';
import { blockSizes } from './block-types.ts';
import type { BlockType } from './block-types.ts';
import { float32ToFloat16 } from '../weights/float-bits.ts';

/** The block types that are written. */
export type EncodedBlockType = Extract<BlockType, 'Q8_0' | 'Q4_0'>;

const BLOCK = 32;

/**
 * Encodes weights as blocks of 32, in order; a matrix is given row by row, its columns a multiple of 32.
 * - Q8_0, 34 bytes: scale d = max|x| / 127 as IEEE half, then 32 signed bytes round(x / d).
 * - Q4_0, 18 bytes: scale d = x₀ / −8 as IEEE half, x₀ the value farthest from zero (the first of them),
 *   then 16 bytes: nibble trunc(x / d + 8.5), at most 15, of weight i in the low half of byte i and of
 *   weight i + 16 in the high half.
 * The quotients use the scale before it is narrowed to half, as ggml does. Values must be finite.
 * @returns new array of values.length / 32 blocks
 * @throws StudioError `block-length` when the values are no whole blocks.
 */
export function encodeBlocks(
  type: EncodedBlockType,
  values: Float32Array,
): Uint8Array<ArrayBuffer> {
  if (values.length % BLOCK !== 0) {
    throw fault('block-length', { type, values: values.length, block: BLOCK });
  }
  const out = new Uint8Array((values.length / BLOCK) * blockSizes[type].bytes);
  if (type === 'Q8_0') encodeQ8(values, out);
  else encodeQ4(values, out);
  return out;
}

function encodeQ8(values: Float32Array, out: Uint8Array): void {
  let at = 0;
  for (let first = 0; first < values.length; first += BLOCK) {
    let largest = 0;
    for (let i = first; i < first + BLOCK; i++) {
      const magnitude = Math.abs(values[i] as number);
      if (magnitude > largest) largest = magnitude;
    }
    const scale = Math.fround(largest / 127);
    const inverse = scale === 0 ? 0 : Math.fround(1 / scale);
    const bits = float32ToFloat16(scale);
    out[at] = bits & 0xff;
    out[at + 1] = bits >>> 8;
    at += 2;
    for (let i = first; i < first + BLOCK; i++) {
      const quotient = Math.fround((values[i] as number) * inverse);
      // C's roundf rounds halves away from zero; the sum is exact in float64.
      out[at++] = quotient < 0 ? -((0.5 - quotient) | 0) : (quotient + 0.5) | 0;
    }
  }
}

function encodeQ4(values: Float32Array, out: Uint8Array): void {
  let at = 0;
  for (let first = 0; first < values.length; first += BLOCK) {
    let largest = 0;
    let farthest = 0;
    for (let i = first; i < first + BLOCK; i++) {
      const value = values[i] as number;
      const magnitude = Math.abs(value);
      if (magnitude > largest) {
        largest = magnitude;
        farthest = value;
      }
    }
    const scale = Math.fround(farthest / -8);
    const inverse = scale === 0 ? 0 : Math.fround(1 / scale);
    const bits = float32ToFloat16(scale);
    out[at] = bits & 0xff;
    out[at + 1] = bits >>> 8;
    at += 2;
    for (let i = first; i < first + 16; i++) {
      // The product is rounded before the sum, as in ggml without a fused multiply-add.
      const low = Math.fround(Math.fround((values[i] as number) * inverse) + 8.5) | 0;
      const high = Math.fround(Math.fround((values[i + 16] as number) * inverse) + 8.5) | 0;
      out[at++] = (low > 15 ? 15 : low) | ((high > 15 ? 15 : high) << 4);
    }
  }
}
