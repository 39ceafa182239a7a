import { dropoutMask } from '../random.ts';

const increment = 1013904223;

function congruential(word: number): number {
  return (Math.imul(word, 1664525) + increment) | 0;
}

/** The word of shaders/common/random.wgsl, bit for bit: pcg4d of four unsigned 32-bit counters. */
export function randomWord(seed: number, step: number, stream: number, element: number): number {
  let x = congruential(seed);
  let y = congruential(step);
  let z = congruential(stream);
  let w = congruential(element);
  for (let round = 0; round < 2; round += 1) {
    x = (x + Math.imul(y, w)) | 0;
    y = (y + Math.imul(z, x)) | 0;
    z = (z + Math.imul(x, y)) | 0;
    w = (w + Math.imul(y, z)) | 0;
    if (round === 1) break;
    x ^= x >>> 16;
    y ^= y >>> 16;
    z ^= z >>> 16;
    w ^= w >>> 16;
  }
  return w >>> 0;
}

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
