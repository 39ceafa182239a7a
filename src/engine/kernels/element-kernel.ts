import { defineKernel, type Kernel, type KernelFamily } from '../gpu/kernel.ts';
import scalarSource from '../../../shaders/common/element-scalar.wgsl?raw';
import wideSource from '../../../shaders/common/element-vec4.wgsl?raw';

/** A kernel compiled for single values and for four neighbouring values at a time. */
export interface ElementKernel {
  readonly scalar: Kernel;
  readonly wide: Kernel;
}

/** Declares both forms of a shader that is written against shaders/common/element-*.wgsl. */
export function defineElementKernel(
  name: string,
  family: KernelFamily,
  source: string,
): ElementKernel {
  return {
    scalar: defineKernel({ name, family, sources: [scalarSource, source] }),
    wide: defineKernel({ name: `${name}-vec4`, family, sources: [wideSource, source] }),
  };
}

/** The form that fits rows of `length` values, and how many of its elements a row has. */
export function chooseElements(
  kernel: ElementKernel,
  length: number,
): { kernel: Kernel; elements: number } {
  return length % 4 === 0
    ? { kernel: kernel.wide, elements: length / 4 }
    : { kernel: kernel.scalar, elements: length };
}
