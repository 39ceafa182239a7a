/** Products of few rows that take what comes before or after them into their dispatch: what those kinds share. */
import type { DeviceTraits, KernelRequest } from '../../gpu/kernel.ts';
import type { PlanRecorder } from '../../gpu/recorder.ts';
import type { Tensor } from '../../gpu/tensor.ts';
import type { GateActivation } from '../ffn/gate.ts';
import { rmsNormForward } from '../norm/norm.ts';
import { forwardWords, type LinearForward } from './forward-product.ts';
import { checkVector } from './linear-matrix.ts';
import {
  arrangeVector,
  chooseVector,
  hasVectorSubgroups,
  mostVectorRows,
  type VectorVariant,
} from './matrix-vector.ts';
import { groupOf, smallProduct, type ProductSizes } from './product-class.ts';
import type { Product } from './product-group.ts';
import { isPacked } from './weight-formats.ts';

/** `apart`: the norm, or where there is none the gate, has a dispatch to itself. */
export type FusedVariant = VectorVariant | 'apart';

/** RMSNorm of a product's input: weight [K]. */
export interface InputNorm {
  readonly weight: Tensor;
  readonly epsilon: number;
}

/**
 * Every workgroup computes a fused norm again. On CPU adapters, where workgroups take turns on a few cores, larger
 * products than this lose more by that than a dispatch costs.
 */
const mostSoftwareWork = 2 ** 20;

/** The variants, the device's default first. */
export function fusedVariants(
  traits: DeviceTraits,
  { rows, columns, inner }: ProductSizes,
  normed: boolean,
): readonly FusedVariant[] {
  if (rows > mostVectorRows) return ['apart'];
  const costly = traits.software && normed && rows * columns * inner > mostSoftwareWork;
  const standard = costly ? null : chooseVector(traits, rows);
  const found: FusedVariant[] = [standard ?? 'apart', 'vector-workgroup'];
  if (hasVectorSubgroups(traits)) found.push('vector-subgroup');
  return [...new Set([...found, 'apart' as const])];
}

/** Small sizes with remainders, for a check. */
export function smallFused<S extends ProductSizes>(sizes: S): S {
  const columns = sizes.aligned ? 4 : 1;
  return smallProduct(sizes, { rows: 1, columns, inner: Math.max(columns, groupOf(sizes.reader)) });
}

/** A product by a matrix-vector kernel that also norms its input, or gates another product. */
export function fusedProduct(
  { traits }: PlanRecorder,
  args: {
    readonly linear: LinearForward;
    readonly sizes: ProductSizes;
    readonly variant: VectorVariant;
    readonly request: KernelRequest;
    readonly norm: InputNorm | null;
    readonly gate: GateActivation | null;
  },
): Product {
  const { linear, sizes, variant, request, norm, gate } = args;
  const { x, w, y, bias, family } = linear;
  if (norm) checkVector('norm', norm.weight, x.columns);
  const { kernel, constants, grid } = arrangeVector(variant, traits, {
    ...{ ...sizes, normed: norm !== null, gate },
  });
  return {
    ...{ kernel, constants, grid: [grid[0], grid[1]], cuts: 'runs', family, request },
    operands: [
      { tensor: x.tensor, access: 'read' },
      { tensor: w.tensor, access: 'read' },
      { tensor: undefined, access: 'read' },
      { tensor: undefined, access: 'read' },
      { tensor: bias, access: 'read' },
      { tensor: norm?.weight, access: 'read' },
      { tensor: undefined, access: 'read' },
      { tensor: y.tensor, access: 'readwrite' },
    ],
    words: (offsets, firstGroup) =>
      forwardWords(linear, { written: y, offsets, firstGroup }, norm?.epsilon),
    table: isPacked(w) ? w.tensor : null,
  };
}

/** The normed input in a tensor of its own, by a dispatch of its own. */
export function normedInput(r: PlanRecorder, x: Tensor, norm: InputNorm): Tensor {
  const y = r.scratch('normed', x.shape);
  rmsNormForward(r, { x, ...norm, y });
  return y;
}
