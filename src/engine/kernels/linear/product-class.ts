/** What the kernel classes of the three matrix products share: sizes, variants and known cases. */
import type { DeviceTraits } from '../../gpu/kernel.ts';
import type { PlanRecorder } from '../../gpu/recorder.ts';
import { embeddingForward } from '../embedding/embedding.ts';
import type { KernelClass, NamePart } from '../kernel-class.ts';
import { readDense, type CaseTensors, type Read } from '../kernel-case.ts';
import {
  canBroadcast,
  chooseProduct,
  fitsDevice,
  float16Shader,
  productShaders,
  productTile,
  tiledVariants,
  type Products,
  type ProductVariant,
} from './linear-kernels.ts';
import { isVector, mostVectorRows, vectorShaders, type VectorVariant } from './matrix-vector.ts';
import { isMatrix, matrixShaders, type MatrixVariant } from './subgroup-product.ts';
import { productSplits } from './product-splits.ts';
import { formatGroup, isPacked, type WeightMatrix, type WeightReader } from './weight-formats.ts';

export type ProductKind =
  | 'forward'
  | 'input'
  | 'weight'
  | 'forward-float16'
  | 'input-float16'
  | 'forward-normed'
  | 'forward-gated';

/** Rows × columns of the result, and the length of the sums. */
export interface ProductSizes<Kind extends ProductKind = ProductKind> {
  readonly kind: Kind;
  readonly reader: WeightReader;
  readonly rows: number;
  readonly columns: number;
  readonly inner: number;
  /** Whether every matrix can be read in whole vectors of four. */
  readonly aligned: boolean;
}

type AnyVariant = ProductVariant | VectorVariant | MatrixVariant | 'apart';

const rowBounds: readonly number[] = [1, 8, 64, 512];
const widthBounds: readonly number[] = [64, 1024];

/** The parts of a class's name; weight gradients read no frozen weights. */
function nameOf(kind: ProductKind): readonly (readonly NamePart<ProductSizes>[])[] {
  return [
    [{ measure: kind === 'weight' ? null : 'weights', of: ({ reader }) => reader }],
    [
      { measure: 'rows', of: ({ rows }) => rows, bounds: rowBounds },
      { measure: 'columns', of: ({ columns }) => columns, bounds: widthBounds },
      { measure: 'sums', of: ({ inner }) => inner, bounds: widthBounds },
    ],
    [{ measure: 'alignment', of: ({ aligned }) => (aligned ? 'vec4' : 'scalar') }],
  ];
}

const forwardShaders = [
  ...productShaders('forward'),
  ...vectorShaders,
  ...matrixShaders('float32'),
];
const shadersOfKind: Readonly<Record<ProductKind, readonly string[]>> = {
  forward: forwardShaders,
  input: productShaders('input'),
  weight: productShaders('weight'),
  'forward-float16': [float16Shader('forward'), ...matrixShaders('float16')],
  'input-float16': [float16Shader('input')],
  // The norm or the gate may be apart from the product, and then any kernel multiplies.
  'forward-normed': forwardShaders,
  'forward-gated': forwardShaders,
};

/** The class of one kind of product. */
export function productClass<S extends ProductSizes, V extends AnyVariant>(
  kind: S['kind'],
  own: Pick<KernelClass<S, V>, 'variants' | 'checkSizes' | 'knownCase'>,
): KernelClass<S, V> {
  return {
    kind,
    shaders: shadersOfKind[kind],
    name: nameOf(kind),
    work: ({ rows, columns, inner }) => rows * columns * inner,
    isWorthTiming,
    shape: ({ rows, columns, inner }) => ({ rows, columns, inner }),
    largestOperand: ({ rows, columns, inner }) =>
      Math.max(rows * columns, rows * inner, columns * inner),
    halved: halvedProducts<S>,
    ...own,
  };
}

/** Products with tiles, products without, and broadcast products, the device's default first. */
export function productVariants(traits: DeviceTraits): ProductVariant[] {
  const found = new Set<ProductVariant>([chooseProduct(traits)]);
  for (const variant of tiledVariants) if (fitsDevice(traits, variant)) found.add(variant);
  found.add('direct');
  if (canBroadcast(traits)) found.add('broadcast');
  return [...found];
}

/** Products with multiplication in float16: tiles alone, as float16 gains nothing where memory limits. */
export function float16Variants(traits: DeviceTraits): ProductVariant[] {
  return tiledVariants.filter((variant) => fitsDevice(traits, variant, 'float16'));
}

/**
 * The relative L2 distance from float64 up to which a float16 product is right: rounding of factors, products
 * and sums of 16 gives about 7e-4 on made-up values, a wrong element of a check's result more than this.
 */
export const float16Tolerance = 3e-3;

/**
 * What a product multiplies where `asked` is wanted: float32 where the device lacks float16, where so few rows
 * share each weight that reading it takes the time, and where matrices cannot be read in whole vectors.
 */
export function productsFor(
  asked: Products | undefined,
  traits: DeviceTraits,
  { rows, aligned }: Pick<ProductSizes, 'rows' | 'aligned'>,
): Products {
  return asked === 'float16' && traits.f16 && aligned && rows > mostVectorRows
    ? 'float16'
    : 'float32';
}

/** Whether a tile exceeds the result by at most half, and whether a split variant really splits. */
function isWorthTiming(sizes: ProductSizes, variant: AnyVariant): boolean {
  if (variant === 'apart' || isVector(variant) || isMatrix(variant)) return true;
  const tile = productTile(variant);
  if (!tile) return true;
  const { rows, columns, inner } = sizes;
  // The smallest tiles also serve all smaller results.
  const fits = (size: number, extent: number): boolean => extent <= 64 || size > extent / 2;
  if (!fits(rows, tile.rows) || !fits(columns, tile.columns)) return false;
  // With few rows a larger tile would be nearly empty.
  if (rows <= mostVectorRows && tile.rows > 32) return false;
  return !variant.startsWith('split') || (productSplits(sizes, tile) > 1 && inner > 64);
}

/** Into how many parts this variant splits a product that adds nothing to its sums. */
export function splitsOf(variant: AnyVariant, sizes: ProductSizes): number {
  const isSplit =
    variant !== 'apart' && !isVector(variant) && !isMatrix(variant) && variant.startsWith('split');
  const tile = isSplit ? productTile(variant) : null;
  return tile ? productSplits(sizes, tile) : 1;
}

/** The number of which the columns of a product's frozen weights are a whole multiple. */
export function groupOf(reader: WeightReader): number {
  return formatGroup(reader === 'f16-native' ? 'f16' : reader);
}

const least = (size: number, wanted: number, multiple: number): number =>
  Math.min(size, Math.ceil(wanted / multiple) * multiple);

/** Small sizes for a check, each a whole multiple of the elements in one load. */
export function smallProduct<S extends ProductSizes>(
  sizes: S,
  multiples: { readonly rows: number; readonly columns: number; readonly inner: number },
): S {
  return {
    ...sizes,
    rows: least(sizes.rows, 133, multiples.rows),
    columns: least(sizes.columns, 140, multiples.columns),
    inner: least(sizes.inner, 264, multiples.inner),
  };
}

/** Each dimension halved, the largest first, in whole groups of the weights. */
function halvedProducts<S extends ProductSizes>(sizes: S): S[] {
  const multiple = Math.max(4, groupOf(sizes.reader));
  return (['rows', 'columns', 'inner'] as const)
    .filter((name) => sizes[name] > 2 * multiple)
    .sort((a, b) => sizes[b] - sizes[a])
    .map((name) => ({ ...sizes, [name]: Math.ceil(sizes[name] / 2 / multiple) * multiple }));
}

/** Frozen weights of a case, and how their values are known: packed ones through the lookup kernel. */
export function frozenWeights(
  tensors: CaseTensors,
  shape: readonly [number, number],
  { reader, aligned }: ProductSizes,
): {
  readonly w: WeightMatrix;
  readonly prepare: ((r: PlanRecorder) => void) | null;
  readonly values: (read: Read) => Promise<Float64Array>;
} {
  const w = tensors.weights(shape, reader, aligned);
  if (!isPacked(w)) return { w, prepare: null, values: (read) => readDense(w, read) };
  const ids = tensors.words('rows', [shape[0]], (index) => index);
  const plain = tensors.prepared('weights as float32', shape);
  return {
    w,
    prepare: (r) => embeddingForward(r, { ids, table: w, y: plain }),
    values: (read) => read(plain),
  };
}
