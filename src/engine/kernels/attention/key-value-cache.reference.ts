/** Float64 reference of rotating new rows and putting them into the cache. */
import { float32ToFloat16 } from '../../../formats/weights/float-bits.ts';
import { rotaryForward, type RotaryCase } from './rotary.reference.ts';

interface NewRows {
  readonly heads: number;
  readonly groups: number;
  readonly headSize: number;
  readonly slotCount: number;
  readonly capacity: number;
  readonly slots: readonly number[];
  /** Positions, and the tables by which they turn. */
  readonly angles: Pick<RotaryCase, 'positions' | 'cosine' | 'sine'>;
  readonly norm: {
    readonly query: Float64Array;
    readonly key: Float64Array;
    readonly epsilon: number;
  } | null;
}

/**
 * Rotated queries [rows, heads, headSize], and the cells of both caches after the new rows were written; caches in
 * float16 are their words.
 */
export function rotateToCacheReference(
  x: { readonly query: Float64Array; readonly key: Float64Array; readonly value: Float64Array },
  caches: { readonly keys: Float64Array; readonly values: Float64Array },
  args: NewRows,
): { query: Float64Array; keys: Float64Array; values: Float64Array } {
  const { heads, groups, headSize, angles, norm } = args;
  const turned = (
    values: Float64Array,
    count: number,
    weight: Float64Array | undefined,
  ): Float64Array =>
    rotaryForward(values, {
      ...{ ...angles, heads: count, headSize },
      ...(norm && weight ? { norm: { weight, epsilon: norm.epsilon } } : {}),
    });
  return {
    query: turned(x.query, heads, norm?.query),
    keys: written(caches.keys, turned(x.key, groups, norm?.key), args),
    values: written(caches.values, x.value, args),
  };
}

function written(cells: Float64Array, rows: Float64Array, args: NewRows): Float64Array {
  const { groups, headSize, slotCount, capacity, slots, angles } = args;
  const width = groups * headSize;
  const perRow = cells.length / (slotCount * capacity);
  const after = Float64Array.from(cells);
  slots.forEach((slot, row) => {
    const position = angles.positions[row] ?? capacity;
    if (slot >= slotCount || position >= capacity) return;
    const first = (slot * capacity + position) * perRow;
    const valueAt = (index: number): number => rows[row * width + index] ?? Number.NaN;
    const bitsAt = (index: number): number =>
      float32ToFloat16(Math.min(65504, Math.max(-65504, valueAt(index))));
    for (let i = 0; i < perRow; i += 1) {
      const word = (bitsAt(2 * i) | (bitsAt(2 * i + 1) << 16)) >>> 0;
      after[first + i] = perRow < width ? word : valueAt(i);
    }
  });
  return after;
}
