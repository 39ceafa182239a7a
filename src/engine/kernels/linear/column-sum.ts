/** Sums of columns: the gradient of a bias. */
import { uniformWords } from '../uniforms.ts';
import { shaderKernels } from '../shaders.ts';
import type { KernelFamily } from '../../gpu/kernel.ts';
import type { PlanRecorder } from '../../gpu/recorder.ts';
import { elementCount, type Matrix, type Tensor } from '../../gpu/tensor.ts';
import { checkMatrix, checkSeparate, checkVector, placeValues } from './linear-matrix.ts';

const kernels = shaderKernels('matmul', 'linear/column-sum');

export interface ColumnSum {
  /** [N, C], the first block of columns */
  readonly x: Matrix;
  /** [blocks · C] */
  readonly y: Tensor;
  /** Blocks of C columns to sum, one by default, and the distance in columns from one to the next. */
  readonly blocks?: number;
  readonly blockStride?: number;
  /** Adds to y instead of replacing it. */
  readonly accumulate: boolean;
  readonly family?: KernelFamily | undefined;
}

/**
 * y (+)= Σ_n x[n, ·]: the gradient of a bias.
 * @throws RangeError when shapes disagree, or y shares a buffer with x
 */
export function columnSum(r: PlanRecorder, args: ColumnSum): void {
  const { x, y, blocks = 1, blockStride = x.columns, accumulate, family } = args;
  const last = (blocks - 1) * blockStride;
  checkMatrix('x', x, x.rows, x.columns);
  checkMatrix('x', { ...x, offset: x.offset + last }, x.rows, x.columns);
  checkVector('y', y, blocks * x.columns);
  checkSeparate('columnSum', y, [x.tensor]);
  r.dispatch({
    kernel: kernels(),
    bindings: [
      { tensor: x.tensor, access: 'read' },
      { tensor: y, access: 'readwrite' },
    ],
    uniforms: uniformWords('linear/column-sum', {
      rows: x.rows,
      columns: blocks * x.columns,
      ...placeValues('x', x),
      block: x.columns,
      block_stride: blockStride,
      accumulate: accumulate ? 1 : 0,
    }),
    grid: [Math.ceil(elementCount(y.shape) / 8), 1, 1],
    ...(family ? { family } : {}),
  });
}
