/** The 8-bit codes of shaders/optimizer/adamw-eight-bit.wgsl, in float64. */
import { randomWord } from '../random-words.ts';

/** The stream of random words that codes are rounded with. */
const stream = 0xada;

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

/** One of the two codes `low` and `low + 1` around `share` of a scale, at random so that the mean of their values is `share`. */
function roundedCode(
  low: number,
  valueOf: (code: number) => number,
  share: number,
  random: number,
): number {
  const [least, most] = [valueOf(low), valueOf(low + 1)];
  return low + (random * (most - least) < share - least ? 1 : 0);
}

export function firstMomentCode(value: number, scale: number, random: number): number {
  if (scale === 0) return 0;
  const share = Math.min(Math.abs(value) / scale, 1);
  const low = Math.min(Math.floor(Math.sqrt(share) * 127), 126);
  const code = roundedCode(low, (each) => firstMomentValue(each, 1), share, random);
  return value < 0 ? -code : code;
}

export function secondMomentCode(value: number, scale: number, random: number): number {
  if (value === 0) return 0;
  const share = Math.min(value / scale, 1);
  const low = Math.min(Math.floor(share ** 0.25 * 255), 254);
  return Math.max(
    1,
    roundedCode(low, (each) => secondMomentValue(each, 1), share, random),
  );
}

/** Values of both moments as they are after they were kept in codes, for the draws of a step. */
export function throughCodes(
  moments: { readonly firstMoment: Float64Array; readonly secondMoment: Float64Array },
  draws: { readonly seed: number; readonly step: number },
): { readonly firstMoment: Float64Array; readonly secondMoment: Float64Array } {
  const { firstMoment, secondMoment } = moments;
  const scalesOf = (values: Float64Array): Float64Array =>
    Float64Array.from({ length: Math.ceil(values.length / 32) }, (_, run) =>
      values.subarray(32 * run, 32 * run + 32).reduce((most, x) => Math.max(most, Math.abs(x)), 0),
    );
  const [first, second] = [scalesOf(firstMoment), scalesOf(secondMoment)];
  const word = (element: number): number => randomWord(draws.seed, draws.step, stream, element);
  return {
    firstMoment: firstMoment.map((value, i) => {
      const scale = first[i >> 5] ?? Number.NaN;
      const random = (word(i) & 0xffff) / 2 ** 16;
      return firstMomentValue(firstMomentCode(value, scale, random), scale);
    }),
    secondMoment: secondMoment.map((value, i) => {
      const scale = second[i >> 5] ?? Number.NaN;
      const random = (word(i) >>> 16) / 2 ** 16;
      return secondMomentValue(secondMomentCode(value, scale, random), scale);
    }),
  };
}
