/** The counter-based random generator on the CPU, bit for bit as in WGSL. */
import { randomWord } from './random-words.ts';
import { dropoutMask } from './random.ts';

/** A word as a number in [0, 1), a multiple of 2^-24. */
export function unitFloat(word: number): number {
  return (word >>> 8) * 2 ** -24;
}

/** The stream word of one micro-batch. */
export function microBatchStream(stream: number, microBatch: number): number {
  return (stream + Math.imul(microBatch, 2654435769)) >>> 0;
}

/** Dropout's mask value of one element (row · columns + column): 0, or 1/(1 − p) as a float32. */
export function keepScale(args: {
  seed: number;
  step: number;
  stream: number;
  microBatch: number;
  element: number;
  probability: number;
}): number {
  const { threshold, scale } = dropoutMask(args.probability);
  const stream = microBatchStream(args.stream, args.microBatch);
  return randomWord(args.seed, args.step, stream, args.element) < threshold ? 0 : scale;
}
