/** Chooses the form of an attention shader for a head size. */
import type { Kernel } from '../../gpu/kernel.ts';
import type { FormValues } from '../shader-template.ts';
import { shaderKernels, type KernelForms } from '../shaders.ts';

/** A shader in forms for growing head sizes. */
export interface HeadKernels {
  readonly kernels: KernelForms;
  /** The parameter that counts a head's parts, the dimensions of a part, and the available counts. */
  readonly parts: {
    readonly name: string;
    readonly size: number;
    readonly counts: readonly number[];
  };
  readonly rest: FormValues;
  /** Rows per thread (direct) or per workgroup (tiled). */
  readonly rows: number;
}

/** Heads in a thread's registers, four dimensions at a time; ROWS query or key rows per thread. */
export function directHeads(
  shader: string,
  counts: readonly number[],
  rest: { readonly ROWS?: number } = {},
): HeadKernels {
  const kernels = shaderKernels('attention', shader);
  return { kernels, parts: { name: 'BLOCKS', size: 4, counts }, rest, rows: rest.ROWS ?? 1 };
}

/** Tiles of 32 rows by 32 dimensions in workgroup memory. */
export function tiledHeads(shader: string): HeadKernels {
  const kernels = shaderKernels('attention', shader);
  const parts = { name: 'CHUNKS', size: 32, counts: [1, 2, 4, 8] };
  return { kernels, parts, rest: {}, rows: 32 };
}

/** Head vectors are read four dimensions at a time, or one where four does not divide their size. */
export function cellsOf(headSize: number): FormValues {
  return { CELLS: headSize % 4 === 0 ? 'vec4' : 'scalar' };
}

/** The kernel for a head size, or undefined where no form is large enough. */
export function kernelFor(
  { kernels, parts: { name, size, counts }, rest }: HeadKernels,
  headSize: number,
  more: FormValues = {},
): Kernel | undefined {
  const count = counts.find((each) => headSize <= each * size);
  if (count === undefined) return undefined;
  return kernels({ ...rest, ...more, [name]: count, ...cellsOf(headSize) });
}
