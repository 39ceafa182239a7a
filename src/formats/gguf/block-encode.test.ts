import fc from '../../../test/properties.ts';
import { describe, expect, test } from 'vitest';
import { encodeBlocks } from './block-encode.ts';
import { float16ToFloat32 } from '../weights/float-bits.ts';

/** One block's scale and integers as the format defines them. */
function decode(type: 'Q8_0' | 'Q4_0', block: Uint8Array): { scale: number; integers: number[] } {
  const view = new DataView(block.buffer, block.byteOffset, block.byteLength);
  const scale = float16ToFloat32(view.getUint16(0, true));
  const integers = Array.from({ length: 32 }, (_, i) => {
    if (type === 'Q8_0') return view.getInt8(2 + i);
    const byte = view.getUint8(2 + (i % 16));
    return (i < 16 ? byte & 15 : byte >> 4) - 8;
  });
  return { scale, integers };
}

function ramp(of: (i: number) => number): Float32Array {
  return Float32Array.from({ length: 32 }, (_, i) => of(i));
}

const weights = fc.float32Array({ minLength: 32, maxLength: 32, min: -8, max: 8, noNaN: true });

describe('encodeBlocks', () => {
  test('Q8_0 rounds halves away from zero, in both directions', () => {
    const values = ramp(() => 0);
    values.set([127, 0.5, -0.5, 1.5, -2.5, 126.5, -126.5, 0.49999997]);
    const { scale, integers } = decode('Q8_0', encodeBlocks('Q8_0', values));
    expect(scale).toBe(1);
    expect(integers.slice(0, 9)).toEqual([127, 1, -1, 2, -3, 127, -127, 0, 0]);
  });

  test('Q4_0 takes the sign of the value farthest from zero into its scale', () => {
    // Farthest −16, so d = 2: integers trunc((i − 16) / 2 + 8.5) − 8, the last one capped at 7.
    const { scale, integers } = decode(
      'Q4_0',
      encodeBlocks(
        'Q4_0',
        ramp((i) => i - 16),
      ),
    );
    expect(scale).toBe(2);
    expect(integers).toEqual(
      Array.from({ length: 32 }, (_, i) => Math.min(7, Math.floor((i - 16) / 2 + 0.5))),
    );
    const mirrored = decode(
      'Q4_0',
      encodeBlocks(
        'Q4_0',
        ramp((i) => 16 - i),
      ),
    );
    expect(mirrored.scale).toBe(-2);
    expect(mirrored.integers).toEqual(integers);
  });

  test('of two values equally far from zero, the first gives the sign', () => {
    const values = ramp((i) => (i === 3 ? 8 : i === 20 ? -8 : 0));
    const { scale, integers } = decode('Q4_0', encodeBlocks('Q4_0', values));
    expect(scale).toBe(-1);
    expect([integers[3], integers[20]]).toEqual([-8, 7]);
  });

  // Pairs (farthest value, another value, its nibble) where one rounding instead of two would give the
  // integer below; the nibbles are those that llama-quantize (llama.cpp 0.7.0) wrote.
  test.each([
    [0.10302734375, 0.057952880859375, 4],
    [-0.08154296875, -0.045867919921875, 4],
    [0.08984375, 0.072998046875, 2],
    [-0.0869140625, -0.07061767578125, 2],
  ])('Q4_0 rounds product and sum apart: %f, %f', (farthest, value, nibble) => {
    const values = ramp((i) => (i === 0 ? farthest : i === 1 ? value : 0));
    expect(decode('Q4_0', encodeBlocks('Q4_0', values)).integers[1]).toBe(nibble - 8);
  });

  test('low nibbles are the first half of the block, high nibbles the second', () => {
    const values = ramp((i) => (i === 0 ? -8 : i === 16 ? 7 : 0));
    const bytes = encodeBlocks('Q4_0', values);
    expect([...bytes]).toEqual([0x00, 0x3c, 0xf0, ...Array.from({ length: 15 }, () => 0x88)]);
  });

  test('zeros, and values too small for any scale, decode to zero', () => {
    for (const type of ['Q8_0', 'Q4_0'] as const) {
      for (const value of [0, -0, 1e-45, 1e-40]) {
        const { scale, integers } = decode(
          type,
          encodeBlocks(
            type,
            ramp(() => value),
          ),
        );
        expect(integers.every((q) => Math.abs(q * scale) === 0)).toBe(true);
      }
    }
  });

  test('Q8_0 is off by at most half a step and the narrowing of its scale', () => {
    fc.assert(
      fc.property(weights, (values) => {
        const { scale, integers } = decode('Q8_0', encodeBlocks('Q8_0', values));
        const largest = values.reduce((m, v) => Math.max(m, Math.abs(v)), 0);
        // Half scales below 2^-14 are subnormal: off by at most 2^-25 instead of 2^-11 of the value.
        const narrowing = 127 * Math.max((largest / 127) * 2 ** -11, 2 ** -25);
        for (const [i, q] of integers.entries()) {
          const error = Math.abs(q * scale - (values[i] ?? NaN));
          expect(error).toBeLessThanOrEqual((largest / 254) * 1.000001 + narrowing);
        }
      }),
    );
  });

  test('Q4_0 is off by at most half a step, one whole where the other end is cut', () => {
    fc.assert(
      fc.property(weights, (values) => {
        const { scale, integers } = decode('Q4_0', encodeBlocks('Q4_0', values));
        const largest = values.reduce((m, v) => Math.max(m, Math.abs(v)), 0);
        const step = largest / 8;
        const narrowing = 8 * Math.max(step * 2 ** -11, 2 ** -25);
        for (const [i, q] of integers.entries()) {
          const error = Math.abs(q * scale - (values[i] ?? NaN));
          const bound = q === 7 ? step : step / 2;
          expect(error).toBeLessThanOrEqual(bound * 1.000001 + narrowing);
        }
      }),
    );
  });

  test('blocks follow each other', () => {
    const values = Float32Array.from({ length: 96 }, (_, i) => Math.sin(i) * (1 + (i >> 5)));
    for (const type of ['Q8_0', 'Q4_0'] as const) {
      const parts = [0, 32, 64].flatMap((at) => [
        ...encodeBlocks(type, values.subarray(at, at + 32)),
      ]);
      expect([...encodeBlocks(type, values)]).toEqual(parts);
    }
  });

  test('a length that is no whole blocks is refused', () => {
    expect(() => encodeBlocks('Q8_0', new Float32Array(40))).toThrow(
      expect.objectContaining({ code: 'block-length' }),
    );
  });
});
