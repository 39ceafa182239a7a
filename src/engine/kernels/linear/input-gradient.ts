/** Input gradients: dx (+)= alpha · ((dy·w) ∘ columnScale + mask ∘ (dh·a)). */
import { entryWords } from '../uniforms.ts';
import type { KernelFamily, KernelRequest } from '../../gpu/kernel.ts';
import type { PlanRecorder } from '../../gpu/recorder.ts';
import type { Matrix, Tensor } from '../../gpu/tensor.ts';
import { chooseVariant } from '../kernel-class.ts';
import { dropoutMask, type Dropout } from '../random.ts';
import { CaseTensors, readDense, type KernelCase } from '../kernel-case.ts';
import {
  arrangeFloat16,
  arrangeProduct,
  type Products,
  type ProductVariant,
} from './linear-kernels.ts';
import {
  allVectorAligned,
  checkMatrix,
  checkSeparate,
  checkVector,
  checkWeights,
  placeValues,
  unpacked,
  weightPlace,
} from './linear-matrix.ts';
import { linearBackwardInputReference } from './linear.reference.ts';
import {
  float16Tolerance,
  float16Variants,
  frozenWeights,
  groupOf,
  productClass,
  productsFor,
  productVariants,
  smallProduct,
  splitsOf,
  type ProductSizes,
} from './product-class.ts';
import type { Product, ProductPlace } from './product-group.ts';
import { dispatchArranged, partialResults, type Arranged } from './product-splits.ts';
import { isPacked, planeValues, weightReader, type WeightMatrix } from './weight-formats.ts';

export const inputGradientClass = productClass<ProductSizes<'input'>, ProductVariant>('input', {
  variants: productVariants,
  checkSizes,
  knownCase: (sizes) => knownCase(sizes, 'float32'),
});

/** The same products with multiplication in float16. */
export const inputFloat16Class = productClass<ProductSizes<'input-float16'>, ProductVariant>(
  'input-float16',
  {
    variants: float16Variants,
    checkSizes,
    knownCase: (sizes) => knownCase(sizes, 'float16'),
  },
);

type InputKind = 'input' | 'input-float16';

function checkSizes<S extends ProductSizes<InputKind>>(sizes: S): S {
  const vector = sizes.aligned ? 4 : 1;
  const columns = Math.max(vector, groupOf(sizes.reader));
  return smallProduct(sizes, { rows: 1, columns, inner: vector });
}

function knownCase(sizes: ProductSizes<InputKind>, products: Products): KernelCase<ProductVariant> {
  const { rows, columns: inputs, inner: outputs, aligned } = sizes;
  const tensors = new CaseTensors();
  const dy = tensors.matrix('dy', [rows, outputs], aligned);
  const { w, prepare, values } = frozenWeights(tensors, [outputs, inputs], sizes);
  const dx = tensors.resultMatrix('dx', [rows, inputs], aligned);
  return {
    tensors,
    prepare,
    record: (r, variant) => linearBackwardInput(r, { dy, w, dx, variant, products }),
    results: [dx],
    ...(products === 'float16' ? { tolerance: float16Tolerance } : {}),
    expected: async (read) => {
      const operands = { dy: await readDense(dy, read), w: await values(read) };
      const shape = { rows, outputs, inputs, rank: 0 };
      return [linearBackwardInputReference({ ...shape, ...operands }).dx];
    },
  };
}

export interface LinearBackwardInput {
  /** [N, O] */
  readonly dy: Matrix;
  /** [O, K], in any storage format */
  readonly w: WeightMatrix;
  /** [N, K], in a separate buffer among the operands */
  readonly dx: Matrix;
  /** dh [N, R], a [R, K]; `dropout` is the dropout of the branch's input */
  readonly branch?:
    | { readonly dh: Matrix; readonly a: Matrix; readonly dropout?: Dropout | undefined }
    | undefined;
  /** [K]; multiplies dy·w only */
  readonly columnScale?: Tensor | undefined;
  /** Adds to dx instead of replacing it. */
  readonly accumulate?: boolean | undefined;
  /** Multiplies the computed sum (not what dx held); 1 by default. */
  readonly alpha?: number | undefined;
  /** `float16` multiplies in float16 where that gains something; float32 by default. */
  readonly products?: Products | undefined;
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
  const { dy, w, dx, branch, columnScale, accumulate = false, family } = args;
  const size = inputSizes(r, args);
  const { variant, request, kernel, grid, constants, cuts } = inputKernel(r, args, size);
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
      { tensor: branch?.dropout?.stepState, access: 'read' },
      { tensor: written.tensor, access: 'readwrite' },
    ],
    // Partial sums are added to dx when they are summed.
    words: (offsets, firstGroup) =>
      inputWords({ ...args, accumulate: accumulate && !partial }, { written, offsets, firstGroup }),
    cuts,
    table: isPacked(w) ? w.tensor : null,
    family,
    request,
  };
  const rest = partial ? { partial, result: dx, accumulate, family } : null;
  return { product, splits, rest };
}

/** The kernel of a product, and the request that chose it. */
function inputKernel(
  { traits }: PlanRecorder,
  { variant: asked, products }: LinearBackwardInput,
  size: ProductSizes<'input'>,
): ReturnType<typeof arrangeProduct> & {
  readonly variant: ProductVariant;
  readonly request: KernelRequest;
} {
  if (productsFor(products, traits, size) === 'float16') {
    const half = { ...size, kind: 'input-float16' } as const;
    const chosen = chooseVariant(inputFloat16Class, traits, half, asked);
    return { ...chosen, ...arrangeFloat16('input', chosen.variant, traits, size) };
  }
  const chosen = chooseVariant(inputGradientClass, traits, size, asked);
  return { ...chosen, ...arrangeProduct('input', chosen.variant, traits, size) };
}

/** @throws RangeError when shapes disagree, or dx shares a buffer with an operand */
function inputSizes(
  r: PlanRecorder,
  { dy, w, dx, branch, columnScale }: LinearBackwardInput,
): ProductSizes<'input'> {
  const { rows, columns: inputs } = dx;
  const outputs = dy.columns;
  checkMatrix('dx', dx, rows, inputs);
  checkMatrix('dy', dy, rows, outputs);
  checkWeights('w', w, outputs, inputs);
  if (branch) {
    checkMatrix('dh', branch.dh, rows, branch.dh.columns);
    checkMatrix('a', branch.a, branch.dh.columns, inputs);
  }
  if (columnScale) checkVector('columnScale', columnScale, inputs);
  const read = [dy, w, branch?.dh, branch?.a].map((matrix) => matrix?.tensor);
  const others = [columnScale, branch?.dropout?.stepState];
  checkSeparate('linearBackwardInput', dx.tensor, [...read, ...others]);
  const aligned = allVectorAligned([dy, unpacked(w), branch?.dh, branch?.a, dx]);
  const reader = weightReader(w, r.traits);
  return { kind: 'input', reader, rows, columns: inputs, inner: outputs, aligned };
}

function inputWords(
  { dy, w, branch, columnScale, accumulate, alpha = 1 }: LinearBackwardInput,
  { written, offsets, firstGroup }: ProductPlace,
): ReturnType<Product['words']> {
  const [dyAt = 0, wAt = 0, dhAt = 0, aAt = 0, scaleAt = 0, , dxAt = 0] = offsets;
  const dropout = branch?.dropout;
  const mask = dropoutMask(dropout?.probability ?? 0);
  return entryWords('linear/input-gradient-tiled', {
    rows: dy.rows,
    outputs: dy.columns,
    inputs: written.columns,
    rank: branch?.dh.columns ?? 0,
    ...placeValues('dy', dy, dyAt),
    ...weightPlace(w, wAt),
    ...placeValues('dh', branch?.dh, dhAt),
    ...placeValues('a', branch?.a, aAt),
    ...placeValues('dx', written, dxAt),
    scale_offset: scaleAt,
    dropout_threshold: mask.threshold,
    dropout_stream: dropout?.stream ?? 0,
    dropout_scale: mask.scale,
    alpha,
    flags: (columnScale ? 1 : 0) | (accumulate ? 2 : 0),
    ...planeValues(w),
    first_group: firstGroup,
  });
}
