/** The 8-bit codes of shaders/optimizer/adamw-eight-bit.wgsl as numbers, in float64. */

/** sign(c) (c / 127)² scale */
export function firstMomentValue(code: number, scale: number): number {
  return Math.sign(code) * (code / 127) ** 2 * scale;
}

/** (c / 255)⁴ scale */
export function secondMomentValue(code: number, scale: number): number {
  return (code / 255) ** 4 * scale;
}

/** All values of a moment: codes four to a word, then scales as float32 bits, one for every 32. */
export function decodeMoment(
  words: Uint32Array<ArrayBuffer>,
  count: number,
  which: 'first' | 'second',
): Float64Array {
  const padded = Math.ceil(count / 2048) * 2048;
  const signed = new Int8Array(words.buffer);
  const unsigned = new Uint8Array(words.buffer);
  const scales = new Float32Array(words.buffer, padded);
  return Float64Array.from({ length: count }, (_, i) => {
    const scale = scales[Math.floor(i / 32)] ?? Number.NaN;
    return which === 'first'
      ? firstMomentValue(signed[i] ?? 0, scale)
      : secondMomentValue(unsigned[i] ?? 0, scale);
  });
}
