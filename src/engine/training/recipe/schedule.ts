/** The learning rate at each optimiser step: a linear warm-up, then a cosine or a constant. */

/** Optimiser steps of the warm-up: ceil(total · ratio). */
export function warmupSteps(total: number, ratio: number): number {
  return Math.ceil(total * ratio);
}

/**
 * Learning rate of a step (from 0), as transformers' `get_cosine_schedule_with_warmup` and its constant
 * sibling give it: linear from 0 over the warm-up, then half a cosine to 0, or flat.
 */
export function learningRate(
  step: number,
  total: number,
  options: {
    readonly learningRate: number;
    readonly warmupRatio: number;
    readonly schedule: 'cosine' | 'constant';
  },
): number {
  const warmup = warmupSteps(total, options.warmupRatio);
  if (step < warmup) return (options.learningRate * step) / Math.max(1, warmup);
  if (options.schedule === 'constant') return options.learningRate;
  const progress = (step - warmup) / Math.max(1, total - warmup);
  return options.learningRate * Math.max(0, 0.5 * (1 + Math.cos(Math.PI * progress)));
}
