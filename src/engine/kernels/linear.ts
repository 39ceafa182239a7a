import broadcastCode from '../../../shaders/linear/broadcast.wgsl?raw';
import columnSumCode from '../../../shaders/linear/column-sum.wgsl?raw';
import forwardBroadcastCode from '../../../shaders/linear/forward-broadcast.wgsl?raw';
import forwardDirectCode from '../../../shaders/linear/forward-direct.wgsl?raw';
import forwardScalarCode from '../../../shaders/linear/forward-scalar.wgsl?raw';
import forwardVectorCode from '../../../shaders/linear/forward-vec4.wgsl?raw';
import inputBroadcastCode from '../../../shaders/linear/input-gradient-broadcast.wgsl?raw';
import inputDirectCode from '../../../shaders/linear/input-gradient-direct.wgsl?raw';
import inputScalarCode from '../../../shaders/linear/input-gradient-scalar.wgsl?raw';
import inputVectorCode from '../../../shaders/linear/input-gradient-vec4.wgsl?raw';
import weightBroadcastCode from '../../../shaders/linear/weight-gradient-broadcast.wgsl?raw';
import weightDirectCode from '../../../shaders/linear/weight-gradient-direct.wgsl?raw';
import weightScalarCode from '../../../shaders/linear/weight-gradient-scalar.wgsl?raw';
import weightVectorCode from '../../../shaders/linear/weight-gradient-vec4.wgsl?raw';
import randomCode from '../../../shaders/common/random.wgsl?raw';
import {
  defineKernel,
  f32,
  u32,
  type DeviceTraits,
  type Kernel,
  type KernelFamily,
} from '../gpu/kernel.ts';
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

/**
 * How a product is computed; chosen by the device's traits unless a test asks for one.
 * `broadcast`: CPU adapters whose subgroups have 4 or 8 lanes. `direct`: other CPU adapters.
 */
export type LinearVariant = 'broadcast' | 'direct';

function linearKernel(name: string, ...sources: string[]): Kernel {
  return defineKernel({ name, family: 'matmul', sources });
}

function broadcastKernel(name: string, ...sources: string[]): Kernel {
  const all = [broadcastCode, ...sources];
  return defineKernel({ name, family: 'matmul', sources: all, requires: ['subgroups'] });
}

interface ProductKernels {
  readonly broadcast: Kernel;
  readonly directVector: Kernel;
  readonly directScalar: Kernel;
}

const forwardKernels: ProductKernels = {
  broadcast: broadcastKernel('linear-forward-broadcast', forwardScalarCode, forwardBroadcastCode),
  directVector: linearKernel('linear-forward', forwardVectorCode, forwardDirectCode),
  directScalar: linearKernel('linear-forward-scalar', forwardScalarCode, forwardDirectCode),
};
const inputKernels: ProductKernels = {
  broadcast: broadcastKernel(
    'linear-input-broadcast',
    randomCode,
    inputScalarCode,
    inputBroadcastCode,
  ),
  directVector: linearKernel('linear-input', randomCode, inputVectorCode, inputDirectCode),
  directScalar: linearKernel('linear-input-scalar', randomCode, inputScalarCode, inputDirectCode),
};
const weightKernels: ProductKernels = {
  broadcast: broadcastKernel('linear-weight-broadcast', weightScalarCode, weightBroadcastCode),
  directVector: linearKernel('linear-weight', weightVectorCode, weightDirectCode),
  directScalar: linearKernel('linear-weight-scalar', weightScalarCode, weightDirectCode),
};
const columnSumKernel = linearKernel('column-sum', columnSumCode);

/** Whether the broadcast kernels run on a device: its subgroups have one size, and it is 4 or 8. */
export function canBroadcast({
  subgroups,
  subgroupMinSize,
  subgroupMaxSize,
}: DeviceTraits): boolean {
  const fixed = subgroups && subgroupMinSize === subgroupMaxSize;
  return fixed && (subgroupMinSize === 4 || subgroupMinSize === 8);
}

function chooseVariant(traits: DeviceTraits, asked: LinearVariant | undefined): LinearVariant {
  return asked ?? (canBroadcast(traits) ? 'broadcast' : 'direct');
}

/** Kernel, grid and threads per workgroup for a result of `rows × columns`. */
function arrange(
  kernels: ProductKernels,
  variant: LinearVariant,
  aligned: boolean,
  rows: number,
  columns: number,
  directRows: number,
  traits: DeviceTraits,
): { kernel: Kernel; lanes: number; grid: [number, number, number] } {
  if (variant === 'broadcast') {
    const grid: [number, number, number] = [Math.ceil(columns / 16), Math.ceil(rows / 16), 1];
    return { kernel: kernels.broadcast, lanes: traits.subgroupMinSize, grid };
  }
  const lanes = 8;
  return {
    kernel: aligned ? kernels.directVector : kernels.directScalar,
    lanes,
    grid: [Math.ceil(columns / (4 * lanes)), Math.ceil(rows / directRows), 1],
  };
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
  const variant = chooseVariant(r.traits, args.variant);
  const { kernel, lanes, grid } = arrange(
    forwardKernels,
    variant,
    aligned,
    rows,
    outputs,
    8,
    r.traits,
  );
  r.dispatch({
    kernel,
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
      LANES: lanes,
      HAS_BRANCH: branch ? 1 : 0,
      HAS_BIAS: bias ? 1 : 0,
      HAS_SCALE: columnScale ? 1 : 0,
      HAS_RESIDUAL: residual ? 1 : 0,
    },
    grid,
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
  const variant = chooseVariant(r.traits, args.variant);
  const { kernel, lanes, grid } = arrange(
    inputKernels,
    variant,
    aligned,
    rows,
    inputs,
    8,
    r.traits,
  );
  r.dispatch({
    kernel,
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
      LANES: lanes,
      HAS_BRANCH: branch ? 1 : 0,
      HAS_SCALE: columnScale ? 1 : 0,
      HAS_DROPOUT: mask.threshold > 0 ? 1 : 0,
      ACCUMULATE: accumulate ? 1 : 0,
    },
    grid,
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
  const aligned = allVectorAligned([dy, x, dw]);
  const variant = chooseVariant(r.traits, args.variant);
  const { kernel, lanes, grid } = arrange(
    weightKernels,
    variant,
    aligned,
    outputs,
    inputs,
    16,
    r.traits,
  );
  r.dispatch({
    kernel,
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
    constants: { LANES: lanes, ACCUMULATE: accumulate ? 1 : 0 },
    grid,
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
