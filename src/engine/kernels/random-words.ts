/** The counter-based random generator behind dropout, initial values and the order of data. */
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
