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
import {
  byReader,
  readerRequires,
  readerSuffix,
  rowSources,
  vectorRowSources,
  type WeightReader,
} from './weight-formats.ts';

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
  /** Float32 only: it loads each weight in many places, and unpacking in all of them compiles for seconds. */
  readonly broadcast: Kernel | null;
}

interface FormCode {
  readonly vector: string;
  readonly scalar: string;
  readonly tiled: string;
  readonly direct: string;
  readonly each: string;
  readonly broadcast: string;
  readonly shared?: string;
}

/** The kernels of a form; of those that read frozen weights, for one way to read them. */
function formKernels(form: string, code: FormCode, reader: WeightReader | null): FormKernels {
  const { shared = '' } = code;
  const vectorWeights = reader ? vectorRowSources(reader) : [];
  const scalarWeights = reader ? rowSources(reader) : [];
  const requires = reader ? readerRequires(reader) : [];
  const define = (
    suffix: string,
    sources: readonly string[],
    features: Kernel['requires'] = [],
  ): Kernel =>
    defineKernel({
      name: `${form}-${suffix}${readerSuffix(reader)}`,
      family: 'matmul',
      sources: [shared, ...sources],
      requires: [...requires, ...features],
    });
  return {
    tiled: define('tiled', [code.vector, ...vectorWeights, tileCode, code.tiled]),
    tiledScalar: define('tiled-scalar', [code.scalar, ...scalarWeights, tileCode, code.tiled]),
    direct: define('direct', [code.vector, ...vectorWeights, code.direct]),
    each: define('each', [code.scalar, ...scalarWeights, code.each]),
    broadcast:
      reader === null || reader === 'f32'
        ? define(
            'broadcast',
            [broadcastCode, code.scalar, ...scalarWeights, code.broadcast],
            ['subgroups'],
          )
        : null,
  };
}

const forwardCode: FormCode = {
  vector: forwardVectorCode,
  scalar: forwardScalarCode,
  tiled: forwardTiledCode,
  direct: forwardDirectCode,
  each: forwardEachCode,
  broadcast: forwardBroadcastCode,
};
const inputCode: FormCode = {
  vector: inputVectorCode,
  scalar: inputScalarCode,
  tiled: inputTiledCode,
  direct: inputDirectCode,
  each: inputEachCode,
  broadcast: inputBroadcastCode,
  shared: randomCode,
};
const weightCode: FormCode = {
  vector: weightVectorCode,
  scalar: weightScalarCode,
  tiled: weightTiledCode,
  direct: weightDirectCode,
  each: weightEachCode,
  broadcast: weightBroadcastCode,
};

const forwardKernels = byReader((reader) => formKernels('linear-forward', forwardCode, reader));
const inputKernels = byReader((reader) => formKernels('linear-input-gradient', inputCode, reader));
const weightKernels = formKernels('linear-weight-gradient', weightCode, null);

function kernelsOf(form: ProductForm, reader: WeightReader): FormKernels {
  const found =
    form === 'weight'
      ? weightKernels
      : (form === 'forward' ? forwardKernels : inputKernels).get(reader);
  if (!found) throw new RangeError(`No ${form} product reads ${reader}`);
  return found;
}

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

export function chooseProduct(traits: DeviceTraits, reader: WeightReader = 'f32'): ProductVariant {
  if (!traits.software) return 'tiled';
  return canBroadcast(traits) && reader === 'f32' ? 'broadcast' : 'direct';
}

/**
 * The kernel for a result of `rows × columns`, its grid and its own constants. `reader` is how the
 * frozen factor is read; weight gradients have none.
 */
export function arrangeProduct(
  form: ProductForm,
  variant: ProductVariant,
  traits: DeviceTraits,
  result: {
    readonly rows: number;
    readonly columns: number;
    readonly aligned: boolean;
    readonly reader?: WeightReader;
  },
): { kernel: Kernel; grid: [number, number, number]; constants: Record<string, number> } {
  const { rows, columns, aligned, reader = 'f32' } = result;
  const grid = (perColumn: number, perRow: number): [number, number, number] => [
    Math.ceil(columns / perColumn),
    Math.ceil(rows / perRow),
    1,
  ];
  const { tiled, tiledScalar, broadcast, direct, each } = kernelsOf(form, reader);
  switch (variant) {
    case 'tiled':
      return { kernel: aligned ? tiled : tiledScalar, grid: grid(64, 64), constants: {} };
    case 'broadcast':
      if (!broadcast) throw new RangeError(`The broadcast product does not read ${reader}`);
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
