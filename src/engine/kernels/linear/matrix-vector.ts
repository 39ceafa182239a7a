/** Products of few rows, every weight read once. */
import forwardScalarCode from '../../../../shaders/linear/forward-scalar.wgsl?raw';
import forwardVectorCode from '../../../../shaders/linear/forward-vec4.wgsl?raw';
import bodyCode from '../../../../shaders/linear/matrix-vector.wgsl?raw';
import subgroupCode from '../../../../shaders/linear/matrix-vector-subgroup.wgsl?raw';
import workgroupCode from '../../../../shaders/linear/matrix-vector-workgroup.wgsl?raw';
import { defineKernel, foldGrid, type DeviceTraits, type Kernel } from '../../gpu/kernel.ts';
import { fixedSubgroupSize } from './linear-kernels.ts';
import { expandShader } from '../shader-template.ts';
import {
  byReader,
  readerSuffix,
  readerRequires,
  rowSources,
  vectorRowSources,
  type WeightReader,
} from './weight-formats.ts';

/**
 * How few rows are multiplied, with every weight read once.
 * - `vector-subgroup`: a workgroup is one subgroup; the device's subgroups have one size
 * - `vector-workgroup`: reduced through workgroup memory
 */
export type VectorVariant = 'vector-subgroup' | 'vector-workgroup';

/** Whether a variant of a product is one of these. */
export function isVector(variant: string): variant is VectorVariant {
  return variant === 'vector-subgroup' || variant === 'vector-workgroup';
}

/** The most rows these kernels take. */
export const mostVectorRows = 8;

const expand = (template: string): string =>
  expandShader(template, { MOSTROWS: mostVectorRows, MOSTQUADS: 2 });

interface VectorKernels {
  readonly vector: Kernel;
  readonly scalar: Kernel;
}

const kernels: Readonly<Record<VectorVariant, ReadonlyMap<WeightReader, VectorKernels>>> = {
  'vector-subgroup': byReader((reader) =>
    vectorKernels('matrix-vector-subgroup', subgroupCode, reader, ['subgroups']),
  ),
  'vector-workgroup': byReader((reader) =>
    vectorKernels('matrix-vector-workgroup', workgroupCode, reader, []),
  ),
};

function vectorKernels(
  name: string,
  reduction: string,
  reader: WeightReader,
  features: Kernel['requires'],
): VectorKernels {
  const define = (kind: string, access: string, weights: readonly string[]): Kernel =>
    defineKernel({
      name: `${name}${kind}${readerSuffix(reader)}`,
      family: 'matmul',
      sources: [expand(reduction), access, ...weights, expand(bodyCode)],
      requires: [...features, ...readerRequires(reader)],
    });
  return {
    vector: define('', forwardVectorCode, vectorRowSources(reader)),
    scalar: define('-scalar', forwardScalarCode, rowSources(reader)),
  };
}

/** Whether a workgroup can be exactly one subgroup of the device. */
export function hasVectorSubgroups(traits: DeviceTraits): boolean {
  const size = fixedSubgroupSize(traits);
  return size !== null && size <= Math.min(64, traits.maxInvocations);
}

/**
 * The matrix-vector variant for a product of `rows` rows, or null where another kernel is faster: for
 * more than 8 rows, and on CPU adapters, where lanes of one row pay less, for more than 2 or without
 * subgroups.
 */
export function chooseVector(traits: DeviceTraits, rows: number): VectorVariant | null {
  if (rows > mostVectorRows) return null;
  if (hasVectorSubgroups(traits)) return traits.software && rows > 2 ? null : 'vector-subgroup';
  return traits.software ? null : 'vector-workgroup';
}

/** Outputs that a workgroup makes one after another on CPU adapters, which take microseconds for each. */
const softwareOutputs = 64;

/** A matrix-vector kernel for a result of `rows × columns`, its grid and its own constants. */
export function arrangeVector(
  variant: VectorVariant,
  traits: DeviceTraits,
  result: {
    readonly rows: number;
    readonly columns: number;
    readonly aligned: boolean;
    readonly reader: WeightReader;
  },
): { kernel: Kernel; grid: [number, number, number]; constants: Record<string, number> } {
  const { rows, columns, aligned, reader } = result;
  const kernel = kernels[variant].get(reader)?.[aligned ? 'vector' : 'scalar'];
  if (!kernel) throw new RangeError(`No ${variant} product reads ${reader}`);
  if (rows > mostVectorRows) throw new RangeError(`${rows} rows are too many for ${variant}`);
  // Only the subgroup kernel loops over its outputs.
  const loops = traits.software && variant === 'vector-subgroup';
  // With 4 lanes a load costs more than what eight sums more in registers cost.
  const quads = loops && traits.subgroupMinSize <= 4 && rows <= 2 ? 2 : 1;
  const chunk = loops ? softwareOutputs / (4 * quads) : 1;
  return {
    kernel,
    grid: foldGrid(Math.ceil(columns / (4 * quads * chunk)), traits.maxWorkgroupsPerDimension),
    constants: {
      // Few sizes, so that few pipelines are compiled.
      ROWS: 2 ** Math.ceil(Math.log2(rows)),
      QUADS: quads,
      CHUNK: chunk,
      THREADS: variant === 'vector-subgroup' ? traits.subgroupMinSize : 64,
    },
  };
}
