/** Submits steps to a device at its pace. */
import type { Gpu } from './device.ts';
import { encodeSteps, type Step } from './steps.ts';

/** Submits steps, cut so that no submission keeps the device long (see Pace). */
export function submitSteps(gpu: Gpu, label: string, steps: readonly Step[]): void {
  const { device, pace } = gpu;
  for (const part of pace.cut(steps)) {
    const encoder = device.createCommandEncoder({ label });
    encodeSteps(encoder, part);
    device.queue.submit([encoder.finish()]);
  }
  const cost = steps.reduce((sum, step) => sum + step.cost, 0);
  pace.submitted(cost, () => gpu.finished());
}
