/** Checks the arguments of a kernel before it is recorded. */
import { elementCount, type ElementType, type Tensor } from '../gpu/tensor.ts';

/**
 * Checks a kernel's argument before it is recorded.
 * @throws RangeError when the kernel takes another type or shape
 */
export function expectTensor(
  tensor: Tensor,
  name: string,
  shape: readonly number[],
  type: ElementType = 'f32',
): void {
  const same =
    tensor.shape.length === shape.length && tensor.shape.every((size, i) => size === shape[i]);
  if (same && tensor.type === type) return;
  throw new RangeError(
    `${name}: ${tensor.label} is ${tensor.type} [${tensor.shape.join(', ')}], ` +
      `not ${type} [${shape.join(', ')}]`,
  );
}

/**
 * The sizes of a tensor of known rank.
 * @throws RangeError when it has another rank or an empty dimension
 */
export function sizesOf(tensor: Tensor, name: string, rank: number): number[] {
  if (tensor.shape.length !== rank || elementCount(tensor.shape) === 0) {
    throw new RangeError(
      `${name}: ${tensor.label} [${tensor.shape.join(', ')}] needs ${rank} non-empty dimensions`,
    );
  }
  return [...tensor.shape];
}

/** Rows and columns of a matrix-shaped tensor. */
export function matrixSizes(tensor: Tensor, name: string): { rows: number; columns: number } {
  const [rows = 0, columns = 0] = sizesOf(tensor, name, 2);
  return { rows, columns };
}

/** @throws RangeError when `value` is not an integer in `low..high` */
export function expectInteger(value: number, name: string, low: number, high: number): void {
  if (Number.isInteger(value) && value >= low && value <= high) return;
  throw new RangeError(`${name} is ${value}, not an integer in ${low}..${high}`);
}
