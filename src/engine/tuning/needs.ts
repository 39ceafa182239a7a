/** The kernel classes that plans use, those with the most work first. */
import type { KernelRequest } from '../gpu/kernel.ts';
import type { PlanSpec } from '../gpu/recorder.ts';
import { kernelClass, type KernelSizes } from '../kernels/kernel-classes.ts';

/** A class that plans use: its largest sizes, and its work in all. */
export interface KernelNeed {
  readonly sizes: KernelSizes;
  /** Multiplications, roughly. */
  readonly work: number;
}

/** A plan, and how often it runs beside the others. */
export interface PlanUse {
  readonly plan: PlanSpec;
  readonly times: number;
}

/** The classes that these plans use, most work first. */
export function kernelNeeds(uses: readonly PlanUse[]): KernelNeed[] {
  const found = new Map<string, { sizes: KernelSizes; largest: number; work: number }>();
  for (const { plan, times } of uses) {
    for (const request of requestsOf(plan)) {
      const before = found.get(request.kernelClass);
      const work = (before?.work ?? 0) + times * request.work;
      // Only chooseVariant makes requests, with sizes of this type.
      const sizes = request.sizes as unknown as KernelSizes;
      const grows = !before || before.largest < request.work;
      const next = grows ? { sizes, largest: request.work, work } : { ...before, work };
      found.set(request.kernelClass, next);
    }
  }
  return [...found.values()]
    .sort((a, b) => b.work - a.work || (kernelClass(a.sizes) < kernelClass(b.sizes) ? -1 : 1))
    .map(({ sizes, work }) => ({ sizes, work }));
}

function requestsOf({ commands }: PlanSpec): KernelRequest[] {
  return commands.flatMap((command) =>
    command.kind === 'dispatch' && command.call.request ? [command.call.request] : [],
  );
}
