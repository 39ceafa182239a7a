/** The kernels of matrix products, and which of them fits a device and a shape. */
import { foldGrid, type DeviceTraits, type Kernel } from '../../gpu/kernel.ts';
import type { GridCuts } from '../../gpu/grid-parts.ts';
import type { FormValues } from '../shader-template.ts';
import { shaderKernels, shadersOf, type KernelForms } from '../shaders.ts';
import type { WeightReader } from './weight-formats.ts';

/** How a workgroup of the tiled kernels is laid out (shaders/linear/tiles/tile.wgsl). */
interface Tile {
  readonly THREADS_X: number;
  readonly THREADS_Y: number;
  readonly INNER: number;
  readonly WIDTH: 1 | 2;
}

/** Tiles by their rows × columns. Each has at least as many threads as blocks to load. */
const tiles = {
  '32x32': { THREADS_X: 8, THREADS_Y: 4, INNER: 8, WIDTH: 1 },
  '64x64': { THREADS_X: 16, THREADS_Y: 8, INNER: 16, WIDTH: 1 },
  '32x128': { THREADS_X: 32, THREADS_Y: 4, INNER: 8, WIDTH: 1 },
  '128x32': { THREADS_X: 8, THREADS_Y: 16, INNER: 8, WIDTH: 1 },
  '64x128': { THREADS_X: 16, THREADS_Y: 8, INNER: 8, WIDTH: 2 },
  '128x64': { THREADS_X: 16, THREADS_Y: 16, INNER: 16, WIDTH: 1 },
  '128x128': { THREADS_X: 16, THREADS_Y: 16, INNER: 16, WIDTH: 2 },
} as const satisfies Readonly<Record<string, Tile>>;
type TileName = keyof typeof tiles;

/**
 * How a product is computed.
 * - `tiled`: through workgroup memory in tiles of 64 × 64; `tiled-…`: in others
 * - `split-…`: the same with the inner dimension in separate parts, summed in a second pass
 * - `broadcast`: for CPU adapters whose subgroups have 4 or 8 lanes
 * - `direct`: without workgroup memory or barriers, where all matrices are aligned to four elements;
 *   otherwise a thread per result
 * - `each`: a thread per result
 */
export type ProductVariant =
  | 'tiled'
  | `tiled-${Exclude<TileName, '64x64'>}`
  | `split-${'32x32' | '64x64'}`
  | 'broadcast'
  | 'direct'
  | 'each';

const tileOfVariant: Readonly<Partial<Record<ProductVariant, Tile>>> = {
  tiled: tiles['64x64'],
  'tiled-32x32': tiles['32x32'],
  'tiled-32x128': tiles['32x128'],
  'tiled-128x32': tiles['128x32'],
  'tiled-64x128': tiles['64x128'],
  'tiled-128x64': tiles['128x64'],
  'tiled-128x128': tiles['128x128'],
  'split-32x32': tiles['32x32'],
  'split-64x64': tiles['64x64'],
};

/** The numbers that a product multiplies; sums are float32 in any case. */
export type Products = 'float32' | 'float16';

/** Rows and columns of a variant's tiles, and the needs of its workgroup; null for variants without tiles. */
export function productTile(
  variant: ProductVariant,
  products: Products = 'float32',
): {
  readonly rows: number;
  readonly columns: number;
  readonly threads: number;
  readonly bytes: number;
} | null {
  const tile = tileOfVariant[variant];
  if (!tile) return null;
  const { THREADS_X, THREADS_Y, INNER, WIDTH } = tile;
  const vectors = INNER * (2 * THREADS_Y + 1 + WIDTH * THREADS_X + 1);
  // In float16 also a peak of each block and a unit of each group (tile-float16.wgsl).
  const groups = 2 * THREADS_Y + WIDTH * THREADS_X;
  const scales = groups * (INNER / 4) + groups;
  return {
    rows: 8 * THREADS_Y,
    columns: 4 * WIDTH * THREADS_X,
    threads: THREADS_X * THREADS_Y,
    bytes: products === 'float16' ? vectors * 8 + scales * 4 : vectors * 16,
  };
}

/** Whether a workgroup of a variant's tiles fits a device. */
export function fitsDevice(
  traits: DeviceTraits,
  variant: ProductVariant,
  products: Products = 'float32',
): boolean {
  const tile = productTile(variant, products);
  return !tile || (tile.threads <= traits.maxInvocations && tile.bytes <= traits.maxWorkgroupBytes);
}

/** Every variant with tiles, variants of one pass first. */
export const tiledVariants = Object.keys(tileOfVariant) as readonly ProductVariant[];

type ProductForm = 'forward' | 'input' | 'weight';

const matmul = (shader: string): KernelForms => shaderKernels('matmul', shader);

/** `direct` needs aligned matrices, `each` takes the others. */
const kernels = {
  forward: {
    tiled: matmul('linear/forward-tiled'),
    direct: matmul('linear/forward-direct'),
    each: matmul('linear/forward-each'),
    broadcast: matmul('linear/forward-broadcast'),
  },
  input: {
    tiled: matmul('linear/input-gradient-tiled'),
    direct: matmul('linear/input-gradient-direct'),
    each: matmul('linear/input-gradient-each'),
    broadcast: matmul('linear/input-gradient-broadcast'),
  },
  weight: {
    tiled: matmul('linear/weight-gradient-tiled'),
    direct: matmul('linear/weight-gradient-direct'),
    each: matmul('linear/weight-gradient-each'),
    broadcast: matmul('linear/weight-gradient-broadcast'),
  },
} satisfies Readonly<Record<ProductForm, unknown>>;

/** The tiled kernels with multiplication in float16; weight gradients have none. */
const float16Kernels = {
  forward: matmul('linear/tiles/forward-float16'),
  input: matmul('linear/tiles/input-gradient-float16'),
};

/** The name of a form's shader with multiplication in float16. */
export function float16Shader(form: keyof typeof float16Kernels): string {
  return float16Kernels[form].shader;
}

/** The kernel of a tiled variant with multiplication in float16, for aligned matrices. */
export function arrangeFloat16(
  form: keyof typeof float16Kernels,
  variant: ProductVariant,
  traits: DeviceTraits,
  { rows, columns, reader }: Required<Omit<ProductResult, 'aligned'>>,
): ArrangedProduct {
  const tile = tileOfVariant[variant];
  const size = productTile(variant, 'float16');
  if (!tile || !size) throw new RangeError(`No float16 product is called ${variant}`);
  return {
    kernel: float16Kernels[form](valuesOf(form, reader, true)),
    grid: [Math.ceil(columns / size.columns), Math.ceil(rows / size.rows), 1],
    constants: { ...tile, ROLLED: traits.software ? 1 : 0 },
    cuts: 'rectangles',
  };
}

/** The names of a form's shaders. */
export function productShaders(form: ProductForm): string[] {
  return shadersOf(kernels[form]);
}

/** The values of a product's shader; weight gradients read no frozen weights. */
function valuesOf(form: ProductForm, reader: WeightReader, aligned: boolean): FormValues {
  const access = { ACCESS: aligned ? 'vec4' : 'scalar' };
  return form === 'weight' ? access : { ...access, READER: reader };
}

/** Rows per thread of the direct kernels, as in their shaders. */
const directRows: Readonly<Record<ProductForm, number>> = { forward: 4, input: 4, weight: 16 };

/** A device's subgroup size, where subgroups may be used and have one size only; else null. */
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

/** A broadcast kernel: its tile is narrow along the side of the result that all threads share. */
function arrangeBroadcast(
  form: ProductForm,
  traits: DeviceTraits,
  result: ProductResult,
): ArrangedProduct {
  const { rows, columns, aligned, reader = 'f32' } = result;
  // Other unaligned matrices are not worth a form for packed weights.
  if (!aligned && reader !== 'f32') return arrangeProduct(form, 'each', traits, result);
  const kernel = kernels[form].broadcast(valuesOf(form, reader, aligned));
  const lanes = traits.subgroupMinSize;
  // The side that the threads share is narrow: for weight gradients either side, for other products the
  // outputs, and the rows where there are few. Input gradients read weights along the outputs and have one form.
  const ownOutputs = form === 'weight' ? columns < rows : form === 'forward' && rows <= 16;
  const sharesRows = form === 'weight' ? !ownOutputs : ownOutputs;
  const shared = sharesRows ? rows : columns;
  const width = shared <= 8 ? 8 : shared <= 16 || lanes === 4 ? 16 : 32;
  const own = 4 * lanes;
  const [perColumn, perRow] = sharesRows ? [own, width] : [width, own];
  return {
    kernel,
    grid: [Math.ceil(columns / perColumn), Math.ceil(rows / perRow), 1],
    constants: {
      LANES: lanes,
      WIDTH: width,
      ...(form === 'input' ? {} : { OWN_OUTPUTS: ownOutputs ? 1 : 0 }),
    },
    cuts: 'rectangles',
  };
}

/** The parts of a product's result that its arrangement depends on. */
interface ProductResult {
  readonly rows: number;
  readonly columns: number;
  readonly aligned: boolean;
  readonly reader?: WeightReader;
}

export interface ArrangedProduct {
  readonly kernel: Kernel;
  readonly grid: [number, number, number];
  readonly constants: Record<string, number>;
  readonly cuts: GridCuts;
}

/**
 * The kernel for a result of `rows × columns`, its grid and its own constants. `reader` is how the
 * frozen factor is read; weight gradients have none.
 */
export function arrangeProduct(
  form: ProductForm,
  variant: ProductVariant,
  traits: DeviceTraits,
  result: ProductResult,
): ArrangedProduct {
  const { rows, columns, aligned, reader = 'f32' } = result;
  const grid = (perColumn: number, perRow: number): [number, number, number] => [
    Math.ceil(columns / perColumn),
    Math.ceil(rows / perRow),
    1,
  ];
  const values = valuesOf(form, reader, aligned);
  const tile = tileOfVariant[variant];
  const tileSize = productTile(variant);
  if (tile && tileSize) {
    return {
      kernel: kernels[form].tiled(values),
      grid: grid(tileSize.columns, tileSize.rows),
      constants: { ...tile },
      cuts: 'rectangles',
    };
  }
  switch (variant) {
    case 'broadcast':
      return arrangeBroadcast(form, traits, result);
    case 'direct': {
      if (!aligned) return arrangeProduct(form, 'each', traits, result);
      const lanes = traits.software ? 8 : 32;
      return {
        kernel: kernels[form].direct(values),
        grid: grid(4 * lanes, directRows[form]),
        constants: { LANES: lanes },
        cuts: 'rectangles',
      };
    }
    case 'each': {
      const workgroups = Math.ceil((rows * columns) / 64);
      return {
        kernel: kernels[form].each(values),
        grid: foldGrid(workgroups, traits.maxWorkgroupsPerDimension),
        constants: {},
        cuts: 'runs',
      };
    }
    default:
      throw new RangeError(`No ${form} product is called ${variant}`);
  }
}
