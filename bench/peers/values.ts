/** Reproducible values for operands. */
import type { Values } from './race.ts';

/** `count` values uniform in ±scale, the same for the same seed: xorshift, fast enough for millions. */
export function uniformValues(count: number, seed: number, scale = 1): Values {
  const values = new Float32Array(count);
  let state = Math.imul(seed + 1, 0x9e3779b1) | 1;
  for (let i = 0; i < count; i += 1) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    values[i] = (state / 2 ** 31) * scale;
  }
  return values;
}

/** [rows, columns] → [columns, rows] */
export function transposed(values: Values, rows: number, columns: number): Values {
  const result = new Float32Array(values.length);
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      result[column * rows + row] = values[row * columns + column] ?? 0;
    }
  }
  return result;
}
