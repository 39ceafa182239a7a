/** Submits steps to a device at its pace. */
import type { Gpu } from './device.ts';
import { encodeSteps, type Step } from './steps.ts';

/** Adds steps to an encoder, the first of which has `first` before it in the whole list. */
type Encode = (encoder: GPUCommandEncoder, steps: readonly Step[], first: number) => void;

/** Submits steps, cut so that no submission keeps the device long (see Pace). */
export function submitSteps(
  gpu: Gpu,
  label: string,
  all: readonly Step[],
  encode: Encode = encodeSteps,
): void {
  const { device, pace } = gpu;
  let sum = 0;
  for (const { steps, first, cost } of pace.cut(all)) {
    const encoder = device.createCommandEncoder({ label });
    encode(encoder, steps, first);
    device.queue.submit([encoder.finish()]);
    sum += cost;
  }
  pace.submitted(sum, () => gpu.finished());
}
