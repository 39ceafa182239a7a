/** Random projection of gradients: short vectors whose dot products stand for those of the long ones. */

/** Numbers of a sketch: dot products of unit vectors are off by about 1/√16384, under one per cent. */
export const sketchSize = 1 << 14;

/**
 * Projects a vector by the count sketch: each element is added, with a random sign, to one of `sketchSize` places
 * (Charikar, Chen, Farach-Colton 2002; Weinberger et al. 2009). Dot products keep their expectation, and one
 * pass over the elements is enough, however many there are.
 * @param seed sketches of one seed can be compared
 */
export function sketchOf(vector: Float32Array, seed: number): Float32Array<ArrayBuffer> {
  const sketch = new Float32Array(sketchSize);
  for (let i = 0; i < vector.length; i += 1) {
    const value = vector[i] ?? Number.NaN;
    if (value === 0) continue;
    const word = mixed(i, seed);
    const place = word & (sketchSize - 1);
    const signed = word >= 0x80000000 ? -value : value;
    sketch[place] = (sketch[place] ?? 0) + signed;
  }
  return sketch;
}

/** A word that depends on all bits of both numbers (the finaliser of MurmurHash3, public domain). */
function mixed(index: number, seed: number): number {
  let word = (index ^ Math.imul(seed, 0x9e3779b1)) >>> 0;
  word = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  word = Math.imul(word ^ (word >>> 13), 0xc2b2ae35);
  return (word ^ (word >>> 16)) >>> 0;
}
