/** Products of few rows, which read every weight once for all rows. */
import { foldGrid, type DeviceTraits, type Kernel } from '../../gpu/kernel.ts';
import type { GateActivation } from '../ffn/gate.ts';
import { fixedSubgroupSize } from './linear-kernels.ts';
import { shaderKernels, shadersOf, type KernelForms } from '../shaders.ts';
import type { WeightReader } from './weight-formats.ts';

/**
 * How few rows are multiplied, with every weight read once.
 * - `vector-subgroup`: a workgroup is one subgroup; the device's subgroups have one size
 * - `vector-workgroup`: reduced through workgroup memory
 */
export type VectorVariant = 'vector-subgroup' | 'vector-workgroup';

/** Whether a variant of a product is a matrix-vector kernel. */
export function isVector(variant: string): variant is VectorVariant {
  return variant === 'vector-subgroup' || variant === 'vector-workgroup';
}

/** The most rows these kernels take. */
export const mostVectorRows = 8;

const kernels: Readonly<Record<VectorVariant, KernelForms>> = {
  'vector-subgroup': shaderKernels('matmul', 'linear/matrix-vector-subgroup'),
  'vector-workgroup': shaderKernels('matmul', 'linear/matrix-vector-workgroup'),
};

/** The names of the shaders. */
export const vectorShaders: readonly string[] = shadersOf(kernels);

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

/** Outputs that a workgroup makes one after another on CPU adapters, where each workgroup costs microseconds. */
const softwareOutputs = 64;

/** The shader's numbers of gates. */
const gates: Readonly<Record<GateActivation, number>> = { silu: 1, 'gelu-tanh': 2 };

/** A matrix-vector kernel for a result of `rows × columns`, its grid and its own constants. */
export function arrangeVector(
  variant: VectorVariant,
  traits: DeviceTraits,
  result: {
    readonly rows: number;
    readonly columns: number;
    readonly aligned: boolean;
    readonly reader: WeightReader;
    /** Whether the kernel norms its input. */
    readonly normed?: boolean;
    /** How the first of two products gates the second. */
    readonly gate?: GateActivation | null;
  },
): { kernel: Kernel; grid: [number, number, number]; constants: Record<string, number> } {
  const { rows, columns, aligned, reader, normed = false, gate = null } = result;
  const kernel = kernels[variant]({ ACCESS: aligned ? 'vec4' : 'scalar', READER: reader });
  if (rows > mostVectorRows) throw new RangeError(`${rows} rows are too many for ${variant}`);
  // Only the subgroup kernel loops over its outputs.
  const loops = traits.software && variant === 'vector-subgroup';
  // With 4 lanes a load costs more than eight more sums in registers.
  const quads = gate || (loops && traits.subgroupMinSize <= 4 && rows <= 2) ? 2 : 1;
  const perTurn = gate ? 4 : 4 * quads;
  const chunk = loops ? softwareOutputs / (4 * quads) : 1;
  return {
    kernel,
    grid: foldGrid(Math.ceil(columns / (perTurn * chunk)), traits.maxWorkgroupsPerDimension),
    constants: {
      // Few sizes, so that few pipelines are compiled.
      ROWS: 2 ** Math.ceil(Math.log2(rows)),
      QUADS: quads,
      CHUNK: chunk,
      NORMED: normed ? 1 : 0,
      GATE: gate ? gates[gate] : 0,
      THREADS: variant === 'vector-subgroup' ? traits.subgroupMinSize : 64,
    },
  };
}
