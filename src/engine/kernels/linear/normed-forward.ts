/** Forward products of a normed input: y = rmsnorm(x)·wᵀ + bias, the norm inside the product where rows are few. */
import type { PlanRecorder } from '../../gpu/recorder.ts';
import { asMatrix, type Tensor } from '../../gpu/tensor.ts';
import { CaseTensors, type KernelCase } from '../kernel-case.ts';
import { chooseVariant, type KernelClass } from '../kernel-class.ts';
import { normForwardClass } from '../norm/norm.ts';
import { rmsNormForward } from '../norm/norm.reference.ts';
import { forwardSizes, linearForwards, type LinearForward } from './forward-product.ts';
import {
  fusedProduct,
  fusedVariants,
  normedInput,
  smallFused,
  type FusedVariant,
  type InputNorm,
} from './fused-product.ts';
import { linearForwardReference } from './linear.reference.ts';
import { frozenWeights, productClass, type ProductSizes } from './product-class.ts';
import { dispatchProducts, type Product } from './product-group.ts';

type NormedSizes = ProductSizes<'forward-normed'>;

const base: KernelClass<NormedSizes, FusedVariant> = productClass('forward-normed', {
  variants: (traits, sizes) => fusedVariants(traits, sizes, true),
  checkSizes: smallFused,
  knownCase,
});

export const forwardNormedClass: typeof base = {
  ...base,
  shaders: [...base.shaders, ...normForwardClass.shaders],
};

function knownCase(sizes: NormedSizes): KernelCase<FusedVariant> {
  const { rows, columns: outputs, inner: inputs, aligned } = sizes;
  const tensors = new CaseTensors();
  const x = tensors.values('x', [rows, inputs]);
  const norm = { weight: tensors.values('weight', [inputs]), epsilon: 2 ** -20 };
  const { w, prepare, values } = frozenWeights(tensors, [outputs, inputs], sizes);
  const y = tensors.resultMatrix('y', [rows, outputs], aligned);
  return {
    tensors,
    prepare,
    record: (r, variant) => normedForwards(r, { x, norm, products: [{ w, y }], variant }),
    results: [y],
    expected: async (read) => {
      const normed = rmsNormForward(await read(x), await read(norm.weight), norm.epsilon);
      const product = { rows, outputs, inputs, rank: 0, x: normed, w: await values(read) };
      return [linearForwardReference(product).y];
    },
  };
}

export interface NormedForwards {
  /** [N, K] */
  readonly x: Tensor;
  readonly norm: InputNorm;
  /** w [O, K], bias [O], y [N, O] in another buffer than the operands; `products` holds for a norm apart. */
  readonly products: readonly Pick<LinearForward, 'w' | 'bias' | 'y' | 'family' | 'products'>[];
  /** The device's choice unless given. */
  readonly variant?: FusedVariant;
}

/**
 * y = rmsnorm(x)·wᵀ + bias for each product, in one dispatch where each operand lies in one buffer for all of them.
 * The norm is part of it where rows are few and the device gains by that, else a dispatch before it.
 * @throws RangeError when shapes disagree, or a result shares a buffer with an operand
 */
export function normedForwards(r: PlanRecorder, args: NormedForwards): void {
  const { x, norm, products, variant: asked } = args;
  const fused: Product[] = [];
  for (const product of products) {
    const linear = { ...product, x: asMatrix(x) };
    const sizes = { ...forwardSizes(r, linear), kind: 'forward-normed' } as const;
    const chosen = chooseVariant(forwardNormedClass, r.traits, sizes, asked);
    const { variant, request } = chosen;
    if (variant === 'apart') break;
    fused.push(fusedProduct(r, { linear, sizes, variant, request, norm, gate: null }));
  }
  if (fused.length === products.length) {
    dispatchProducts(r, fused);
    return;
  }
  const normed = asMatrix(normedInput(r, x, norm));
  linearForwards(
    r,
    products.map((product) => ({ ...product, x: normed })),
  );
}
