/** The sizes at which a kernel class is timed, small enough to be repeated often. */
import type { DeviceTraits } from '../gpu/kernel.ts';
import { classOf, kernelClass, type KernelSizes } from '../kernels/kernel-classes.ts';

/** The most multiplications and operand elements of one run, which then takes a few milliseconds at most. */
const mostWork = { software: 2 ** 25, hardware: 2 ** 31 };
const mostElements = 2 ** 23;

/** Sizes of the same class that are small enough to be repeated. */
export function timingSizes(sizes: KernelSizes, traits: DeviceTraits): KernelSizes {
  const of = classOf(sizes);
  const limit = traits.software ? mostWork.software : mostWork.hardware;
  const name = kernelClass(sizes);
  let found = sizes;
  while (of.work(found) > limit || of.largestOperand(found) > mostElements) {
    const smaller = of.halved(found).find((candidate) => kernelClass(candidate) === name);
    if (!smaller) break;
    found = smaller;
  }
  return found;
}
