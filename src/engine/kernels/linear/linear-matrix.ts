/** Checks strided matrices and says where they lie. */
import type { Binding } from '../../gpu/kernel.ts';
import { elementCount, viewTensor, type Matrix, type Tensor } from '../../gpu/tensor.ts';
import {
  firstWeight,
  formatGroup,
  isPacked,
  planesOf,
  type WeightMatrix,
} from './weight-formats.ts';

/**
 * Checks that a matrix has the wanted shape and lies inside its tensor.
 * @throws RangeError otherwise
 */
export function checkMatrix(name: string, matrix: Matrix, rows: number, columns: number): void {
  const { tensor, stride, offset } = matrix;
  if (matrix.rows !== rows || matrix.columns !== columns) {
    throw new RangeError(
      `${name} is [${matrix.rows}, ${matrix.columns}] instead of [${rows}, ${columns}]`,
    );
  }
  if (!(rows >= 1 && columns >= 1)) throw new RangeError(`${name} [${rows}, ${columns}] is empty`);
  const end = offset + (rows - 1) * stride + columns;
  if (offset < 0 || stride < columns || end > elementCount(tensor.shape)) {
    throw new RangeError(`${name} leaves ${tensor.label} [${tensor.shape.join(', ')}]`);
  }
}

/**
 * Checks that weights have the wanted shape, and that packed ones are whole groups in a separate tensor.
 * @throws RangeError otherwise
 */
export function checkWeights(name: string, w: WeightMatrix, rows: number, columns: number): void {
  if (!isPacked(w)) {
    checkMatrix(name, w, rows, columns);
    return;
  }
  if (w.rows !== rows || w.columns !== columns) {
    throw new RangeError(`${name} is [${w.rows}, ${w.columns}] instead of [${rows}, ${columns}]`);
  }
  if (columns % formatGroup(w.format) !== 0) {
    throw new RangeError(`${name}: rows of ${columns} are not whole groups of ${w.format}`);
  }
  const { words } = planesOf(w);
  if (elementCount(w.tensor.shape) !== words || w.tensor.type !== 'u32') {
    throw new RangeError(`${name}: ${w.tensor.label} does not hold ${words} words`);
  }
  const { table } = w;
  if (table && !(table.firstRow >= 0 && table.firstRow + rows <= table.rows)) {
    throw new RangeError(`${name} leaves its table of ${table.rows} rows`);
  }
}

/** A float32 matrix as it is; packed weights have no alignment to check. */
export function unpacked(w: WeightMatrix): Matrix | undefined {
  return isPacked(w) ? undefined : w;
}

/** Offset and stride of weights in elements; `start` as for placeValues, 0 for packed ones (see Product.table). */
export function weightPlace(
  w: WeightMatrix,
  start: number,
): Record<'w_offset' | 'w_stride', number> {
  if (!isPacked(w)) return placeValues('w', w, start);
  return { w_offset: firstWeight(w), w_stride: w.columns };
}

/**
 * Checks the length of a vector.
 * @throws RangeError when it is not `length`
 */
export function checkVector(name: string, vector: Tensor, length: number): void {
  const count = elementCount(vector.shape);
  if (count !== length) throw new RangeError(`${name} has ${count} elements instead of ${length}`);
}

/**
 * WebGPU forbids one buffer as both readable and writable in a dispatch.
 * @throws RangeError when the written tensor shares its buffer with a tensor that is read
 */
export function checkSeparate(
  name: string,
  written: Tensor,
  read: readonly (Tensor | undefined)[],
): void {
  const shared = read.find((tensor) => tensor?.storage === written.storage);
  if (shared) {
    throw new RangeError(`${name}: ${written.label} and ${shared.label} are in one buffer`);
  }
}

/** Whether a matrix may be bound as `array<vec4<f32>>` with rows of whole vectors. */
export function isVectorAligned({ columns, stride, offset }: Matrix): boolean {
  return columns % 4 === 0 && stride % 4 === 0 && offset % 4 === 0;
}

export function allVectorAligned(matrices: readonly (Matrix | undefined)[]): boolean {
  return matrices.every((matrix) => !matrix || isVectorAligned(matrix));
}

/**
 * The matrix's place as uniforms name it: `x_offset` and `x_stride`, in elements; zeros for none. `start` is where its
 * tensor begins in the binding.
 */
export function placeValues<N extends string>(
  name: N,
  matrix: Matrix | undefined,
  start = 0,
): Record<`${N}_offset` | `${N}_stride`, number> {
  const offset = (matrix?.offset ?? 0) + start;
  // Computed names are strings to TypeScript.
  return { [`${name}_offset`]: offset, [`${name}_stride`]: matrix?.stride ?? 0 } as Record<
    `${N}_offset` | `${N}_stride`,
    number
  >;
}

/** A binding for an operand that may be absent: the shader's flag for it is then off. */
export function optionalBinding(tensor: Tensor | undefined, instead: Tensor): Binding {
  if (tensor) return { tensor, access: 'read' };
  // Something must be bound: a vector of an operand that the kernel reads in any case.
  const count = Math.min(4, elementCount(instead.shape));
  return { tensor: viewTensor(instead, 0, [count]), access: 'read' };
}
