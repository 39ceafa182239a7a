/** Which kernels a device uses: all that it can run, or plainer ones after some gave wrong results. */
import type { DeviceTraits } from './kernel.ts';

/**
 * - `full`: whatever the device can run, as tuned
 * - `basic`: without subgroups, their matrices and float16, untuned
 * - `plain`: as on a CPU besides: hardly any barriers or workgroup memory
 */
export const kernelModes = ['full', 'basic', 'plain'] as const;
export type KernelMode = (typeof kernelModes)[number];

/** What a self-test found of the kernels that were used so far. */
export interface SelfTestReport {
  /** Other than `full` after kernels gave wrong results. */
  readonly mode: KernelMode;
  /** How many kernels gave right results. */
  readonly right: number;
  /** The names of those that gave wrong ones. */
  readonly wrong: readonly string[];
}

/** The traits for which plans are recorded in a mode. */
export function traitsIn(mode: KernelMode, traits: DeviceTraits): DeviceTraits {
  if (mode === 'full') return traits;
  const { choices: _, matrices: __, ...rest } = traits;
  const basic = { ...rest, subgroups: false, f16: false };
  return mode === 'basic' ? basic : { ...basic, software: true };
}

/** Whether plans for both come from one mode of a device. */
export function sameMode(a: DeviceTraits, b: DeviceTraits): boolean {
  return a.software === b.software && a.subgroups === b.subgroups && a.f16 === b.f16;
}

/** The next mode in which a device runs other kernels; null where there is none. */
export function plainerMode(mode: KernelMode, traits: DeviceTraits): KernelMode | null {
  const usesMore = traits.subgroups || traits.f16 || Object.keys(traits.choices ?? {}).length > 0;
  if (mode === 'full' && usesMore) return 'basic';
  return mode !== 'plain' && !traits.software ? 'plain' : null;
}
