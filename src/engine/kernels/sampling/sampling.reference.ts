/** Float64 reference of sampling, over sorted probabilities. */
import type { SamplingSettings } from './sampling.ts';
import { randomWord } from '../random-words.ts';
import { unitFloat } from '../random.reference.ts';

/** The stream of shaders/sampling/sample-token.wgsl. */
const samplingStream = 0x5a3d1e77;

/** The most likely token, ties to the lower id. */
export function argmax(logits: Float64Array): number {
  return logits.reduce((best, value, id) => (value > (logits[best] ?? value) ? id : best), 0);
}

/**
 * Float64 reference of sampleToken's distribution: probabilities [V] after repetition penalty,
 * temperature, top-k and top-p, in transformers' order; ties at a border all stay.
 */
export function samplingDistribution(
  logits: Float64Array,
  history: readonly number[],
  settings: Omit<SamplingSettings, 'seed'>,
): Float64Array {
  const { temperature, topP, topK, repetitionPenalty } = settings;
  const seen = new Set(history);
  const penalised = logits.map((z, id) => {
    if (!seen.has(id)) return z;
    return z < 0 ? z * repetitionPenalty : z / repetitionPenalty;
  });
  if (temperature < 1e-5) {
    const best = argmax(penalised);
    return penalised.map((_, id) => (id === best ? 1 : 0));
  }
  const scores = penalised.map((z) => z / temperature);
  const sorted = Float64Array.from(scores).sort().reverse();
  const best = sorted[0] ?? 0;
  const floor = topK > 0 && topK < scores.length ? (sorted[topK - 1] ?? 0) : -Infinity;
  const masses = scores.map((s) => (s >= floor ? Math.exp(s - best) : 0));
  const total = masses.reduce((a, b) => a + b, 0);
  // A token stays when all likelier tokens together have less than topP.
  const order = scores.map((_, id) => id).sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0));
  let above = 0;
  for (let i = 0; i < order.length;) {
    let next = i;
    const score = scores[order[i] ?? 0];
    let group = 0;
    while (next < order.length && scores[order[next] ?? 0] === score) {
      group += masses[order[next] ?? 0] ?? 0;
      next += 1;
    }
    if (topP < 1 && i > 0 && above >= topP * total) {
      for (let j = i; j < next; j += 1) masses[order[j] ?? 0] = 0;
    }
    above += group;
    i = next;
  }
  const kept = masses.reduce((a, b) => a + b, 0);
  return masses.map((mass) => mass / kept);
}

/**
 * The token that a draw from `distribution` gives, and how close the random number came to another
 * token's part of [0, 1): within float32's rounding the two may differ.
 */
export function drawToken(
  distribution: Float64Array,
  seed: number,
  position: number,
): { token: number; margin: number } {
  const aim = unitFloat(randomWord(seed, position, samplingStream, 0));
  let running = 0;
  for (let token = 0; token < distribution.length; token += 1) {
    const before = running;
    running += distribution[token] ?? 0;
    if (running > aim) return { token, margin: Math.min(aim - before, running - aim) };
  }
  throw new RangeError('A distribution must sum to one');
}
