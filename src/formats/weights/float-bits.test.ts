import fc from '../../../test/properties.ts';
import { describe, expect, test } from 'vitest';
import {
  bfloat16ToFloat32,
  float16ToFloat32,
  float32ToBfloat16,
  float32ToFloat16,
  narrowBfloat16Array,
  narrowFloat16Array,
  widenBfloat16Array,
  widenFloat16Array,
} from './float-bits.ts';

/** The value of IEEE half bits from the definition of the format, in float64. */
function halfByDefinition(bits: number): number {
  const sign = (bits & 0x8000) === 0 ? 1 : -1;
  const exponent = (bits >>> 10) & 31;
  const fraction = bits & 0x3ff;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** Nearest representable value by search among all finite values of a 16-bit format; ties to even bits. */
function nearest(value: number, widen: (bits: number) => number, largest: number): number {
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const magnitude = Math.abs(value);
  let low = 0;
  let high = largest;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (widen(middle) <= magnitude) low = middle;
    else high = middle - 1;
  }
  // Beyond the largest finite value, the next step of the same size counts as infinity.
  const below = widen(low);
  const above = low === largest ? 2 * below - widen(low - 1) : widen(low + 1);
  const toBelow = magnitude - below;
  const toAbove = above - magnitude;
  if (toBelow < toAbove || (toBelow === toAbove && low % 2 === 0)) return sign | low;
  return sign | (low + 1);
}

const anyFloat32 = fc.oneof(
  fc.float({ noNaN: true, noDefaultInfinity: true }),
  fc.float({ noNaN: true, min: -65536, max: 65536 }),
  fc.float({ noNaN: true, min: Math.fround(-(2 ** -13)), max: Math.fround(2 ** -13) }),
);

describe('half precision', () => {
  test('every one of the 65,536 patterns widens to the value its definition gives, and back', () => {
    const bits = Uint16Array.from({ length: 65536 }, (_, i) => i);
    const wide = widenFloat16Array(bits);
    const wrong = [...bits].filter((i) => {
      const expected = halfByDefinition(i);
      const same = Object.is(wide[i], expected) && Object.is(float16ToFloat32(i), expected);
      return !same || (!Number.isNaN(expected) && float32ToFloat16(expected) !== i);
    });
    expect(wrong).toEqual([]);
  });

  test('narrowing rounds to nearest, ties to even', () => {
    fc.assert(
      fc.property(anyFloat32, (value) => {
        expect(float32ToFloat16(value)).toBe(nearest(value, halfByDefinition, 0x7bff));
      }),
      { numRuns: 5000 },
    );
  });

  test.each([
    ['a tie goes to the even neighbour below', 1 + 2 ** -11, 0x3c00],
    ['a tie goes to the even neighbour above', 1 + 3 * 2 ** -11, 0x3c02],
    ['the largest finite value', 65504, 0x7bff],
    ['just below the overflow tie', 65519.99609375, 0x7bff],
    ['the overflow tie becomes infinity', 65520, 0x7c00],
    ['minus infinity', -Infinity, 0xfc00],
    ['the smallest subnormal', 2 ** -24, 0x0001],
    ['half of it ties to zero', 2 ** -25, 0x0000],
    ['a little more than half of it', 2 ** -25 + 2 ** -48, 0x0001],
    ['one and a half of it ties to two', 1.5 * 2 ** -24, 0x0002],
    ['the largest subnormal rounds up into the normals', 2 ** -14 - 2 ** -26, 0x0400],
    ['minus zero', -0, 0x8000],
    ['a float32 subnormal', 2 ** -149, 0x0000],
  ])('%s', (_name, value, bits) => {
    expect(float32ToFloat16(value)).toBe(bits);
  });
});

describe('bfloat16', () => {
  test('every pattern survives widening and narrowing', () => {
    const bits = Uint16Array.from({ length: 65536 }, (_, i) => i);
    const wide = widenBfloat16Array(bits);
    const narrow = narrowBfloat16Array(wide);
    const wrong = [...bits].filter((i) => {
      const value = wide[i] ?? 0;
      if (!Object.is(value, bfloat16ToFloat32(i))) return true;
      const back = narrow[i] ?? 0;
      return Number.isNaN(value) ? !Number.isNaN(bfloat16ToFloat32(back)) : back !== i;
    });
    expect(wrong).toEqual([]);
  });

  test('narrowing rounds to nearest, ties to even', () => {
    fc.assert(
      fc.property(anyFloat32, (value) => {
        expect(float32ToBfloat16(value)).toBe(nearest(value, bfloat16ToFloat32, 0x7f7f));
      }),
      { numRuns: 5000 },
    );
  });

  test('a NaN whose payload lies in the dropped half stays NaN', () => {
    const bits = new Uint32Array([0x7f800001, 0xff800001]);
    const values = new Float32Array(bits.buffer);
    for (const half of narrowBfloat16Array(values)) expect(bfloat16ToFloat32(half)).toBeNaN();
    for (const half of narrowFloat16Array(values)) expect(float16ToFloat32(half)).toBeNaN();
  });

  test('the largest float32 rounds to infinity and infinity stays', () => {
    expect(float32ToBfloat16(3.4028234663852886e38)).toBe(0x7f80);
    expect(float32ToBfloat16(Infinity)).toBe(0x7f80);
    expect(float32ToBfloat16(-Infinity)).toBe(0xff80);
    expect(float32ToBfloat16(-0)).toBe(0x8000);
    expect(float32ToBfloat16(2 ** -149)).toBe(0);
  });
});
