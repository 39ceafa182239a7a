/** A frozen weight matrix in one or several parts, and the products with it. */
import type { PlanRecorder } from '../gpu/recorder.ts';
import {
  asMatrix,
  columnBlock,
  persistentTensor,
  persistentTogether,
  rowBlock,
  spanOf,
  viewTensor,
  type Matrix,
  type Tensor,
} from '../gpu/tensor.ts';
import { embeddingForward } from '../kernels/embedding/embedding.ts';
import type { KernelFamily } from '../gpu/kernel.ts';
import { linearForwards, type LinearForward } from '../kernels/linear/forward-product.ts';
import { normedForwards, type NormedForwards } from '../kernels/linear/normed-forward.ts';
import { linearBackwardInput, type LinearBackwardInput } from '../kernels/linear/input-gradient.ts';
import {
  bitsPerWeight,
  fillsWords,
  packedPlanes,
  type PackedFormat,
  type WeightFormat,
  type WeightMatrix,
} from '../kernels/linear/weight-formats.ts';

/** Consecutive rows of a frozen matrix that one binding can hold. */
export interface MatrixPart {
  readonly firstRow: number;
  readonly matrix: WeightMatrix;
}

/**
 * A frozen weight [rows, columns] on the device, in one storage format, in as many parts as the device's
 * limits require.
 */
export interface FrozenMatrix {
  /** Its Hugging Face name. */
  readonly name: string;
  readonly rows: number;
  readonly columns: number;
  readonly format: WeightFormat;
  readonly parts: readonly MatrixPart[];
}

/** Rows of a part are whole multiples of this, so that biases and outputs of a part can be bound. */
const partRows = 64;

/**
 * Describes a frozen matrix in a format, split so that no part needs more than `maxPartBytes` in one
 * binding. Nothing is allocated.
 */
export function describeMatrix(
  name: string,
  shape: readonly [number, number],
  format: WeightFormat,
  maxPartBytes: number,
): FrozenMatrix {
  const [rows, columns] = shape;
  const rowBytes = (columns * bitsPerWeight(format)) / 8;
  const fitting = Math.floor(maxPartBytes / rowBytes / partRows) * partRows;
  const perPart = Math.min(rows, Math.max(partRows, fitting));
  const count = Math.ceil(rows / perPart);
  const parts: MatrixPart[] = [];
  for (let firstRow = 0; firstRow < rows; firstRow += perPart) {
    const part = Math.min(perPart, rows - firstRow);
    const label = count === 1 ? name : `${name} from row ${firstRow}`;
    parts.push({ firstRow, matrix: describePart(label, part, columns, format) });
  }
  return { name, rows, columns, format, parts };
}

function describePart(
  label: string,
  rows: number,
  columns: number,
  format: WeightFormat,
): WeightMatrix {
  if (format === 'f32') return asMatrix(persistentTensor(label, 'weights', [rows, columns]));
  const { words } = packedPlanes(format, rows * columns);
  return { format, rows, columns, tensor: persistentTensor(label, 'weights', [words], 'u32') };
}

/** Most bytes of matrices that share a buffer: for larger ones the time of another dispatch does not show. */
const mostSharedBytes = 2 ** 26;

/**
 * The same matrices in one buffer, so that a kernel can take them in one binding, where they have one format and one
 * width and all are small enough; else unchanged. Packed ones become rows of one table.
 */
export function shareBuffer(
  matrices: readonly FrozenMatrix[],
  maxPartBytes: number,
): readonly FrozenMatrix[] {
  const [first] = matrices;
  const alike = matrices.every(
    ({ format, columns, parts }) =>
      format === first?.format && columns === first.columns && parts.length === 1,
  );
  if (!first || matrices.length === 1 || !alike) return matrices;
  const shared = first.format === 'f32' ? sideBySide(matrices) : inOneTable(matrices, first.format);
  const tensors = shared.map(({ tensor }) => tensor);
  if (!spanOf(tensors, Math.min(mostSharedBytes, maxPartBytes))) return matrices;
  return matrices.map((whole, index) => ({
    ...whole,
    parts: whole.parts.map(({ firstRow, matrix }) => ({
      firstRow,
      matrix: shared[index] ?? matrix,
    })),
  }));
}

/** Matrices in float32 as they are, in one buffer. */
function sideBySide(matrices: readonly FrozenMatrix[]): WeightMatrix[] {
  const described = matrices.map(({ name, rows, columns }) => ({
    label: name,
    shape: [rows, columns],
  }));
  return persistentTogether(labelOf(matrices), 'weights', described).map(asMatrix);
}

/** Packed matrices as the rows of one table; none where one ends inside a word. */
function inOneTable(matrices: readonly FrozenMatrix[], format: PackedFormat): WeightMatrix[] {
  if (!matrices.every(({ rows, columns }) => fillsWords(format, rows * columns))) return [];
  const total = matrices.reduce((sum, { rows }) => sum + rows, 0);
  const whole = describePart(labelOf(matrices), total, matrices[0]?.columns ?? 0, format);
  let firstRow = 0;
  return matrices.map(({ rows, columns }) => {
    const table = { rows: total, firstRow };
    firstRow += rows;
    return { format, tensor: whole.tensor, rows, columns, table };
  });
}

function labelOf(matrices: readonly FrozenMatrix[]): string {
  return matrices.map(({ name }) => name).join(', ');
}

/** The frozen matrix of a product, its result and its bias. */
interface FrozenLinear {
  readonly w: FrozenMatrix;
  readonly y: Matrix;
  readonly bias?: Tensor | undefined;
}

/** The parts of a matrix, each with its part of the result and of the bias. */
function partsOf({ w, y, bias }: FrozenLinear): {
  firstRow: number;
  w: WeightMatrix;
  y: Matrix;
  bias: Tensor | undefined;
}[] {
  return w.parts.map(({ firstRow, matrix }) => ({
    firstRow,
    w: matrix,
    y: columnBlock(y, firstRow, matrix.rows),
    bias: bias && viewTensor(bias, firstRow, [matrix.rows]),
  }));
}

/** Products y = x · wᵀ + bias + branch + residual over all parts of w; those that lie together share dispatches. */
export function frozenForwards(
  r: PlanRecorder,
  products: readonly (Omit<LinearForward, 'w'> & FrozenLinear)[],
): void {
  linearForwards(
    r,
    products.flatMap((product) =>
      partsOf(product).map(({ firstRow, ...part }): LinearForward => {
        const { branch, residual } = product;
        const { rows } = part.w;
        return {
          ...product,
          ...part,
          branch: branch && { h: branch.h, b: rowBlock(branch.b, firstRow, rows) },
          residual: residual && columnBlock(residual, firstRow, rows),
        };
      }),
    ),
  );
}

/** Products y = rmsnorm(x) · wᵀ + bias over all parts of w; see normedForwards. */
export function frozenNormedForwards(
  r: PlanRecorder,
  args: Pick<NormedForwards, 'x' | 'norm'> & {
    readonly products: readonly (Omit<NormedForwards['products'][number], 'w'> & FrozenLinear)[];
  },
): void {
  const products = args.products.flatMap((product) =>
    partsOf(product).map(({ firstRow: _, ...part }) => ({ ...product, ...part })),
  );
  normedForwards(r, { ...args, products });
}

/** dx (+)= dy · w + branch over all parts of w; see linearBackwardInput. */
export function frozenBackward(
  r: PlanRecorder,
  w: FrozenMatrix,
  args: {
    readonly dy: Matrix;
    readonly dx: Matrix;
    readonly accumulate: boolean;
    readonly branch?: LinearBackwardInput['branch'];
    readonly products?: LinearBackwardInput['products'];
    readonly family?: KernelFamily;
  },
): void {
  const { dy, dx, accumulate, branch, products, family } = args;
  w.parts.forEach(({ firstRow, matrix }, index) => {
    linearBackwardInput(r, {
      dy: columnBlock(dy, firstRow, matrix.rows),
      w: matrix,
      dx,
      accumulate: accumulate || index > 0,
      branch: index === 0 ? branch : undefined,
      products,
      family,
    });
  });
}

/** y[n, :] = scale · w[ids[n], :], scale 1 unless given; ids beyond the table give rows of zeros. */
export function frozenLookup(
  r: PlanRecorder,
  w: FrozenMatrix,
  args: { readonly ids: Tensor; readonly y: Tensor; readonly scale?: number },
): void {
  w.parts.forEach(({ firstRow, matrix }, index) => {
    embeddingForward(r, { ...args, table: matrix, firstId: firstRow, keep: index > 0 });
  });
}
