/** Puts the attention shaders together for a head size. */
import cellsScalarSource from '../../../../shaders/attention/cells-scalar.wgsl?raw';
import cellsVec4Source from '../../../../shaders/attention/cells-vec4.wgsl?raw';
import loadHalfSource from '../../../../shaders/attention/load-half.wgsl?raw';
import loadScalarSource from '../../../../shaders/attention/load-scalar.wgsl?raw';
import loadVec4Source from '../../../../shaders/attention/load-vec4.wgsl?raw';
import storeScalarSource from '../../../../shaders/attention/store-scalar.wgsl?raw';
import storeVec4Source from '../../../../shaders/attention/store-vec4.wgsl?raw';
import fetchSource from '../../../../shaders/attention/tile-fetch.wgsl?raw';
import tilesSource from '../../../../shaders/attention/tiles.wgsl?raw';
import { defineKernel, type Kernel } from '../../gpu/kernel.ts';
import { expandShader } from '../shader-template.ts';

/** Buffers of head vectors that a shader reads and writes, by their names in it. */
export interface CellBuffers {
  readonly reads: readonly string[];
  readonly writes: readonly string[];
  /** Those of `reads` that are kept as float16; the scalar form cannot read them. */
  readonly halves?: readonly string[];
}

/** A kernel for head sizes that are multiples of 4, and one for the others. */
export interface CellKernels {
  readonly vec4: Kernel;
  readonly scalar: Kernel;
}

/** Declares both forms of a shader written against shaders/attention/cells-*.wgsl. */
export function defineCellKernels(
  name: string,
  { reads, writes, halves = [] }: CellBuffers,
  sources: readonly string[],
): CellKernels {
  const forms = {
    vec4: [cellsVec4Source, loadVec4Source, storeVec4Source],
    scalar: [cellsScalarSource, loadScalarSource, storeScalarSource],
  } as const;
  const define = (form: 'vec4' | 'scalar'): Kernel => {
    const [cells, load, store] = forms[form];
    return defineKernel({
      name: `${name}-${form}`,
      family: 'attention',
      sources: [
        cells,
        ...reads.map((buffer) =>
          (halves.includes(buffer) ? loadHalfSource : load).replaceAll('NAME', buffer),
        ),
        ...writes.map((buffer) => store.replaceAll('NAME', buffer)),
        ...sources,
      ],
    });
  };
  return { vec4: define('vec4'), scalar: define('scalar') };
}

/** Kernels of one shader for growing head sizes; each serves head sizes up to `largest`. */
export interface SizedKernels {
  readonly largest: number;
  readonly kernels: CellKernels;
  /** Rows per thread (direct) or per workgroup (tiled). */
  readonly rows: number;
}

/**
 * The direct form of a template, for each head size class [dimensions, rows per thread]. Each class is
 * text of its own: its blocks of four dimensions are named variables.
 */
export function defineDirect(
  name: string,
  buffers: CellBuffers,
  template: string,
  classes: readonly (readonly [number, number])[],
  shared: readonly string[] = [],
): readonly SizedKernels[] {
  return classes.map(([largest, rows]) => ({
    largest,
    rows,
    kernels: defineCellKernels(`${name}-direct-${largest}`, buffers, [
      ...shared,
      expandShader(template, { BLOCKS: largest / 4, ROWS: rows }),
    ]),
  }));
}

/** Rows of a tile of the tiled kernels. */
const tileRows = 32;

/** The tiled form, for head sizes up to 32, 64, 128 and 256. */
export function defineTiled(
  name: string,
  buffers: CellBuffers,
  source: string,
): readonly SizedKernels[] {
  const fetches = buffers.reads.map((buffer) => fetchSource.replaceAll('NAME', buffer));
  return [1, 2, 4, 8].map((chunks) => ({
    largest: chunks * 32,
    rows: tileRows,
    kernels: defineCellKernels(`${name}-tiled-${chunks * 32}`, buffers, [
      `const CHUNKS = ${chunks}u;`,
      tilesSource,
      ...fetches,
      source,
    ]),
  }));
}

/** The kernel for a head size, or undefined where no class is large enough. */
export function kernelFor(
  sizes: readonly SizedKernels[],
  headSize: number,
): { kernel: Kernel; rows: number } | undefined {
  const fit = sizes.find(({ largest }) => headSize <= largest);
  if (!fit) return undefined;
  return { kernel: headSize % 4 === 0 ? fit.kernels.vec4 : fit.kernels.scalar, rows: fit.rows };
}
