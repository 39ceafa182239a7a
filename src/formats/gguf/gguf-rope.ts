/**
 * The rotary scaling of a GGUF file, in the form of config.json. GGUF has no key for the llama 3.x scaling: the
 * converter stores one divisor per frequency in `rope_freqs.weight`. The four numbers of the
 * configuration are found again from these divisors.
 */
import type { GgufFacts } from './gguf-metadata.ts';
import type { Llama3Scaling, RopeScaling } from '../weights/config-fields.ts';

/** Largest relative difference between a stored divisor (float32) and one computed from the four numbers found. */
const TOLERANCE = 1e-5;

/**
 * How the file scales positions.
 * @param divisors the values of `rope_freqs.weight`, or null without that tensor
 * @throws StudioError `gguf-unsupported` for yarn, longrope and divisors that no llama3 scaling gives
 */
export function ropeScaling(
  facts: GgufFacts,
  architecture: string,
  divisors: Float32Array | null,
  rope: { readonly theta: number; readonly headSize: number },
): RopeScaling {
  // llama.cpp's default: a factor without a type is linear, a factor of 0 means none.
  const type = facts.text(`${architecture}.rope.scaling.type`) ?? 'linear';
  if (type !== 'none' && type !== 'linear') {
    throw facts.unsupported({ reason: 'rope-type', type: type.slice(0, 60) });
  }
  const stated = facts.number(`${architecture}.rope.scaling.factor`);
  const factor = stated ?? facts.number(`${architecture}.rope.scale_linear`) ?? 0;
  const linear = type === 'linear' && factor !== 0 && factor !== 1;
  if (divisors === null || divisors.every((divisor) => divisor === 1)) {
    return linear ? { type: 'linear', factor } : { type: 'none' };
  }
  const scaling = linear ? null : findLlama3(divisors, rope);
  if (scaling === null) {
    throw facts.unsupported({ reason: 'rope-factors' });
  }
  return scaling;
}

/** Turns of each frequency per position: theta^(−2k/headSize) / 2π. */
function turnsPerPosition(theta: number, headSize: number): Float64Array {
  return Float64Array.from(
    { length: headSize / 2 },
    (_, k) => theta ** ((-2 * k) / headSize) / (2 * Math.PI),
  );
}

/** The divisor that llama3 scaling gives a frequency: 1 for short wavelengths, `factor` for long ones. */
function divisorOf(turns: number, scaling: Llama3Scaling): number {
  const { factor, lowFrequencyFactor: low, highFrequencyFactor: high, originalContext } = scaling;
  const smooth = (originalContext * turns - low) / (high - low);
  if (smooth >= 1) return 1;
  if (smooth <= 0) return factor;
  return 1 / ((1 - smooth) / factor + smooth);
}

/** The divisor that the scaling gives each frequency, as a file stores them: [headSize / 2]. */
export function llama3Divisors(
  { theta, headSize }: { readonly theta: number; readonly headSize: number },
  scaling: Llama3Scaling,
): Float32Array {
  return Float32Array.from(turnsPerPosition(theta, headSize), (turns) => divisorOf(turns, scaling));
}

/**
 * The scaling that gives the stored divisors, or null where none does. Published models all have low 1, high 4
 * and original 8192. For others the blended frequencies tell: their `smooth` is linear in the turns per
 * position, with slope original/(high − low) and intercept −low/(high − low); only ratios of the three
 * numbers matter, so low is 1.
 */
function findLlama3(
  divisors: Float32Array,
  { theta, headSize }: { readonly theta: number; readonly headSize: number },
): Llama3Scaling | null {
  const turns = turnsPerPosition(theta, headSize);
  if (divisors.length !== turns.length) return null;
  const factor = divisors.reduce((most, divisor) => Math.max(most, divisor), 1);
  if (!(factor > 1 && Number.isFinite(factor))) return null;
  const published = llama3(factor, 4, 8192);
  if (agrees(divisors, turns, published)) return published;
  const blended: { turns: number; smooth: number }[] = [];
  divisors.forEach((divisor, k) => {
    const smooth = (1 / divisor - 1 / factor) / (1 - 1 / factor);
    if (smooth > 1e-4 && smooth < 1 - 1e-4) blended.push({ turns: turns[k] as number, smooth });
  });
  const first = blended[0];
  const last = blended.at(-1);
  if (first === undefined || last === undefined || first === last) return null;
  const slope = (last.smooth - first.smooth) / (last.turns - first.turns);
  const intercept = slope * first.turns - first.smooth;
  const high = Number((1 + 1 / intercept).toPrecision(5));
  const found = llama3(factor, high, Math.round(slope * (high - 1)));
  const usable = high > 1 && found.originalContext >= 1;
  return usable && agrees(divisors, turns, found) ? found : null;
}

function llama3(
  factor: number,
  highFrequencyFactor: number,
  originalContext: number,
): Llama3Scaling {
  return { type: 'llama3', factor, lowFrequencyFactor: 1, highFrequencyFactor, originalContext };
}

function agrees(divisors: Float32Array, turns: Float64Array, scaling: Llama3Scaling): boolean {
  return divisors.every((divisor, k) => {
    const due = divisorOf(turns[k] as number, scaling);
    return Math.abs(divisor - due) <= TOLERANCE * due;
  });
}
