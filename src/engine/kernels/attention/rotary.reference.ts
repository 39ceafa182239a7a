/** Float64 reference of rotary positions, with and without a norm of each head. */
import { rmsNormBackward, rmsNormForward } from '../norm/norm.reference.ts';

export interface RotaryCase {
  readonly heads: number;
  readonly headSize: number;
  readonly positions: readonly number[];
  /** [count, headSize / 2]; positions beyond `count` give zeros. */
  readonly cosine: ArrayLike<number>;
  readonly sine: ArrayLike<number>;
  readonly norm?: { readonly weight: Float64Array; readonly epsilon: number };
}

function turn(x: Float64Array, direction: 1 | -1, rotary: RotaryCase): Float64Array {
  const { heads, headSize, positions, cosine, sine } = rotary;
  const half = headSize / 2;
  const count = cosine.length / half;
  const y = new Float64Array(x.length);
  positions.forEach((position, row) => {
    if (position >= count) return;
    for (let head = 0; head < heads; head += 1) {
      const base = (row * heads + head) * headSize;
      for (let d = 0; d < half; d += 1) {
        const c = cosine[position * half + d] ?? Number.NaN;
        const s = direction * (sine[position * half + d] ?? Number.NaN);
        const a = x[base + d] ?? Number.NaN;
        const b = x[base + half + d] ?? Number.NaN;
        y[base + d] = a * c - b * s;
        y[base + half + d] = b * c + a * s;
      }
    }
  });
  return y;
}

/** Half-split rotation of x [rows, heads, headSize], after the optional per-head RMSNorm. */
export function rotaryForward(x: Float64Array, rotary: RotaryCase): Float64Array {
  const { norm } = rotary;
  return turn(norm ? rmsNormForward(x, norm.weight, norm.epsilon) : x, 1, rotary);
}

/** Gradient of `rotaryForward` for x. */
export function rotaryBackward(
  x: Float64Array,
  dy: Float64Array,
  rotary: RotaryCase,
): Float64Array {
  const { norm } = rotary;
  const du = turn(dy, -1, rotary);
  return norm ? rmsNormBackward(x, norm.weight, norm.epsilon, du) : du;
}
