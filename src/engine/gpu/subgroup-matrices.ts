/**
 * Whether a device has matrices that a subgroup holds together (Chromium's `chromium-experimental-subgroup-matrix`), in
 * which sizes, and in subgroups of how many threads.
 */
import type { DeviceTraits, KernelFeature, MatrixShape, SubgroupMatrices } from './kernel.ts';

const matrixFeature: KernelFeature = 'chromium-experimental-subgroup-matrix';
const sizeFeature: KernelFeature = 'subgroup-size-control';

/** The features that kernels need for these matrices. */
export function matrixFeatures({ pinned }: SubgroupMatrices): KernelFeature[] {
  return pinned ? [matrixFeature, sizeFeature] : [matrixFeature];
}

/** One of the products that an adapter says it has, as Dawn names its parts. */
interface ReportedProduct {
  readonly componentType: string;
  readonly resultComponentType: string;
  readonly M: number;
  readonly N: number;
  readonly K: number;
}

/** What is read of a `GPUAdapter`. */
export interface MatrixAdapter {
  readonly features: { has(name: string): boolean };
  readonly info: {
    readonly subgroupMinSize?: number;
    readonly subgroupMaxSize?: number;
    readonly subgroupMatrixConfigs?: Iterable<ReportedProduct>;
  };
}

/** The shapes that kernels use. Sums in float16 would lose what float16 tiles take care to keep, so none has them. */
const usedShapes = {
  f16: ['16x16x16', '16x8x16', '8x16x16', '8x8x8'],
  f32: ['8x8x8'],
} as const satisfies Readonly<Record<string, readonly MatrixShape[]>>;

/** Those of the shapes in which an adapter multiplies these numbers and adds up float32; the best first. */
function shapesOf(reported: readonly ReportedProduct[], inputs: 'f16' | 'f32'): MatrixShape[] {
  const found = new Set(
    reported
      .filter((each) => each.componentType === inputs && each.resultComponentType === 'f32')
      .map(({ M, N, K }) => `${M}x${N}x${K}`),
  );
  return usedShapes[inputs].filter((shape) => found.has(shape));
}

/** Threads of a subgroup, where they have to be asked for: the size for which cards with several have matrices. */
const usualLanes = 32;

/** The matrices of an adapter; null where it has none that kernels use. */
export function subgroupMatrices({ features, info }: MatrixAdapter): SubgroupMatrices | null {
  const { subgroupMinSize: min, subgroupMaxSize: max, subgroupMatrixConfigs = [] } = info;
  if (!features.has('subgroups') || !features.has(matrixFeature) || !min || !max) return null;
  const reported = [...subgroupMatrixConfigs];
  const shapes = { float32: shapesOf(reported, 'f32'), float16: shapesOf(reported, 'f16') };
  if (shapes.float32.length + shapes.float16.length === 0) return null;
  if (min === max) return { ...shapes, lanes: min, pinned: false };
  const pinned = features.has(sizeFeature) && min <= usualLanes && usualLanes <= max;
  return pinned ? { ...shapes, lanes: usualLanes, pinned } : null;
}

/** The words of the builtins changed while they were an experiment: this text says whether a browser knows ours. */
const probe = `
enable subgroups;
enable chromium_experimental_subgroup_matrix;
var<workgroup> numbers: array<f32, 64>;
@compute @workgroup_size(128)
fn main() {
  let left = subgroupMatrixLoad<subgroup_matrix_left<f32, 8, 8>, row_major>(&numbers, 0u, 8u);
  subgroupMatrixStore<row_major>(&numbers, 0u, left, 8u);
}
`;

/** The traits without matrices where the device's compiler does not know them as kernels write them. */
export async function withKnownMatrices(
  device: GPUDevice,
  { matrices, ...others }: DeviceTraits,
): Promise<DeviceTraits> {
  if (!matrices) return others;
  device.pushErrorScope('validation');
  const module = device.createShaderModule({ label: 'subgroup matrices', code: probe });
  const refusal = await device.popErrorScope();
  const { messages } = await module.getCompilationInfo();
  const known = refusal === null && messages.every(({ type }) => type !== 'error');
  return known ? { ...others, matrices } : others;
}
