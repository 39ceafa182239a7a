/** Strided matrices for tests. */
import type { Matrix, Tensor } from '../../src/engine/gpu/tensor.ts';
import type { KernelBench } from './kernel-bench.ts';

/** Where a matrix lies in its tensor: elements before it, and unused elements after each row. */
export interface Padding {
  readonly before: number;
  readonly after: number;
}

function spread(
  rows: number,
  columns: number,
  { before, after }: Padding,
  values: ArrayLike<number> | null,
): { length: number; data: Float32Array<ArrayBuffer> } {
  const stride = columns + after;
  const length = before + rows * stride;
  const data = new Float32Array(length).fill(Number.NaN);
  if (values) {
    for (let row = 0; row < rows; row += 1) {
      for (let column = 0; column < columns; column += 1) {
        data[before + row * stride + column] = values[row * columns + column] ?? Number.NaN;
      }
    }
  }
  return { length, data };
}

/** Dense values as a matrix inside a wider tensor whose other elements are NaN. */
export function inputMatrix(
  bench: KernelBench,
  label: string,
  [rows, columns]: readonly [number, number],
  values: ArrayLike<number>,
  padding: Padding,
): Matrix {
  const { length, data } = spread(rows, columns, padding, values);
  const tensor = bench.input(label, [length], data);
  return { tensor, rows, columns, stride: columns + padding.after, offset: padding.before };
}

/** A matrix to be written, inside a wider tensor; all NaN. */
export function outputMatrix(
  bench: KernelBench,
  label: string,
  [rows, columns]: readonly [number, number],
  padding: Padding,
): Matrix {
  const { length } = spread(rows, columns, padding, null);
  const tensor: Tensor = bench.output(label, [length]);
  return { tensor, rows, columns, stride: columns + padding.after, offset: padding.before };
}

/** The dense values of a matrix, after checking that the tensor around it was left alone (all NaN). */
export async function readMatrix(bench: KernelBench, matrix: Matrix): Promise<Float32Array> {
  const { tensor, rows, columns, stride, offset } = matrix;
  const data = await bench.read(tensor);
  const dense = new Float32Array(rows * columns);
  const inside = new Uint8Array(data.length);
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      const index = offset + row * stride + column;
      dense[row * columns + column] = data[index] ?? Number.NaN;
      inside[index] = 1;
    }
  }
  data.forEach((value, index) => {
    if (inside[index] === 0 && !Number.isNaN(value)) {
      throw new Error(`${tensor.label}: element ${index} outside of the matrix was written`);
    }
  });
  return dense;
}
