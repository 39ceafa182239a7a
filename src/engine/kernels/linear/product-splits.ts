/** Splits a long sum into parts: how many, the room they take, and the pass that adds them up. */
import { entryWords } from '../uniforms.ts';
import { shaderKernels } from '../shaders.ts';
import { foldGrid, type DeviceTraits, type KernelFamily } from '../../gpu/kernel.ts';
import type { PlanRecorder } from '../../gpu/recorder.ts';
import { alignUp, bytesPerElement, type Matrix } from '../../gpu/tensor.ts';
import { placeValues } from './linear-matrix.ts';
import { dispatchProducts, type Product } from './product-group.ts';

/**
 * Products whose sums are split into parts, each computed by separate workgroups: the parts go to scratch
 * memory, and a second dispatch adds them up in order. For results too small to keep a GPU busy.
 */

const kernels = shaderKernels('matmul', 'linear/sum-splits');

/** Room for the parts of every result, [splits · rows, columns] each, in one tensor. */
export function partialResults(
  r: PlanRecorder,
  results: readonly { readonly rows: number; readonly columns: number }[],
  splits: number,
): Matrix[] {
  // Each starts at a whole vector, so that aligned products stay aligned.
  const sizes = results.map(({ rows, columns }) => alignUp(splits * rows * columns, 4));
  const all = r.scratch('parts of products', [sizes.reduce((sum, size) => sum + size, 0)]);
  let offset = 0;
  return results.map(({ rows, columns }, index) => {
    const matrix = { tensor: all, rows: splits * rows, columns, stride: columns, offset };
    offset += sizes[index] ?? 0;
    return matrix;
  });
}

export interface SplitResult {
  /** The parts, [splits · rows, columns] */
  readonly partial: Matrix;
  /** [rows, columns] */
  readonly result: Matrix;
  readonly accumulate: boolean;
  readonly family: KernelFamily | undefined;
}

/** result (+)= Σ_s partial[s], for several results, in one dispatch where they lie in one buffer. */
export function sumSplits(r: PlanRecorder, results: readonly SplitResult[], splits: number): void {
  dispatchProducts(
    r,
    results.map(({ partial, result, accumulate, family }): Product => {
      const size = result.rows * result.columns;
      const grid = foldGrid(Math.ceil(size / 64), r.traits.maxWorkgroupsPerDimension);
      return {
        kernel: kernels(),
        constants: {},
        grid: [grid[0], grid[1]],
        operands: [
          { tensor: partial.tensor, access: 'read' },
          { tensor: result.tensor, access: 'readwrite' },
        ],
        words: ([partialAt = 0, resultAt = 0]) =>
          entryWords('linear/sum-splits', {
            outputs: result.rows,
            inputs: result.columns,
            splits,
            partial_offset: partial.offset + partialAt,
            ...placeValues('dw', result, resultAt),
            accumulate: accumulate ? 1 : 0,
          }),
        cuts: null,
        table: null,
        family,
      };
    }),
  );
}

/** A product and, where its sums are split, the addition that follows. */
export interface Arranged {
  readonly product: Product;
  readonly splits: number;
  readonly rest: SplitResult | null;
}

/** Whole products together where possible, split products each in two dispatches. */
export function dispatchArranged(r: PlanRecorder, arranged: readonly Arranged[]): void {
  const whole = arranged.filter(({ rest }) => !rest).map(({ product }) => product);
  dispatchProducts(r, whole);
  for (const { product, splits, rest } of arranged) {
    if (!rest) continue;
    dispatchProducts(r, [product], splits);
    sumSplits(r, [rest], splits);
  }
}

/** Workgroups that keep a large GPU busy, and the length of sums worth a separate part. */
const wantedWorkgroups = 256;
const leastSplitInner = 64;
const mostSplits = 16;

/** The number of parts for the sums of a forward product or an input gradient: a power of two. */
export function productSplits(
  {
    rows,
    columns,
    inner,
  }: {
    readonly rows: number;
    readonly columns: number;
    readonly inner: number;
  },
  tile: { readonly rows: number; readonly columns: number },
): number {
  const workgroups = Math.ceil(rows / tile.rows) * Math.ceil(columns / tile.columns);
  const wanted = Math.min(wantedWorkgroups / workgroups, inner / leastSplitInner, mostSplits);
  return wanted < 2 ? 1 : 2 ** Math.floor(Math.log2(wanted));
}

/** Rows worth a split of a weight gradient, and the most scratch to spend on it. */
const leastSplitRows = 128;
const mostSplitBytes = 2 ** 25;

/** The number of parts for the rows of weight gradients, and the rows of each. */
export function weightSplits(
  traits: DeviceTraits,
  {
    rows,
    results,
    tile,
    asked,
  }: {
    readonly rows: number;
    readonly results: readonly { readonly rows: number; readonly columns: number }[];
    readonly tile: { readonly rows: number; readonly columns: number };
    /** Parts to split into, whatever the shape. */
    readonly asked: number | undefined;
  },
): { splits: number; splitRows: number } {
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value);
  const workgroups = sum(
    results.map(
      (result) => Math.ceil(result.rows / tile.rows) * Math.ceil(result.columns / tile.columns),
    ),
  );
  const bytes = sum(results.map((result) => result.rows * result.columns * bytesPerElement));
  const wanted = Math.min(
    Math.ceil(wantedWorkgroups / workgroups),
    Math.floor(rows / leastSplitRows),
    Math.floor(Math.min(mostSplitBytes, traits.maxBindingBytes) / bytes),
  );
  const parts = Math.max(1, asked ?? wanted);
  // Whole inner tiles of 16 rows, and no empty split.
  const splitRows = Math.ceil(rows / parts / 16) * 16;
  return { splits: Math.ceil(rows / splitRows), splitRows };
}
