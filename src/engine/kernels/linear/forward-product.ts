/** Forward products: y = (x·wᵀ) ∘ columnScale + bias + h·bᵀ + residual. */
import { entryWords } from '../uniforms.ts';
import type { DeviceTraits, KernelFamily, KernelRequest } from '../../gpu/kernel.ts';
import type { PlanRecorder } from '../../gpu/recorder.ts';
import type { Matrix, Tensor } from '../../gpu/tensor.ts';
import { chooseVariant } from '../kernel-class.ts';
import { CaseTensors, readDense, type KernelCase } from '../kernel-case.ts';
import {
  arrangeFloat16,
  arrangeProduct,
  type ArrangedProduct,
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
import { linearForwardReference } from './linear.reference.ts';
import {
  arrangeVector,
  chooseVector,
  hasVectorSubgroups,
  isVector,
  mostVectorRows,
  type VectorVariant,
} from './matrix-vector.ts';
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
import { arrangeMatrix, isMatrix, matrixVariants, type MatrixVariant } from './subgroup-product.ts';
import { isPacked, planeValues, weightReader, type WeightMatrix } from './weight-formats.ts';

type ForwardVariant = ProductVariant | VectorVariant | MatrixVariant;

export const forwardProductClass = productClass<ProductSizes<'forward'>, ForwardVariant>(
  'forward',
  {
    variants: (traits, sizes) => {
      const { rows } = sizes;
      const vector = chooseVector(traits, rows);
      const [standard, ...others] = productVariants(traits);
      const few: VectorVariant[] = rows <= mostVectorRows ? ['vector-workgroup'] : [];
      if (few.length > 0 && hasVectorSubgroups(traits)) few.push('vector-subgroup');
      const matrices = matrixVariants(traits, 'float32', sizes);
      const all = [vector, standard, ...few, ...others, ...matrices];
      return [...new Set(all.filter((variant) => variant !== null && variant !== undefined))];
    },
    checkSizes,
    knownCase: (sizes) => knownCase(sizes, 'float32'),
  },
);

/** The same products with multiplication in float16. */
export const forwardFloat16Class = productClass<
  ProductSizes<'forward-float16'>,
  ProductVariant | MatrixVariant
>('forward-float16', {
  variants: (traits, sizes) => [
    ...float16Variants(traits),
    ...matrixVariants(traits, 'float16', sizes),
  ],
  checkSizes,
  knownCase: (sizes) => knownCase(sizes, 'float16'),
});

type ForwardKind = 'forward' | 'forward-float16';

function checkSizes<S extends ProductSizes<ForwardKind>>(sizes: S): S {
  const vector = sizes.aligned ? 4 : 1;
  const inner = Math.max(vector, groupOf(sizes.reader));
  return smallProduct(sizes, { rows: 1, columns: vector, inner });
}

function knownCase(
  sizes: ProductSizes<ForwardKind>,
  products: Products,
): KernelCase<ForwardVariant> {
  const { rows, columns: outputs, inner: inputs, aligned } = sizes;
  const tensors = new CaseTensors();
  const x = tensors.matrix('x', [rows, inputs], aligned);
  const { w, prepare, values } = frozenWeights(tensors, [outputs, inputs], sizes);
  const y = tensors.resultMatrix('y', [rows, outputs], aligned);
  return {
    tensors,
    prepare,
    record: (r, variant) => linearForward(r, { x, w, y, variant, products }),
    results: [y],
    ...(products === 'float16' ? { tolerance: float16Tolerance } : {}),
    expected: async (read) => {
      const operands = { x: await readDense(x, read), w: await values(read) };
      return [linearForwardReference({ rows, outputs, inputs, rank: 0, ...operands }).y];
    },
  };
}

export interface LinearForward {
  /** [N, K] */
  readonly x: Matrix;
  /** [O, K], as Hugging Face stores it, in any storage format */
  readonly w: WeightMatrix;
  /** [N, O], in a separate buffer among the operands */
  readonly y: Matrix;
  /** [O] */
  readonly bias?: Tensor | undefined;
  /** [O]; multiplies x·wᵀ only */
  readonly columnScale?: Tensor | undefined;
  /** Low-rank branch: h [N, R] = scale · x·Aᵀ, b [O, R] */
  readonly branch?: { readonly h: Matrix; readonly b: Matrix } | undefined;
  /** [N, O] */
  readonly residual?: Matrix | undefined;
  /** `float16` multiplies in float16 where that gains something; float32 by default. */
  readonly products?: Products | undefined;
  readonly variant?: ForwardVariant | undefined;
  readonly family?: KernelFamily | undefined;
}

/**
 * y = (x·wᵀ) ∘ columnScale + bias + h·bᵀ + residual, in one dispatch (a linear layer with the branch
 * of eq. 1: the inner loop continues over the rank).
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

function forwardProduct(r: PlanRecorder, args: LinearForward): Arranged {
  const { x, w, y, bias, columnScale, branch, residual, family } = args;
  const size = forwardSizes(r, args);
  const { variant, request, kernel, grid, constants, cuts } = forwardKernel(r, args, size);
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
    words: (offsets, firstGroup) => forwardWords(args, { written, offsets, firstGroup }),
    cuts,
    table: isPacked(w) ? w.tensor : null,
    family,
    request,
  };
  const rest = partial ? { partial, result: y, accumulate: false, family } : null;
  return { product, splits, rest };
}

/** The kernel of a product, and the request that chose it. */
function forwardKernel(
  { traits }: PlanRecorder,
  { variant: asked, products }: LinearForward,
  size: ProductSizes<'forward'>,
): ReturnType<typeof arrangeProduct> & {
  readonly variant: ForwardVariant;
  readonly request: KernelRequest;
} {
  const few = asked !== undefined && isVector(asked);
  if (!few && productsFor(products, traits, size) === 'float16') {
    const half = { ...size, kind: 'forward-float16' } as const;
    const chosen = chooseVariant(forwardFloat16Class, traits, half, asked);
    const { variant } = chosen;
    const arranged = isMatrix(variant)
      ? arrangeMatrix(variant, 'float16', traits, size)
      : arrangeFloat16('forward', variant, traits, size);
    return { ...chosen, ...arranged };
  }
  const chosen = chooseVariant(forwardProductClass, traits, size, asked);
  const { variant } = chosen;
  return { ...chosen, ...arrangeForward(variant, traits, size) };
}

function arrangeForward(
  variant: ForwardVariant,
  traits: DeviceTraits,
  size: ProductSizes<'forward'>,
): ArrangedProduct {
  if (isMatrix(variant)) return arrangeMatrix(variant, 'float32', traits, size);
  if (isVector(variant)) return { ...arrangeVector(variant, traits, size), cuts: 'runs' };
  return arrangeProduct('forward', variant, traits, size);
}

/** @throws RangeError when shapes disagree, or y shares a buffer with an operand */
export function forwardSizes(
  r: PlanRecorder,
  { x, w, y, bias, columnScale, branch, residual }: LinearForward,
): ProductSizes<'forward'> {
  const { rows, columns: outputs } = y;
  const inputs = x.columns;
  checkMatrix('y', y, rows, outputs);
  checkMatrix('x', x, rows, inputs);
  checkWeights('w', w, outputs, inputs);
  if (branch) {
    checkMatrix('h', branch.h, rows, branch.h.columns);
    checkMatrix('b', branch.b, outputs, branch.h.columns);
  }
  if (residual) checkMatrix('residual', residual, rows, outputs);
  if (bias) checkVector('bias', bias, outputs);
  if (columnScale) checkVector('columnScale', columnScale, outputs);
  const read = [x, w, branch?.h, branch?.b, residual].map((matrix) => matrix?.tensor);
  checkSeparate('linearForward', y.tensor, [...read, bias, columnScale]);
  const aligned = allVectorAligned([x, unpacked(w), branch?.h, branch?.b, residual, y]);
  const reader = weightReader(w, r.traits);
  return { kind: 'forward', reader, rows, columns: outputs, inner: inputs, aligned };
}

/** The entry of a product; `epsilon` is that of its input's norm. */
export function forwardWords(
  { x, w, bias, columnScale, branch, residual }: LinearForward,
  { written, offsets, firstGroup }: ProductPlace,
  epsilon = 0,
): ReturnType<Product['words']> {
  const [xAt = 0, wAt = 0, hAt = 0, bAt = 0, biasAt = 0, scaleAt = 0, residualAt = 0, yAt = 0] =
    offsets;
  return entryWords('linear/forward-tiled', {
    rows: x.rows,
    outputs: w.rows,
    inputs: x.columns,
    rank: branch?.h.columns ?? 0,
    ...placeValues('x', x, xAt),
    ...weightPlace(w, wAt),
    ...placeValues('h', branch?.h, hAt),
    ...placeValues('b', branch?.b, bAt),
    ...placeValues('y', written, yAt),
    ...placeValues('residual', residual, residualAt),
    bias_offset: biasAt,
    scale_offset: scaleAt,
    flags: (bias ? 1 : 0) | (columnScale ? 2 : 0) | (residual ? 4 : 0),
    ...planeValues(w),
    first_group: firstGroup,
    epsilon,
  });
}
