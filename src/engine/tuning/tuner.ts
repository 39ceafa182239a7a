/** Tunes kernel classes one after another, within a budget of time. */
import type { Gpu } from '../gpu/device.ts';
import { candidateVariants } from '../kernels/kernel-class.ts';
import { classOf, kernelClass, type KernelSizes } from '../kernels/kernel-classes.ts';
import type { KernelCase } from '../kernels/kernel-case.ts';
import { callsOf } from '../checks/case-check.ts';
import { ClassTuning, type Clock } from './class-tuning.ts';
import type { KernelNeed } from './needs.ts';
import { tuningDevice, type TunedClass, type TuningRecord } from './record.ts';
import { timingSizes } from './timing-sizes.ts';

export interface TunerOptions {
  /** Milliseconds of timing after which no further class begins; compiling and checking do not count. */
  readonly budget?: number;
  /** Milliseconds in all after which no further class begins. */
  readonly bound?: number;
  /** Milliseconds of a steady clock. */
  readonly now?: () => number;
  /** Milliseconds since 1970. */
  readonly date?: () => number;
  /**
   * Compile the candidates of a class all at once. By default on GPUs: software adapters compile for seconds
   * on all processors, and Cancel would wait for all of them.
   */
  readonly together?: boolean;
  /** Makes the computation of a class; tests put a wrong one in its place. */
  readonly makeCase?: (sizes: KernelSizes) => KernelCase;
  /** Called for each decided class, with the number decided and the number of all. */
  readonly onClass?: (tuned: TunedClass, done: number, total: number) => void;
  /** Ends tuning at once; the class under way is dropped. */
  readonly signal?: AbortSignal;
}

const defaultBudget = 2000;
const defaultBound = 20_000;

/**
 * Times the variants of each class, the classes in the order given, and finds the fastest. Every candidate is
 * first run twice at small sizes: results that differ from the float64 reference, or from each other,
 * exclude it. A class that has begun is finished, and the first always begins: repeated calls for the rest
 * come to an end, however slow the device. Remaining classes keep the default.
 * @throws StudioError the device's fault
 */
export async function tune(
  gpu: Gpu,
  needs: readonly KernelNeed[],
  options: TunerOptions = {},
): Promise<TuningRecord> {
  const {
    budget = defaultBudget,
    bound = defaultBound,
    now = () => performance.now(),
    date = () => Date.now(),
    together = !gpu.traits.software,
    makeCase = (sizes: KernelSizes) => classOf(sizes).knownCase(sizes),
    onClass,
    signal = new AbortController().signal,
  } = options;
  // Tuning checks by itself, and compares variants that may be wrong.
  const untested = gpu.withVetting(null);
  const started = now();
  const clock: Clock = { now, timing: 0 };
  const isOver = (): boolean => clock.timing >= budget || now() - started >= bound;
  const isEnded = (): boolean => signal.aborted;
  const classes: TunedClass[] = [];
  for (const { sizes } of needs) {
    if (isEnded() || (classes.length > 0 && isOver())) break;
    const session = new ClassTuning(untested, sizes, { clock, makeCase, together, budget, signal });
    try {
      const tuned = await session.run();
      classes.push(tuned);
      onClass?.(tuned, classes.length, needs.length);
    } catch (error) {
      if (!isEnded()) throw error;
    }
  }
  const left = needs.slice(classes.length).map(({ sizes }) => leftClass(gpu, sizes));
  return {
    format: 'medcare-tuning-1',
    device: tuningDevice(gpu.adapter),
    tunedAt: date(),
    milliseconds: clock.timing,
    checking: Math.max(0, now() - started - clock.timing),
    unfinished: left.length > 0,
    classes: [...classes, ...left],
  };
}

/** A class that did not begin. */
function leftClass(gpu: Gpu, sizes: KernelSizes): TunedClass {
  const of = classOf(sizes);
  const timed = timingSizes(sizes, gpu.traits);
  const variants = candidateVariants(of, gpu.traits, timed);
  const standard = variants[0] ?? '';
  return {
    kernelClass: kernelClass(sizes),
    shape: of.shape(timed),
    ...{ standard, chosen: standard },
    candidates: variants.map((variant) => {
      return { variant, state: 'skipped', milliseconds: null, error: null };
    }),
  };
}

/** These needs, first those whose candidates have least left to compile, then those with most work. */
export function cheapestFirst(gpu: Gpu, needs: readonly KernelNeed[]): KernelNeed[] {
  const costs = new Map(needs.map((need) => [need, textToCompile(gpu, need.sizes)]));
  const cost = (need: KernelNeed): number => costs.get(need) ?? 0;
  return [...needs].sort((a, b) => cost(a) - cost(b) || b.work - a.work);
}

/** Characters of shader text that checking a class must compile: the device keeps compiled pipelines. */
function textToCompile(gpu: Gpu, sizes: KernelSizes): number {
  const of = classOf(sizes);
  const computation = of.knownCase(of.checkSizes(sizes));
  let characters = 0;
  for (const variant of candidateVariants(of, gpu.traits, timingSizes(sizes, gpu.traits))) {
    for (const call of callsOf(gpu.traits, (r) => computation.record(r, variant))) {
      if (!gpu.pipelines.has(call)) characters += call.kernel.source.length;
    }
  }
  return characters;
}
