/**
 * Conversions between float32 and the two 16-bit formats, exact to the bit. Widening is exact for every
 * value; narrowing rounds to nearest, ties to even, as IEEE 754 does and as PyTorch stores checkpoints.
 */

const scratchFloat = new Float32Array(1);
const scratchBits = new Uint32Array(scratchFloat.buffer);

/** bfloat16 bits → float32. The format is the upper half of a float32, so this is a shift. */
export function bfloat16ToFloat32(bits: number): number {
  scratchBits[0] = (bits & 0xffff) << 16;
  return scratchFloat[0] as number;
}

/** float32 bits → bfloat16 bits, ties to even. NaN stays NaN (made quiet); overflow gives infinity. */
function narrowToBfloat16(bits: number): number {
  const magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) return (bits >>> 16) | 0x0040;
  // Adding half of the last kept place, less one unless that place is odd, is round-half-to-even.
  return ((bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16) & 0xffff;
}

/** float32 bits → IEEE half bits, ties to even, subnormals included. */
function narrowToFloat16(bits: number): number {
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00 | ((magnitude >>> 13) & 0x1ff);
  // 65520 lies half-way between the largest half (65504) and the next power: it rounds to infinity.
  if (magnitude >= 0x477ff000) return sign | 0x7c00;
  if (magnitude >= 0x38800000) {
    // Normal: rebias the exponent by 127 − 15 and drop 13 bits of the fraction.
    const rebased = magnitude - 0x38000000;
    return sign | ((rebased + 0x0fff + ((rebased >>> 13) & 1)) >>> 13);
  }
  // At or below 2^-25 (half the smallest subnormal, which ties to even zero) nothing is left.
  if (magnitude <= 0x33000000) return sign;
  // Subnormal: the value in units of 2^-24 is the 24-bit significand shifted right by 126 − exponent.
  const shift = 126 - (magnitude >>> 23);
  const significand = (magnitude & 0x7fffff) | 0x800000;
  const kept = significand >>> shift;
  const rest = significand & ((1 << shift) - 1);
  const half = 1 << (shift - 1);
  return sign | (kept + (rest > half || (rest === half && (kept & 1) === 1) ? 1 : 0));
}

/** One float32 value → bfloat16 bits. */
export function float32ToBfloat16(value: number): number {
  scratchFloat[0] = value;
  return narrowToBfloat16(scratchBits[0] as number);
}

/** One float32 value → IEEE half bits. */
export function float32ToFloat16(value: number): number {
  scratchFloat[0] = value;
  return narrowToFloat16(scratchBits[0] as number);
}

/** IEEE half bits → float32, exact. */
export function float16ToFloat32(bits: number): number {
  scratchBits[0] = widenFloat16(bits & 0xffff);
  return scratchFloat[0] as number;
}

function widenFloat16(bits: number): number {
  const sign = (bits & 0x8000) << 16;
  const exponent = (bits >>> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0x1f) return (sign | 0x7f800000 | (fraction << 13)) >>> 0;
  if (exponent !== 0) return (sign | ((exponent + 112) << 23) | (fraction << 13)) >>> 0;
  if (fraction === 0) return sign >>> 0;
  // Subnormal half: fraction · 2^-24, normalised by moving its leading one to the hidden place.
  const lead = 31 - Math.clz32(fraction);
  return (sign | ((lead + 103) << 23) | ((fraction << (23 - lead)) & 0x7fffff)) >>> 0;
}

let halfTable: Uint32Array | undefined;

/** Widens `source` (IEEE half bits) into a new Float32Array; a 256 KiB table makes it one load a value. */
export function widenFloat16Array(source: Uint16Array): Float32Array<ArrayBuffer> {
  let table = halfTable;
  if (table === undefined) {
    table = new Uint32Array(65536);
    for (let bits = 0; bits < 65536; bits++) table[bits] = widenFloat16(bits);
    halfTable = table;
  }
  const out = new Uint32Array(source.length);
  for (let i = 0; i < source.length; i++) out[i] = table[source[i] as number] as number;
  return new Float32Array(out.buffer);
}

/** Widens `source` (bfloat16 bits) into a new Float32Array. */
export function widenBfloat16Array(source: Uint16Array): Float32Array<ArrayBuffer> {
  const out = new Uint32Array(source.length);
  for (let i = 0; i < source.length; i++) out[i] = (source[i] as number) << 16;
  return new Float32Array(out.buffer);
}

/** Narrows float32 values to bfloat16 bits in a new array. */
export function narrowBfloat16Array(source: Float32Array): Uint16Array<ArrayBuffer> {
  const bits = new Uint32Array(source.buffer, source.byteOffset, source.length);
  const out = new Uint16Array(source.length);
  for (let i = 0; i < out.length; i++) out[i] = narrowToBfloat16(bits[i] as number);
  return out;
}

/** Narrows float32 values to IEEE half bits in a new array; beyond ±65504 they become ±infinity. */
export function narrowFloat16Array(source: Float32Array): Uint16Array<ArrayBuffer> {
  const bits = new Uint32Array(source.buffer, source.byteOffset, source.length);
  const out = new Uint16Array(source.length);
  for (let i = 0; i < out.length; i++) out[i] = narrowToFloat16(bits[i] as number);
  return out;
}
