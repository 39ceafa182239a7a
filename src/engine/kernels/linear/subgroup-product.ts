/** Forward products with subgroup matrices: which of them a device can run, and how each is dispatched. */
import type { DeviceTraits, MatrixShape, SubgroupMatrices } from '../../gpu/kernel.ts';
import { shaderKernels, shadersOf } from '../shaders.ts';
import type { ArrangedProduct, Products } from './linear-kernels.ts';
import { mostVectorRows } from './matrix-vector.ts';
import type { WeightReader } from './weight-formats.ts';

/** `matrix-…`: in tiles of 64 × 64, with subgroup matrices of this shape. */
export type MatrixVariant = `matrix-${MatrixShape}`;

const kernels = {
  float16: shaderKernels('matmul', 'linear/matrices/forward-float16'),
  float32: shaderKernels('matmul', 'linear/matrices/forward-float32'),
} satisfies Readonly<Record<Products, unknown>>;

/** Rows and columns of a workgroup's tile, and its subgroups. */
const tile = 64;
const subgroups = 4;

/** The names of the shaders that multiply these numbers. */
export function matrixShaders(products: Products): string[] {
  return shadersOf({ of: kernels[products] });
}

export function isMatrix(variant: string): variant is MatrixVariant {
  return variant.startsWith('matrix-');
}

/** Whether a workgroup of four of these subgroups fits the device, and can be told from others. */
function fitsWorkgroup(
  { subgroupMaxSize, maxInvocations }: DeviceTraits,
  { lanes }: SubgroupMatrices,
): boolean {
  const threads = subgroups * lanes;
  return threads <= maxInvocations && threads % subgroupMaxSize === 0;
}

/** The variants with subgroup matrices that a device can run for these sizes. */
export function matrixVariants(
  traits: DeviceTraits,
  products: Products,
  { rows, aligned }: { readonly rows: number; readonly aligned: boolean },
): MatrixVariant[] {
  const { matrices } = traits;
  // With few rows the tiles would be nearly empty.
  if (!matrices || !traits.subgroups || !aligned || rows <= mostVectorRows) return [];
  if (!fitsWorkgroup(traits, matrices) || (products === 'float16' && !traits.f16)) return [];
  return matrices[products].map((shape) => `matrix-${shape}` as const);
}

/** The kernel of a variant with subgroup matrices, for aligned matrices on a device that has them. */
export function arrangeMatrix(
  variant: MatrixVariant,
  products: Products,
  traits: DeviceTraits,
  {
    rows,
    columns,
    reader,
  }: { readonly rows: number; readonly columns: number; readonly reader: WeightReader },
): ArrangedProduct {
  const { matrices } = traits;
  if (!matrices) throw new RangeError(`This device has no subgroup matrices for ${variant}`);
  const { lanes, pinned } = matrices;
  return {
    kernel: kernels[products]({
      ACCESS: 'vec4',
      READER: reader,
      SHAPE: variant.slice('matrix-'.length),
      SUBGROUPS: pinned ? 'pinned' : 'fixed',
    }),
    grid: [Math.ceil(columns / tile), Math.ceil(rows / tile), 1],
    constants: { LANES: lanes, THREADS: subgroups * lanes },
    cuts: 'rectangles',
  };
}
