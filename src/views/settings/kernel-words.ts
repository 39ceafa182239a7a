/** Puts kernel classes, sizes and times into words. */
import type { ReportedClass, TunedCandidate } from '../../studio/tuning.ts';
import { kernelsText } from './text.ts';

/** What a class computes; its own name where this version does not know it. */
export function className({ kernelClass, meaning }: ReportedClass): string {
  return meaning ? kernelsText().classes[meaning.kind] : kernelClass;
}

/** At which sizes. */
export function classSizes({ meaning }: ReportedClass): string {
  const { measures } = kernelsText();
  const words = meaning?.sizes.map(({ measure, value }) => measures[measure](value)) ?? [];
  return words.filter((word) => word !== '').join(' · ');
}

/** The sizes that were timed. */
export function timedShape({ shape }: Pick<ReportedClass, 'shape'>): string {
  return typeof shape === 'string' ? shape : kernelsText().shape(shape);
}

/** The time of one run, or why there is none. */
export function candidateTime({ state, milliseconds }: TunedCandidate): string {
  if (state !== 'timed' || milliseconds === null) return kernelsText().states[state];
  if (milliseconds >= 10) return `${milliseconds.toFixed(1)} ms`;
  if (milliseconds >= 1) return `${milliseconds.toFixed(2)} ms`;
  return `${(1000 * milliseconds).toFixed(milliseconds >= 0.1 ? 0 : 1)} µs`;
}
