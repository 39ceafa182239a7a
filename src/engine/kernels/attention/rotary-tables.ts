/** Tables of cos and sin by position, scaled as transformers scales them. */
import type { RopeScaling } from '../../../formats/weights/config-fields.ts';

const { fround } = Math;

/**
 * One angle per pair of a head and unit of position, in float32 steps as transformers computes them:
 * theta^(−2k/headSize), slowed by the scaling. Llama-3 scaling keeps short wavelengths, divides long
 * ones by `factor`, and blends between.
 */
function inverseFrequency(
  k: number,
  headSize: number,
  theta: number,
  scaling: RopeScaling,
): number {
  const plain = fround(1 / fround(theta ** fround((2 * k) / headSize)));
  if (scaling.type === 'none') return plain;
  if (scaling.type === 'linear') return fround(plain / scaling.factor);
  if (scaling.type === 'longrope') {
    const own = fround(scaling.factors[k] ?? Number.NaN);
    return fround(1 / fround(own * fround(theta ** fround((2 * k) / headSize))));
  }
  const { factor, lowFrequencyFactor, highFrequencyFactor, originalContext } = scaling;
  const wavelength = fround(fround(2 * Math.PI) / plain);
  if (wavelength < originalContext / highFrequencyFactor) return plain;
  if (wavelength > originalContext / lowFrequencyFactor) return fround(plain / factor);
  const smooth = fround(
    fround(fround(originalContext / wavelength) - lowFrequencyFactor) /
      (highFrequencyFactor - lowFrequencyFactor),
  );
  const slowed = fround(fround(fround(1 - smooth) * plain) / factor);
  return fround(slowed + fround(smooth * plain));
}

/**
 * Cosine and sine of every position's angles, [positions, headSize / 2] each, row-major. Angles are
 * rounded to float32 before the cosine, as in transformers: at long contexts the model was trained with
 * that rounding, and exact angles would differ from it.
 *
 * @throws RangeError when headSize is odd or positions is not positive
 */
export function rotaryTables(config: {
  readonly theta: number;
  readonly headSize: number;
  readonly positions: number;
  readonly scaling: RopeScaling;
}): { cosine: Float32Array<ArrayBuffer>; sine: Float32Array<ArrayBuffer> } {
  const { theta, headSize, positions, scaling } = config;
  if (headSize < 2 || headSize % 2 !== 0) throw new RangeError(`Head size ${headSize} is not even`);
  if (!(positions >= 1)) throw new RangeError(`No rotary tables for ${positions} positions`);
  const half = headSize / 2;
  const magnitude = scaling.type === 'longrope' ? fround(scaling.magnitude) : 1;
  const cosine = new Float32Array(positions * half);
  const sine = new Float32Array(positions * half);
  for (let k = 0; k < half; k += 1) {
    const frequency = inverseFrequency(k, headSize, theta, scaling);
    for (let position = 0; position < positions; position += 1) {
      const angle = fround(position * frequency);
      cosine[position * half + k] = magnitude * fround(Math.cos(angle));
      sine[position * half + k] = magnitude * fround(Math.sin(angle));
    }
  }
  return { cosine, sine };
}
