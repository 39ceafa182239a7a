import broadcastCode from '../../../shaders/linear/broadcast.wgsl?raw';
import forwardBroadcastCode from '../../../shaders/linear/forward-broadcast.wgsl?raw';
import forwardDirectCode from '../../../shaders/linear/forward-direct.wgsl?raw';
import forwardEachCode from '../../../shaders/linear/forward-each.wgsl?raw';
import forwardScalarCode from '../../../shaders/linear/forward-scalar.wgsl?raw';
import forwardTiledCode from '../../../shaders/linear/forward-tiled.wgsl?raw';
import forwardVectorCode from '../../../shaders/linear/forward-vec4.wgsl?raw';
import inputBroadcastCode from '../../../shaders/linear/input-gradient-broadcast.wgsl?raw';
import inputDirectCode from '../../../shaders/linear/input-gradient-direct.wgsl?raw';
import inputEachCode from '../../../shaders/linear/input-gradient-each.wgsl?raw';
import inputScalarCode from '../../../shaders/linear/input-gradient-scalar.wgsl?raw';
import inputTiledCode from '../../../shaders/linear/input-gradient-tiled.wgsl?raw';
import inputVectorCode from '../../../shaders/linear/input-gradient-vec4.wgsl?raw';
import tileCode from '../../../shaders/linear/tile.wgsl?raw';
import weightBroadcastCode from '../../../shaders/linear/weight-gradient-broadcast.wgsl?raw';
import weightDirectCode from '../../../shaders/linear/weight-gradient-direct.wgsl?raw';
import weightEachCode from '../../../shaders/linear/weight-gradient-each.wgsl?raw';
import weightScalarCode from '../../../shaders/linear/weight-gradient-scalar.wgsl?raw';
import weightTiledCode from '../../../shaders/linear/weight-gradient-tiled.wgsl?raw';
import weightVectorCode from '../../../shaders/linear/weight-gradient-vec4.wgsl?raw';
import randomCode from '../../../shaders/common/random.wgsl?raw';
import { defineKernel, foldGrid, type DeviceTraits, type Kernel } from '../gpu/kernel.ts';

/**
 * How a product is computed; chosen by the device's traits unless a test asks for one.
 * - `tiled`: GPUs, through workgroup memory
 * - `broadcast`: CPU adapters whose subgroups have 4 or 8 lanes
 * - `direct`: other CPU adapters, where all matrices are aligned to four elements; `each` where not
 */
export type ProductVariant = 'tiled' | 'broadcast' | 'direct' | 'each';

type ProductForm = 'forward' | 'input' | 'weight';

/** `tiled` and `direct` bind vec4 and need aligned matrices; the others take any. */
interface FormKernels {
  readonly tiled: Kernel;
  readonly tiledScalar: Kernel;
  readonly direct: Kernel;
  readonly each: Kernel;
  readonly broadcast: Kernel;
}

function formKernels(
  name: string,
  code: Readonly<Record<'vector' | 'scalar' | Exclude<keyof FormKernels, 'tiledScalar'>, string>>,
  shared: readonly string[] = [],
): FormKernels {
  const define = (suffix: string, sources: readonly string[]): Kernel =>
    defineKernel({ name: `${name}-${suffix}`, family: 'matmul', sources: [...shared, ...sources] });
  return {
    tiled: define('tiled', [code.vector, tileCode, code.tiled]),
    tiledScalar: define('tiled-scalar', [code.scalar, tileCode, code.tiled]),
    direct: define('direct', [code.vector, code.direct]),
    each: define('each', [code.scalar, code.each]),
    broadcast: defineKernel({
      name: `${name}-broadcast`,
      family: 'matmul',
      // First the file that enables subgroups: enable directives precede everything else.
      sources: [broadcastCode, ...shared, code.scalar, code.broadcast],
      requires: ['subgroups'],
    }),
  };
}

const kernels: Readonly<Record<ProductForm, FormKernels>> = {
  forward: formKernels('linear-forward', {
    vector: forwardVectorCode,
    scalar: forwardScalarCode,
    tiled: forwardTiledCode,
    direct: forwardDirectCode,
    each: forwardEachCode,
    broadcast: forwardBroadcastCode,
  }),
  input: formKernels(
    'linear-input-gradient',
    {
      vector: inputVectorCode,
      scalar: inputScalarCode,
      tiled: inputTiledCode,
      direct: inputDirectCode,
      each: inputEachCode,
      broadcast: inputBroadcastCode,
    },
    [randomCode],
  ),
  weight: formKernels('linear-weight-gradient', {
    vector: weightVectorCode,
    scalar: weightScalarCode,
    tiled: weightTiledCode,
    direct: weightDirectCode,
    each: weightEachCode,
    broadcast: weightBroadcastCode,
  }),
};

/** Rows per thread of the direct kernels, as their shaders have them. */
const directRows: Readonly<Record<ProductForm, number>> = { forward: 4, input: 4, weight: 16 };

/** The one size of a device's subgroups, where they may be used and have one; else null. */
export function fixedSubgroupSize(traits: DeviceTraits): number | null {
  const { subgroups, subgroupMinSize, subgroupMaxSize } = traits;
  return subgroups && subgroupMinSize === subgroupMaxSize ? subgroupMinSize : null;
}

/** Whether the broadcast kernels run on a device. */
export function canBroadcast(traits: DeviceTraits): boolean {
  const size = fixedSubgroupSize(traits);
  return size === 4 || size === 8;
}

export function chooseProduct(traits: DeviceTraits): ProductVariant {
  if (!traits.software) return 'tiled';
  return canBroadcast(traits) ? 'broadcast' : 'direct';
}

/** The kernel for a result of `rows × columns`, its grid and its own constants. */
export function arrangeProduct(
  form: ProductForm,
  variant: ProductVariant,
  traits: DeviceTraits,
  result: { readonly rows: number; readonly columns: number; readonly aligned: boolean },
): { kernel: Kernel; grid: [number, number, number]; constants: Record<string, number> } {
  const { rows, columns, aligned } = result;
  const grid = (perColumn: number, perRow: number): [number, number, number] => [
    Math.ceil(columns / perColumn),
    Math.ceil(rows / perRow),
    1,
  ];
  const { tiled, tiledScalar, broadcast, direct, each } = kernels[form];
  switch (variant) {
    case 'tiled':
      return { kernel: aligned ? tiled : tiledScalar, grid: grid(64, 64), constants: {} };
    case 'broadcast':
      return {
        kernel: broadcast,
        grid: grid(16, 16),
        constants: { LANES: traits.subgroupMinSize },
      };
    case 'direct': {
      if (!aligned) return arrangeProduct(form, 'each', traits, result);
      const lanes = 8;
      return {
        kernel: direct,
        grid: grid(4 * lanes, directRows[form]),
        constants: { LANES: lanes },
      };
    }
    case 'each': {
      const workgroups = Math.ceil((rows * columns) / 64);
      return {
        kernel: each,
        grid: foldGrid(workgroups, traits.maxWorkgroupsPerDimension),
        constants: {},
      };
    }
  }
}
