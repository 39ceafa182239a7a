/** The weights of a finished model as exports read them, wherever they are: float32, a piece at a time. */
import { elementCount } from './safetensors.ts';

export interface NamedShape {
  readonly name: string;
  readonly shape: readonly number[];
}

/**
 * The weights of a finished model as exports read them, wherever they are: a piece at a time, float32.
 * Rows run along the first dimension; a row of a vector is one element.
 */
export interface MergedWeights {
  /** Every tensor under its Hugging Face name. */
  readonly shapes: readonly NamedShape[];
  /** Rows [first, first + rows) of a tensor, row by row. */
  readRows(name: string, first: number, rows: number): Promise<Float32Array>;
}

/** Elements read at a time: 4 MiB of float32, however large the tensor is. */
const PIECE_ELEMENTS = 1 << 20;

/** Elements of one row. */
export function rowSize(shape: readonly number[]): number {
  return elementCount(shape.slice(1)) ?? 0;
}

/**
 * A tensor piece by piece; each piece is a whole number of groups of rows.
 * @param group rows that must stay together
 */
export async function* rowPieces(
  weights: MergedWeights,
  { name, shape }: NamedShape,
  group = 1,
): AsyncGenerator<Float32Array, void, undefined> {
  const [rows = 0] = shape;
  const groups = Math.floor(PIECE_ELEMENTS / Math.max(1, rowSize(shape) * group));
  const step = Math.max(1, groups) * group;
  for (let first = 0; first < rows; first += step) {
    yield await weights.readRows(name, first, Math.min(step, rows - first));
  }
}
