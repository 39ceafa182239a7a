/** The check of a kernel that has no variants: a case that goes through the same pipeline as a call of it. */
import type { DeviceTraits } from '../gpu/kernel.ts';
import type { KernelCase } from './kernel-case.ts';
import type { FormValues } from './shader-template.ts';

/** What a plan's call says of the pipeline that the case has to go through. */
export interface CheckedCall {
  /** The form of the shader. */
  readonly form: FormValues;
  /** Pipeline-overridable constants. */
  readonly constants: Readonly<Record<string, number>>;
  readonly traits: DeviceTraits;
}

export interface KernelCheck {
  /** A shader without request: those of a kernel class are checked as its variants. */
  readonly shader: string;
  /** Sizes with remainders; noise as inputs, so that the order of elements matters. */
  caseOf(call: CheckedCall): KernelCase;
}

/** Rows and columns whose elements, single or in fours, leave one over in workgroups of 64. */
export function elementsFor({ form }: CheckedCall): readonly [number, number] {
  return form['WIDTH'] === 'vec4' ? [4, 65] : [3, 65 + 64];
}

/** The bits of a float32, as the step state holds numbers. */
export function floatBits(value: number): number {
  return new Uint32Array(Float32Array.of(value).buffer)[0] ?? 0;
}
