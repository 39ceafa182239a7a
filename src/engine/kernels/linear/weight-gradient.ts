/** Weight gradients: dw (+)= dyᵀ·x. */
import { entryWords } from '../uniforms.ts';
import type { KernelFamily } from '../../gpu/kernel.ts';
import type { PlanRecorder } from '../../gpu/recorder.ts';
import type { Matrix } from '../../gpu/tensor.ts';
import { chooseVariant } from '../kernel-class.ts';
import { CaseTensors, readDense } from '../kernel-case.ts';
import { arrangeProduct, productTile, type ProductVariant } from './linear-kernels.ts';
import { allVectorAligned, checkMatrix, checkSeparate, placeValues } from './linear-matrix.ts';
import { linearBackwardWeightReference } from './linear.reference.ts';
import { productClass, productVariants, smallProduct, type ProductSizes } from './product-class.ts';
import { dispatchProducts, type Product } from './product-group.ts';
import { partialResults, sumSplits, weightSplits, type SplitResult } from './product-splits.ts';

export const weightGradientClass = productClass<ProductSizes<'weight'>, ProductVariant>('weight', {
  // Weight gradients are split by a separate rule.
  variants: (traits) => productVariants(traits).filter((variant) => !variant.startsWith('split')),
  checkSizes: (sizes) => {
    const vector = sizes.aligned ? 4 : 1;
    return smallProduct(sizes, { rows: vector, columns: vector, inner: vector });
  },
  knownCase: ({ rows: outputs, columns: inputs, inner: rows, aligned }) => {
    const tensors = new CaseTensors();
    const dy = tensors.matrix('dy', [rows, outputs], aligned);
    const x = tensors.matrix('x', [rows, inputs], aligned);
    const dw = tensors.resultMatrix('dw', [outputs, inputs], aligned);
    return {
      tensors,
      prepare: null,
      record: (r, variant) => linearBackwardWeight(r, { dy, x, dw, accumulate: false, variant }),
      results: [dw],
      expected: async (read) => {
        const operands = { dy: await readDense(dy, read), x: await readDense(x, read) };
        return [linearBackwardWeightReference({ rows, outputs, inputs, ...operands }).dw];
      },
    };
  },
});

export interface LinearBackwardWeight {
  /** [N, O] */
  readonly dy: Matrix;
  /** [N, K] */
  readonly x: Matrix;
  /** [O, K], in a separate buffer among the operands */
  readonly dw: Matrix;
  /** Adds to dw instead of replacing it. */
  readonly accumulate: boolean;
  /** Parts of the rows that the tiled kernels sum separately; chosen by the shape if not given. */
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
  // All of them use the variant of the first.
  const { variant } = chooseVariant(
    weightGradientClass,
    r.traits,
    weightSizes(first),
    first.variant,
  );
  const tile = productTile(variant);
  const split = tile
    ? weightSplits(r.traits, { rows, results, tile, asked: first.splits })
    : { splits: 1, splitRows: rows };
  const { splits } = split;
  const partials = splits > 1 ? partialResults(r, results, splits) : [];
  const arranged = products.map((args, index) =>
    weightProduct(r, args, { variant, ...split, partial: partials[index] ?? null }),
  );
  dispatchProducts(r, arranged, splits);
  const rest = products.flatMap(({ dw, accumulate, family }, index): SplitResult[] => {
    const partial = partials[index];
    return partial ? [{ partial, result: dw, accumulate, family }] : [];
  });
  sumSplits(r, rest, splits);
}

function weightSizes({ dy, x, dw }: LinearBackwardWeight): ProductSizes<'weight'> {
  const { rows, columns } = dw;
  const aligned = allVectorAligned([dy, x, dw]);
  return { kind: 'weight', reader: 'f32', rows, columns, inner: dy.rows, aligned };
}

function weightProduct(
  r: PlanRecorder,
  args: LinearBackwardWeight,
  {
    variant,
    splits,
    splitRows,
    partial,
  }: {
    readonly variant: ProductVariant;
    readonly splits: number;
    readonly splitRows: number;
    /** Room for the parts of the sum; null where it is not split. */
    readonly partial: Matrix | null;
  },
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
  const { kernel, grid, constants, cuts } = arrangeProduct('weight', variant, r.traits, result);
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
    words: ([dyAt = 0, xAt = 0, writtenAt = 0], firstGroup) =>
      entryWords('linear/weight-gradient-tiled', {
        rows,
        outputs,
        inputs,
        ...placeValues('dy', dy, dyAt),
        ...placeValues('x', x, xAt),
        ...placeValues('dw', written, writtenAt),
        splits,
        split_rows: splitRows,
        split_stride: outputs * inputs,
        flags: accumulate && !partial ? 1 : 0,
        first_group: firstGroup,
      }),
    cuts,
    table: null,
    family: args.family,
    request: chooseVariant(weightGradientClass, r.traits, weightSizes(args), variant).request,
  };
}
