import forwardScalarCode from '../../../shaders/linear/forward-scalar.wgsl?raw';
import forwardVectorCode from '../../../shaders/linear/forward-vec4.wgsl?raw';
import bodyCode from '../../../shaders/linear/matrix-vector.wgsl?raw';
import subgroupCode from '../../../shaders/linear/matrix-vector-subgroup.wgsl?raw';
import workgroupCode from '../../../shaders/linear/matrix-vector-workgroup.wgsl?raw';
import { defineKernel, foldGrid, type DeviceTraits, type Kernel } from '../gpu/kernel.ts';
import { fixedSubgroupSize } from './linear-kernels.ts';

/**
 * How few rows are multiplied, with every weight read once.
 * - `vector-subgroup`: a workgroup is one subgroup; the device's subgroups have one size
 * - `vector-workgroup`: reduced through workgroup memory
 */
export type VectorVariant = 'vector-subgroup' | 'vector-workgroup';

/** The most rows these kernels take. */
export const mostVectorRows = 8;

const kernels: Readonly<Record<VectorVariant, { vector: Kernel; scalar: Kernel }>> = {
  'vector-subgroup': {
    vector: subgroupKernel('matrix-vector-subgroup', forwardVectorCode),
    scalar: subgroupKernel('matrix-vector-subgroup-scalar', forwardScalarCode),
  },
  'vector-workgroup': {
    vector: workgroupKernel('matrix-vector-workgroup', forwardVectorCode),
    scalar: workgroupKernel('matrix-vector-workgroup-scalar', forwardScalarCode),
  },
};

function subgroupKernel(name: string, access: string): Kernel {
  const sources = [subgroupCode, access, bodyCode];
  return defineKernel({ name, family: 'matmul', sources, requires: ['subgroups'] });
}

function workgroupKernel(name: string, access: string): Kernel {
  return defineKernel({ name, family: 'matmul', sources: [workgroupCode, access, bodyCode] });
}

/** Whether a workgroup can be exactly one subgroup of the device. */
export function hasVectorSubgroups(traits: DeviceTraits): boolean {
  const size = fixedSubgroupSize(traits);
  return size !== null && size <= Math.min(64, traits.maxInvocations);
}

/**
 * The matrix-vector variant for a product of `rows` rows, or null where another kernel is faster: for
 * more than 8 rows, and on CPU adapters, where lanes of one row pay less, for more than 4 or without
 * subgroups.
 */
export function chooseVector(traits: DeviceTraits, rows: number): VectorVariant | null {
  if (rows > mostVectorRows) return null;
  if (hasVectorSubgroups(traits)) return traits.software && rows > 4 ? null : 'vector-subgroup';
  return traits.software ? null : 'vector-workgroup';
}

/** A matrix-vector kernel for a result of `rows × columns`, its grid and its own constants. */
export function arrangeVector(
  variant: VectorVariant,
  traits: DeviceTraits,
  result: { readonly rows: number; readonly columns: number; readonly aligned: boolean },
): { kernel: Kernel; grid: [number, number, number]; constants: Record<string, number> } {
  const { rows, columns, aligned } = result;
  if (rows > mostVectorRows) throw new RangeError(`${rows} rows are too many for ${variant}`);
  return {
    kernel: kernels[variant][aligned ? 'vector' : 'scalar'],
    grid: foldGrid(Math.ceil(columns / 4), traits.maxWorkgroupsPerDimension),
    constants: {
      // Few sizes, so that few pipelines are compiled.
      ROWS: 2 ** Math.ceil(Math.log2(rows)),
      THREADS: variant === 'vector-subgroup' ? traits.subgroupMinSize : 64,
    },
  };
}
