/** Products: forward with its branch, input gradient, weight gradient, column sums. */
import columnSumCode from '../../../../shaders/linear/column-sum.wgsl?raw';
import { defineKernel, f32, u32, type KernelFamily } from '../../gpu/kernel.ts';
import type { PlanRecorder } from '../../gpu/recorder.ts';
import { elementCount, type Matrix, type Tensor } from '../../gpu/tensor.ts';
import { chooseVariant, isVector, productSplits, type ProductSizes } from '../choices.ts';
import { arrangeProduct, productTile, type ProductVariant } from './linear-kernels.ts';
import {
  allVectorAligned,
  checkMatrix,
  checkSeparate,
  checkVector,
  checkWeights,
  placeWords,
  unpacked,
  weightPlaceWords,
} from './linear-matrix.ts';
import { arrangeVector, type VectorVariant } from './matrix-vector.ts';
import { dispatchProducts, type Product } from './product-group.ts';
import { partialResults, sumSplits, weightSplits, type SplitResult } from './product-splits.ts';
import { dropoutMask, type Dropout } from '../random.ts';
import {
  hasOnePlane,
  isPacked,
  planeWords,
  weightReader,
  type WeightMatrix,
} from './weight-formats.ts';

const columnSumKernel = defineKernel({
  name: 'column-sum',
  family: 'matmul',
  sources: [columnSumCode],
});

export interface LinearForward {
  /** [N, K] */
  readonly x: Matrix;
  /** [O, K], as Hugging Face stores it, in any storage format */
  readonly w: WeightMatrix;
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
  readonly variant?: ProductVariant | VectorVariant | undefined;
  readonly family?: KernelFamily | undefined;
}

/**
 * y = (x·wᵀ) ∘ columnScale + bias + h·bᵀ + residual, in one dispatch (a linear layer with the branch
 * of eq. 1: the inner loop runs on over the rank).
 * @throws RangeError when shapes disagree, or y shares a buffer with an operand
 */
export function linearForward(r: PlanRecorder, args: LinearForward): void {
  linearForwards(r, [args]);
}

/** Several forward products, in one dispatch where each operand lies in one buffer for all of them. */
export function linearForwards(r: PlanRecorder, products: readonly LinearForward[]): void {
  dispatchArranged(
    r,
    products.map((args) => forwardProduct(r, args)),
  );
}

/** A product and, where its sums are split, what is left to do after it. */
interface Arranged {
  readonly product: Product;
  readonly splits: number;
  readonly rest: SplitResult | null;
}

/** Whole products together where they can be, split ones each in two dispatches. */
function dispatchArranged(r: PlanRecorder, arranged: readonly Arranged[]): void {
  const whole = arranged.filter(({ rest }) => !rest).map(({ product }) => product);
  dispatchProducts(r, whole);
  for (const { product, splits, rest } of arranged) {
    if (!rest) continue;
    dispatchProducts(r, [product], splits);
    sumSplits(r, [rest], splits);
  }
}

/** How often a product that adds nothing to its sums is split by this variant. */
function splitsOf(variant: ProductVariant | VectorVariant, sizes: ProductSizes): number {
  const tile = isVector(variant) || !variant.startsWith('split') ? null : productTile(variant);
  return tile ? productSplits(sizes, tile) : 1;
}

function forwardProduct(r: PlanRecorder, args: LinearForward): Arranged {
  const { x, w, y, bias, columnScale, branch, residual } = args;
  const rows = y.rows;
  const outputs = y.columns;
  const inputs = x.columns;
  const rank = branch?.h.columns ?? 0;
  checkMatrix('y', y, rows, outputs);
  checkMatrix('x', x, rows, inputs);
  checkWeights('w', w, outputs, inputs);
  if (branch) {
    checkMatrix('h', branch.h, rows, rank);
    checkMatrix('b', branch.b, outputs, rank);
  }
  if (residual) checkMatrix('residual', residual, rows, outputs);
  if (bias) checkVector('bias', bias, outputs);
  if (columnScale) checkVector('columnScale', columnScale, outputs);
  const read = [x, w, branch?.h, branch?.b, residual].map((matrix) => matrix?.tensor);
  checkSeparate('linearForward', y.tensor, [...read, bias, columnScale]);
  const aligned = allVectorAligned([x, unpacked(w), branch?.h, branch?.b, residual, y]);
  const reader = weightReader(w, r.traits);
  const size = { kind: 'forward', reader, rows, columns: outputs, inner: inputs, aligned } as const;
  const { variant, request } = chooseVariant(r.traits, size, args.variant);
  const { kernel, grid, constants } = isVector(variant)
    ? arrangeVector(variant, r.traits, size)
    : arrangeProduct('forward', variant, r.traits, size);
  const splits = branch || bias || residual ? 1 : splitsOf(variant, size);
  const [partial] = splits > 1 ? partialResults(r, [y], splits) : [];
  const written = partial ?? y;
  const product: Product = {
    kernel,
    constants: splits > 1 ? { ...constants, SPLITS: splits } : constants,
    grid: [grid[0], grid[1]],
    operands: [
      { tensor: x.tensor, access: 'read' },
      { tensor: w.tensor, access: 'read' },
      { tensor: branch?.h.tensor, access: 'read' },
      { tensor: branch?.b.tensor, access: 'read' },
      { tensor: bias, access: 'read' },
      { tensor: columnScale, access: 'read' },
      { tensor: residual?.tensor, access: 'read' },
      { tensor: written.tensor, access: 'readwrite' },
    ],
    words: ([
      xAt = 0,
      wAt = 0,
      hAt = 0,
      bAt = 0,
      biasAt = 0,
      scaleAt = 0,
      residualAt = 0,
      yAt = 0,
    ]) => [
      u32(rows),
      u32(outputs),
      u32(inputs),
      u32(rank),
      ...placeWords(x, xAt),
      ...weightPlaceWords(w, wAt),
      ...placeWords(branch?.h, hAt),
      ...placeWords(branch?.b, bAt),
      ...placeWords(written, yAt),
      ...placeWords(residual, residualAt),
      u32(biasAt),
      u32(scaleAt),
      u32((bias ? 1 : 0) | (columnScale ? 2 : 0) | (residual ? 4 : 0)),
      ...planeWords(w),
    ],
    wordCount: 24,
    alone: isPacked(w) && !hasOnePlane(w.format),
    family: args.family,
    request,
  };
  const rest = partial ? { partial, result: y, accumulate: false, family: args.family } : null;
  return { product, splits, rest };
}

export interface LinearBackwardInput {
  /** [N, O] */
  readonly dy: Matrix;
  /** [O, K], in any storage format */
  readonly w: WeightMatrix;
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
  readonly variant?: ProductVariant | undefined;
  readonly family?: KernelFamily | undefined;
}

/**
 * dx (+)= alpha · ((dy·w) ∘ columnScale + mask ∘ (dh·a)), in one dispatch. The mask is that of
 * shaders/common/random.wgsl for element row·K + column of the dropout's stream.
 * @throws RangeError when shapes disagree, or dx shares a buffer with an operand
 */
export function linearBackwardInput(r: PlanRecorder, args: LinearBackwardInput): void {
  linearBackwardInputs(r, [args]);
}

/** Several input gradients, in one dispatch where each operand lies in one buffer for all of them. */
export function linearBackwardInputs(
  r: PlanRecorder,
  products: readonly LinearBackwardInput[],
): void {
  dispatchArranged(
    r,
    products.map((args) => inputProduct(r, args)),
  );
}

function inputProduct(r: PlanRecorder, args: LinearBackwardInput): Arranged {
  const { dy, w, dx, branch, columnScale, accumulate = false, alpha = 1 } = args;
  const rows = dx.rows;
  const inputs = dx.columns;
  const outputs = dy.columns;
  const rank = branch?.dh.columns ?? 0;
  checkMatrix('dx', dx, rows, inputs);
  checkMatrix('dy', dy, rows, outputs);
  checkWeights('w', w, outputs, inputs);
  if (branch) {
    checkMatrix('dh', branch.dh, rows, rank);
    checkMatrix('a', branch.a, rank, inputs);
  }
  if (columnScale) checkVector('columnScale', columnScale, inputs);
  const dropout = branch?.dropout;
  const mask = dropoutMask(dropout?.probability ?? 0);
  const read = [dy, w, branch?.dh, branch?.a].map((matrix) => matrix?.tensor);
  checkSeparate('linearBackwardInput', dx.tensor, [...read, columnScale, dropout?.stepState]);
  const aligned = allVectorAligned([dy, unpacked(w), branch?.dh, branch?.a, dx]);
  const reader = weightReader(w, r.traits);
  const size = { kind: 'input', reader, rows, columns: inputs, inner: outputs, aligned } as const;
  const { variant, request } = chooseVariant(r.traits, size, args.variant);
  const { kernel, grid, constants } = arrangeProduct('input', variant, r.traits, size);
  const splits = branch ? 1 : splitsOf(variant, size);
  const [partial] = splits > 1 ? partialResults(r, [dx], splits) : [];
  const written = partial ?? dx;
  const product: Product = {
    kernel,
    constants: splits > 1 ? { ...constants, SPLITS: splits } : constants,
    grid: [grid[0], grid[1]],
    operands: [
      { tensor: dy.tensor, access: 'read' },
      { tensor: w.tensor, access: 'read' },
      { tensor: branch?.dh.tensor, access: 'read' },
      { tensor: branch?.a.tensor, access: 'read' },
      { tensor: columnScale, access: 'read' },
      { tensor: dropout?.stepState, access: 'read' },
      { tensor: written.tensor, access: 'readwrite' },
    ],
    words: ([dyAt = 0, wAt = 0, dhAt = 0, aAt = 0, scaleAt = 0, , dxAt = 0]) => [
      u32(rows),
      u32(outputs),
      u32(inputs),
      u32(rank),
      ...placeWords(dy, dyAt),
      ...weightPlaceWords(w, wAt),
      ...placeWords(branch?.dh, dhAt),
      ...placeWords(branch?.a, aAt),
      ...placeWords(written, dxAt),
      u32(scaleAt),
      u32(mask.threshold),
      u32(dropout?.stream ?? 0),
      f32(mask.scale),
      f32(alpha),
      u32((columnScale ? 1 : 0) | (accumulate && !partial ? 2 : 0)),
      ...planeWords(w),
    ],
    wordCount: 24,
    alone: isPacked(w) && !hasOnePlane(w.format),
    family: args.family,
    request,
  };
  const rest = partial ? { partial, result: dx, accumulate, family: args.family } : null;
  return { product, splits, rest };
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
  /** Parts of the rows that are summed apart by the tiled kernels; chosen by the shape if not given. */
  readonly splits?: number | undefined;
  readonly variant?: ProductVariant | undefined;
  readonly family?: KernelFamily | undefined;
}

/**
 * dw (+)= dyᵀ·x, reducing over the N rows.
 * @throws RangeError when shapes disagree, or dw shares a buffer with an operand
 */
export function linearBackwardWeight(r: PlanRecorder, args: LinearBackwardWeight): void {
  linearBackwardWeights(r, [args]);
}

/**
 * Several weight gradients over the same rows, in one dispatch (two where the rows are split) if each operand
 * lies in one buffer for all of them.
 */
export function linearBackwardWeights(
  r: PlanRecorder,
  products: readonly LinearBackwardWeight[],
): void {
  const [first] = products;
  if (!first) return;
  const rows = first.dy.rows;
  const results = products.map(({ dw }) => dw);
  // One variant for all of them: that of the first.
  const { variant } = chooseVariant(r.traits, weightSizes(first), first.variant);
  const tile = productTile(variant);
  const { splits, splitRows } = tile
    ? weightSplits(r.traits, rows, results, tile, first.splits)
    : { splits: 1, splitRows: rows };
  const partials = splits > 1 ? partialResults(r, results, splits) : [];
  const arranged = products.map((args, index) =>
    weightProduct(r, args, variant, splits, splitRows, partials[index] ?? null),
  );
  dispatchProducts(r, arranged, splits);
  const rest = products.flatMap(({ dw, accumulate, family }, index): SplitResult[] => {
    const partial = partials[index];
    return partial ? [{ partial, result: dw, accumulate, family }] : [];
  });
  sumSplits(r, rest, splits);
}

function weightSizes({ dy, x, dw }: LinearBackwardWeight): ProductSizes & { kind: 'weight' } {
  const { rows, columns } = dw;
  const aligned = allVectorAligned([dy, x, dw]);
  return { kind: 'weight', reader: 'f32', rows, columns, inner: dy.rows, aligned };
}

function weightProduct(
  r: PlanRecorder,
  args: LinearBackwardWeight,
  variant: ProductVariant,
  splits: number,
  splitRows: number,
  partial: Matrix | null,
): Product {
  const { dy, x, dw, accumulate } = args;
  const rows = dy.rows;
  const outputs = dw.rows;
  const inputs = dw.columns;
  checkMatrix('dw', dw, outputs, inputs);
  checkMatrix('dy', dy, rows, outputs);
  checkMatrix('x', x, rows, inputs);
  checkSeparate('linearBackwardWeight', dw.tensor, [dy.tensor, x.tensor]);
  const aligned = allVectorAligned([dy, x, dw]);
  const result = { rows: outputs, columns: inputs, aligned };
  const { kernel, grid, constants } = arrangeProduct('weight', variant, r.traits, result);
  const written = partial ?? dw;
  return {
    kernel,
    constants,
    grid: [grid[0], grid[1]],
    operands: [
      { tensor: dy.tensor, access: 'read' },
      { tensor: x.tensor, access: 'read' },
      { tensor: written.tensor, access: 'readwrite' },
    ],
    words: ([dyAt = 0, xAt = 0, writtenAt = 0]) => [
      u32(rows),
      u32(outputs),
      u32(inputs),
      ...placeWords(dy, dyAt),
      ...placeWords(x, xAt),
      ...placeWords(written, writtenAt),
      u32(splits),
      u32(splitRows),
      u32(outputs * inputs),
      u32(accumulate && !partial ? 1 : 0),
    ],
    wordCount: 16,
    alone: false,
    family: args.family,
    request: chooseVariant(r.traits, weightSizes(args), variant).request,
  };
}

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
    kernel: columnSumKernel,
    bindings: [
      { tensor: x.tensor, access: 'read' },
      { tensor: y, access: 'readwrite' },
    ],
    uniforms: [
      u32(x.rows),
      u32(blocks * x.columns),
      ...placeWords(x),
      u32(x.columns),
      u32(blockStride),
      u32(accumulate ? 1 : 0),
    ],
    grid: [Math.ceil(elementCount(y.shape) / 8), 1, 1],
    ...(family ? { family } : {}),
  });
}
