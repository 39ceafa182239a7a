import columnSumCode from '../../../shaders/linear/column-sum.wgsl?raw';
import forwardDirectCode from '../../../shaders/linear/forward-direct.wgsl?raw';
import forwardScalarCode from '../../../shaders/linear/forward-scalar.wgsl?raw';
import forwardVectorCode from '../../../shaders/linear/forward-vec4.wgsl?raw';
import inputDirectCode from '../../../shaders/linear/input-gradient-direct.wgsl?raw';
import inputScalarCode from '../../../shaders/linear/input-gradient-scalar.wgsl?raw';
import inputVectorCode from '../../../shaders/linear/input-gradient-vec4.wgsl?raw';
import weightDirectCode from '../../../shaders/linear/weight-gradient-direct.wgsl?raw';
import weightScalarCode from '../../../shaders/linear/weight-gradient-scalar.wgsl?raw';
import weightVectorCode from '../../../shaders/linear/weight-gradient-vec4.wgsl?raw';
import randomCode from '../../../shaders/common/random.wgsl?raw';
import { defineKernel, f32, u32, type Kernel, type KernelFamily } from '../gpu/kernel.ts';
import type { PlanRecorder } from '../gpu/recorder.ts';
import { elementCount, type Matrix, type Tensor } from '../gpu/tensor.ts';
import {
  allVectorAligned,
  checkMatrix,
  checkSeparate,
  checkVector,
  optionalBinding,
  placeWords,
} from './linear-matrix.ts';
import { dropoutMask, type Dropout } from './random.ts';

/** How a product is computed; chosen by the device's traits unless a test asks for one. */
export type LinearVariant = 'direct';

function linearKernel(name: string, ...sources: string[]): Kernel {
  return defineKernel({ name, family: 'matmul', sources });
}

const forwardKernels = {
  direct: {
    vector: linearKernel('linear-forward', forwardVectorCode, forwardDirectCode),
    scalar: linearKernel('linear-forward-scalar', forwardScalarCode, forwardDirectCode),
  },
};
const inputKernels = {
  direct: {
    vector: linearKernel('linear-input', randomCode, inputVectorCode, inputDirectCode),
    scalar: linearKernel('linear-input-scalar', randomCode, inputScalarCode, inputDirectCode),
  },
};
const weightKernels = {
  direct: {
    vector: linearKernel('linear-weight', weightVectorCode, weightDirectCode),
    scalar: linearKernel('linear-weight-scalar', weightScalarCode, weightDirectCode),
  },
};
const columnSumKernel = linearKernel('column-sum', columnSumCode);

/** Threads of a workgroup of the direct kernels, and columns per thread. */
const direct = { lanes: 8, columns: 4 } as const;

/** `rowsPerThread` as the shader has it. */
function directGrid(
  rows: number,
  columns: number,
  rowsPerThread: number,
): [number, number, number] {
  return [Math.ceil(columns / (direct.columns * direct.lanes)), Math.ceil(rows / rowsPerThread), 1];
}

export interface LinearForward {
  /** [N, K] */
  readonly x: Matrix;
  /** [O, K], as Hugging Face stores it */
  readonly w: Matrix;
  /** [N, O], in a buffer of its own among the operands */
  readonly y: Matrix;
  /** [O] */
  readonly bias?: Tensor | undefined;
  /** [O]; multiplies x·wᵀ only */
  readonly columnScale?: Tensor | undefined;
  /** Low-rank branch: h [N, R] = scale · x·Aᵀ, b [O, R] */
  readonly branch?: { readonly h: Matrix; readonly b: Matrix } | undefined;
  /** [N, O] */
  readonly residual?: Matrix | undefined;
  readonly variant?: LinearVariant | undefined;
  readonly family?: KernelFamily | undefined;
}

/**
 * y = (x·wᵀ) ∘ columnScale + bias + h·bᵀ + residual, in one dispatch (a linear layer with the branch
 * of eq. 1: the inner loop runs on over the rank).
 * @throws RangeError when shapes disagree, or y shares a buffer with an operand
 */
export function linearForward(r: PlanRecorder, args: LinearForward): void {
  const { x, w, y, bias, columnScale, branch, residual } = args;
  const rows = y.rows;
  const outputs = y.columns;
  const inputs = x.columns;
  const rank = branch?.h.columns ?? 0;
  checkMatrix('y', y, rows, outputs);
  checkMatrix('x', x, rows, inputs);
  checkMatrix('w', w, outputs, inputs);
  if (branch) {
    checkMatrix('h', branch.h, rows, rank);
    checkMatrix('b', branch.b, outputs, rank);
  }
  if (residual) checkMatrix('residual', residual, rows, outputs);
  if (bias) checkVector('bias', bias, outputs);
  if (columnScale) checkVector('columnScale', columnScale, outputs);
  const read = [x, w, branch?.h, branch?.b, residual].map((matrix) => matrix?.tensor);
  checkSeparate('linearForward', y.tensor, [...read, bias, columnScale]);
  const aligned = allVectorAligned([x, w, branch?.h, branch?.b, residual, y]);
  const kernels = forwardKernels[args.variant ?? 'direct'];
  r.dispatch({
    kernel: aligned ? kernels.vector : kernels.scalar,
    bindings: [
      { tensor: x.tensor, access: 'read' },
      { tensor: w.tensor, access: 'read' },
      optionalBinding(branch?.h.tensor, x.tensor),
      optionalBinding(branch?.b.tensor, x.tensor),
      optionalBinding(bias, x.tensor),
      optionalBinding(columnScale, x.tensor),
      optionalBinding(residual?.tensor, x.tensor),
      { tensor: y.tensor, access: 'readwrite' },
    ],
    uniforms: [
      u32(rows),
      u32(outputs),
      u32(inputs),
      u32(rank),
      ...placeWords(x),
      ...placeWords(w),
      ...placeWords(branch?.h),
      ...placeWords(branch?.b),
      ...placeWords(y),
      ...placeWords(residual),
    ],
    constants: {
      LANES: direct.lanes,
      HAS_BRANCH: branch ? 1 : 0,
      HAS_BIAS: bias ? 1 : 0,
      HAS_SCALE: columnScale ? 1 : 0,
      HAS_RESIDUAL: residual ? 1 : 0,
    },
    grid: directGrid(rows, outputs, 8),
    ...(args.family ? { family: args.family } : {}),
  });
}

export interface LinearBackwardInput {
  /** [N, O] */
  readonly dy: Matrix;
  /** [O, K] */
  readonly w: Matrix;
  /** [N, K], in a buffer of its own among the operands */
  readonly dx: Matrix;
  /** dh [N, R], a [R, K]; `dropout` is that of the branch's input */
  readonly branch?:
    { readonly dh: Matrix; readonly a: Matrix; readonly dropout?: Dropout | undefined } | undefined;
  /** [K]; multiplies dy·w only */
  readonly columnScale?: Tensor | undefined;
  /** Adds to dx instead of replacing it. */
  readonly accumulate?: boolean | undefined;
  /** Multiplies everything that is computed (not what dx held); 1 by default. */
  readonly alpha?: number | undefined;
  readonly variant?: LinearVariant | undefined;
  readonly family?: KernelFamily | undefined;
}

/**
 * dx (+)= alpha · ((dy·w) ∘ columnScale + mask ∘ (dh·a)), in one dispatch. The mask is that of
 * shaders/common/random.wgsl for element row·K + column of the dropout's stream.
 * @throws RangeError when shapes disagree, or dx shares a buffer with an operand
 */
export function linearBackwardInput(r: PlanRecorder, args: LinearBackwardInput): void {
  const { dy, w, dx, branch, columnScale, accumulate = false, alpha = 1 } = args;
  const rows = dx.rows;
  const inputs = dx.columns;
  const outputs = dy.columns;
  const rank = branch?.dh.columns ?? 0;
  checkMatrix('dx', dx, rows, inputs);
  checkMatrix('dy', dy, rows, outputs);
  checkMatrix('w', w, outputs, inputs);
  if (branch) {
    checkMatrix('dh', branch.dh, rows, rank);
    checkMatrix('a', branch.a, rank, inputs);
  }
  if (columnScale) checkVector('columnScale', columnScale, inputs);
  const dropout = branch?.dropout;
  const mask = dropoutMask(dropout?.probability ?? 0);
  const read = [dy, w, branch?.dh, branch?.a].map((matrix) => matrix?.tensor);
  checkSeparate('linearBackwardInput', dx.tensor, [...read, columnScale, dropout?.stepState]);
  const aligned = allVectorAligned([dy, w, branch?.dh, branch?.a, dx]);
  const kernels = inputKernels[args.variant ?? 'direct'];
  r.dispatch({
    kernel: aligned ? kernels.vector : kernels.scalar,
    bindings: [
      { tensor: dy.tensor, access: 'read' },
      { tensor: w.tensor, access: 'read' },
      optionalBinding(branch?.dh.tensor, dy.tensor),
      optionalBinding(branch?.a.tensor, dy.tensor),
      optionalBinding(columnScale, dy.tensor),
      optionalBinding(dropout?.stepState, dy.tensor),
      { tensor: dx.tensor, access: 'readwrite' },
    ],
    uniforms: [
      u32(rows),
      u32(outputs),
      u32(inputs),
      u32(rank),
      ...placeWords(dy),
      ...placeWords(w),
      ...placeWords(branch?.dh),
      ...placeWords(branch?.a),
      ...placeWords(dx),
      u32(mask.threshold),
      u32(dropout?.stream ?? 0),
      f32(mask.scale),
      f32(alpha),
    ],
    constants: {
      LANES: direct.lanes,
      HAS_BRANCH: branch ? 1 : 0,
      HAS_SCALE: columnScale ? 1 : 0,
      HAS_DROPOUT: mask.threshold > 0 ? 1 : 0,
      ACCUMULATE: accumulate ? 1 : 0,
    },
    grid: directGrid(rows, inputs, 8),
    ...(args.family ? { family: args.family } : {}),
  });
}

export interface LinearBackwardWeight {
  /** [N, O] */
  readonly dy: Matrix;
  /** [N, K] */
  readonly x: Matrix;
  /** [O, K], in a buffer of its own among the operands */
  readonly dw: Matrix;
  /** Adds to dw instead of replacing it. */
  readonly accumulate: boolean;
  readonly variant?: LinearVariant | undefined;
  readonly family?: KernelFamily | undefined;
}

/**
 * dw (+)= dyᵀ·x, reducing over the N rows.
 * @throws RangeError when shapes disagree, or dw shares a buffer with an operand
 */
export function linearBackwardWeight(r: PlanRecorder, args: LinearBackwardWeight): void {
  const { dy, x, dw, accumulate } = args;
  const rows = dy.rows;
  const outputs = dw.rows;
  const inputs = dw.columns;
  checkMatrix('dw', dw, outputs, inputs);
  checkMatrix('dy', dy, rows, outputs);
  checkMatrix('x', x, rows, inputs);
  checkSeparate('linearBackwardWeight', dw.tensor, [dy.tensor, x.tensor]);
  const kernels = weightKernels[args.variant ?? 'direct'];
  r.dispatch({
    kernel: allVectorAligned([dy, x, dw]) ? kernels.vector : kernels.scalar,
    bindings: [
      { tensor: dy.tensor, access: 'read' },
      { tensor: x.tensor, access: 'read' },
      { tensor: dw.tensor, access: 'readwrite' },
    ],
    uniforms: [
      u32(rows),
      u32(outputs),
      u32(inputs),
      ...placeWords(dy),
      ...placeWords(x),
      ...placeWords(dw),
      u32(rows),
      u32(0),
    ],
    constants: { LANES: direct.lanes, ACCUMULATE: accumulate ? 1 : 0 },
    grid: directGrid(outputs, inputs, 16),
    ...(args.family ? { family: args.family } : {}),
  });
}

export interface ColumnSum {
  /** [N, C] */
  readonly x: Matrix;
  /** [C] */
  readonly y: Tensor;
  /** Adds to y instead of replacing it. */
  readonly accumulate: boolean;
  readonly family?: KernelFamily | undefined;
}

/**
 * y (+)= Σ_n x[n, ·]: the gradient of a bias.
 * @throws RangeError when shapes disagree, or y shares a buffer with x
 */
export function columnSum(r: PlanRecorder, { x, y, accumulate, family }: ColumnSum): void {
  checkMatrix('x', x, x.rows, x.columns);
  checkVector('y', y, x.columns);
  checkSeparate('columnSum', y, [x.tensor]);
  r.dispatch({
    kernel: columnSumKernel,
    bindings: [
      { tensor: x.tensor, access: 'read' },
      { tensor: y, access: 'readwrite' },
    ],
    uniforms: [u32(x.rows), u32(x.columns), ...placeWords(x)],
    constants: { ACCUMULATE: accumulate ? 1 : 0 },
    grid: [Math.ceil(elementCount(y.shape) / 8), 1, 1],
    ...(family ? { family } : {}),
  });
}
