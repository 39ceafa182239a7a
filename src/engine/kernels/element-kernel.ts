/** Kernels that exist in two forms: one value at a time, and four neighbouring values at a time. */
import type { Kernel } from '../gpu/kernel.ts';
import type { FormValues } from './shader-template.ts';
import type { KernelForms } from './shaders.ts';

/** The kernel that fits rows of `length` values, and how many of its elements a row has. */
export function chooseElements(
  kernels: KernelForms,
  length: number,
  form: FormValues = {},
): { kernel: Kernel; elements: number } {
  return length % 4 === 0
    ? { kernel: kernels({ ...form, WIDTH: 'vec4' }), elements: length / 4 }
    : { kernel: kernels({ ...form, WIDTH: 'scalar' }), elements: length };
}
