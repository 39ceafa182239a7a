/** Several matrix products of one form in one dispatch. */
import {
  type Access,
  type Binding,
  type DeviceTraits,
  type Kernel,
  type KernelFamily,
  type KernelRequest,
  type UniformWord,
  u32,
} from '../../gpu/kernel.ts';
import { gridParts, gridRuns, partsOf, type GridCuts } from '../../gpu/grid-parts.ts';
import type { PlanRecorder } from '../../gpu/recorder.ts';
import { bytesPerElement, spanOf, type Matrix, type Tensor } from '../../gpu/tensor.ts';
import { optionalBinding } from './linear-matrix.ts';

/** The most products of one dispatch: the length of `sizes` in shaders/linear. */
const mostProducts = 3;

/** One operand of a product, in the order of the shader's bindings. */
export interface ProductOperand {
  /** Absent operands are switched off by the product's flags. */
  readonly tensor: Tensor | undefined;
  readonly access: Access;
}

/** One matrix product, checked and arranged, that may share a dispatch with others. */
export interface Product {
  readonly kernel: Kernel;
  readonly constants: Record<string, number>;
  /** Workgroups over columns and rows. */
  readonly grid: readonly [number, number];
  readonly operands: readonly ProductOperand[];
  /**
   * Its entry in `sizes`. `starts` says how many elements after its binding each operand begins; `firstGroup` is the
   * shader's `first_group`.
   */
  readonly words: (starts: readonly number[], firstGroup: number) => readonly UniformWord[];
  /** How its grid may be cut: its workgroups then find their place by `first_group` (shaders/linear/parts.wgsl). */
  readonly cuts: GridCuts;
  /** The table that packed weights are rows of: products of one dispatch read one table. */
  readonly table: Tensor | null;
  readonly family: KernelFamily | undefined;
  /** The request that chose its kernel, where it has variants. */
  readonly request?: KernelRequest;
}

/** What the words of a product's entry depend on besides its operands. */
export interface ProductPlace {
  /** The result, or the room for its parts. */
  readonly written: Matrix;
  /** Where each operand begins in its binding, in the order of the product's operands. */
  readonly offsets: readonly number[];
  readonly firstGroup: number;
}

/**
 * Records products of one form: in one dispatch where kernel and options agree and each operand lies in one
 * buffer for all of them, else one after another. What takes longer than the device's traits allow one dispatch is cut
 * into several, which compute the same workgroups. `depth` is the grid's third dimension for one product.
 */
export function dispatchProducts(r: PlanRecorder, products: readonly Product[], depth = 1): void {
  if (products.length === 0) return;
  const bindings = canShare(products) ? joinOperands(r, products) : null;
  if (bindings) record(r, products, bindings, products.length * depth);
  else for (const product of products) dispatchProducts(r, [product], depth);
}

/**
 * Records products that a kernel combines into one result, as `dispatchProducts` does.
 * @returns false, with nothing recorded, where they cannot share a dispatch
 */
export function dispatchCombined(r: PlanRecorder, products: readonly Product[]): boolean {
  const bindings = canShare(products) ? joinOperands(r, products) : null;
  if (bindings) record(r, products, bindings, 1);
  return bindings !== null;
}

function record(
  r: PlanRecorder,
  products: readonly Product[],
  bindings: readonly JoinedOperand[],
  depth: number,
): void {
  const [first] = products;
  if (!first) return;
  const work = products.reduce((sum, { request }) => sum + (request?.work ?? 0), 0);
  const bound = bindings.map(({ binding }) => binding);
  const starts = products.map((_, index) => bindings.map(({ starts: of }) => of[index] ?? 0));
  for (const { firstGroup, grid, share } of cutGrid(r.traits, products, work, bound)) {
    const uniforms: UniformWord[] = [];
    for (const [index, product] of products.entries()) {
      uniforms.push(...product.words(starts[index] ?? [], firstGroup));
    }
    const unused = (mostProducts / products.length - 1) * uniforms.length;
    for (let i = 0; i < unused; i += 1) uniforms.push(zero);
    r.dispatch({
      kernel: first.kernel,
      bindings: bound,
      uniforms,
      constants: first.constants,
      grid: [grid[0], grid[1], depth],
      ...(share < 1 ? { share } : {}),
      ...(first.family ? { family: first.family } : {}),
      ...(first.request ? { request: { ...first.request, work: work * share } } : {}),
    });
  }
}

interface ProductPart {
  readonly firstGroup: number;
  readonly grid: readonly [number, number];
  /** Its share of all workgroups. */
  readonly share: number;
}

/** The grid that holds each of the products, in parts that take no longer than a submission may. */
function cutGrid(
  traits: DeviceTraits,
  products: readonly Product[],
  work: number,
  bindings: readonly Binding[],
): ProductPart[] {
  const width = Math.max(...products.map(({ grid }) => grid[0]));
  const height = Math.max(...products.map(({ grid }) => grid[1]));
  const parts = partsOf(traits, work, bindings);
  const cuts = products[0]?.cuts ?? null;
  if (cuts === null || parts === 1) return [{ firstGroup: 0, grid: [width, height], share: 1 }];
  if (cuts === 'runs') {
    return gridRuns(width * height, parts, traits.maxWorkgroupsPerDimension).map(
      ({ first, grid, share }) => ({ firstGroup: first, grid: [grid[0], grid[1]], share }),
    );
  }
  return gridParts(width, height, parts).map(({ x, y, columns, rows }) => ({
    firstGroup: y * 2 ** 16 + x,
    grid: [columns, rows],
    share: (columns * rows) / (width * height),
  }));
}

/** One object for all of them: large models have hundreds of thousands. */
const zero = u32(0);

function canShare(products: readonly Product[]): boolean {
  const [first] = products;
  const constants = JSON.stringify(first?.constants);
  return (
    products.length <= mostProducts &&
    products.every(
      (product) =>
        product.table === first?.table &&
        product.kernel === first.kernel &&
        product.family === first.family &&
        JSON.stringify(product.constants) === constants,
    )
  );
}

interface JoinedOperand {
  readonly binding: Binding;
  /** Elements from the start of the binding, by product. */
  readonly starts: readonly number[];
}

/** Each operand of all products as one binding, or null where an operand lies in several buffers or spans too much. */
function joinOperands(r: PlanRecorder, products: readonly Product[]): JoinedOperand[] | null {
  const [first] = products;
  const instead = first?.operands[0]?.tensor;
  if (!first || !instead) return null;
  const joined: JoinedOperand[] = [];
  for (const [slot, { access }] of first.operands.entries()) {
    const tensors = products.map(({ operands }) => operands[slot]?.tensor);
    const present = tensors.filter((tensor) => tensor !== undefined);
    if (present.length === 0) {
      joined.push({ binding: optionalBinding(undefined, instead), starts: [] });
      continue;
    }
    const span = spanOf(present, r.traits.maxBindingBytes);
    if (!span) return null;
    const starts = tensors.map((tensor) =>
      tensor ? (tensor.offset - span.offset) / bytesPerElement : 0,
    );
    joined.push({ binding: { tensor: span, access }, starts });
  }
  return joined;
}
