/** Dispatches that do nothing: what one costs before it computes anything. */
import type { Kernel } from '../src/engine/gpu/kernel.ts';
import type { PlanRecorder } from '../src/engine/gpu/recorder.ts';
import type { Tensor } from '../src/engine/gpu/tensor.ts';

const emptyKernel: Kernel = {
  name: 'bench-empty',
  family: 'copy',
  source: `@group(0) @binding(0) var<storage, read_write> value: array<u32>;
@compute @workgroup_size(1) fn main() {
  if (arrayLength(&value) == 0u) { value[0] = 1u; }
}`,
  requires: [],
};

/** Dispatches of one measurement. */
export const emptyDispatches = 500;

/** @param value one word, which is bound and left as it is */
export function recordEmpty(recorder: PlanRecorder, value: Tensor, count: number): void {
  for (let i = 0; i < count; i += 1) {
    const bindings = [{ tensor: value, access: 'readwrite' as const }];
    recorder.dispatch({ kernel: emptyKernel, bindings, grid: [1, 1, 1] });
  }
}
