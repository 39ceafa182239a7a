import { describe, expect, test } from 'vitest';
import { argmax, drawToken, samplingDistribution } from './sampling.reference.ts';

const open = { temperature: 1, topP: 1, topK: 0, repetitionPenalty: 1 };
const logits = Float64Array.from([0.4, 0.3, 0.2, 0.1], Math.log);
const rounded = (values: Float64Array): number[] =>
  [...values].map((value) => Math.round(value * 1e12) / 1e12);

describe('sampling reference', () => {
  test('is softmax when nothing is set, and sharpens with a low temperature', () => {
    expect(rounded(samplingDistribution(logits, [], open))).toEqual([0.4, 0.3, 0.2, 0.1]);
    const cold = samplingDistribution(logits, [], { ...open, temperature: 0.5 });
    expect(rounded(cold)).toEqual([16, 9, 4, 1].map((x) => Math.round((x / 30) * 1e12) / 1e12));
    expect(rounded(samplingDistribution(logits, [], { ...open, temperature: 0 }))).toEqual([
      1, 0, 0, 0,
    ]);
  });

  test('top-k keeps k, top-p the fewest that reach p, at least one', () => {
    const two = samplingDistribution(logits, [], { ...open, topK: 2 });
    expect(rounded(two)).toEqual([0.571428571429, 0.428571428571, 0, 0]);
    const kept = (topP: number): number =>
      samplingDistribution(logits, [], { ...open, topP }).filter((p) => p > 0).length;
    expect([0.05, 0.39, 0.41, 0.69, 0.71, 0.95].map(kept)).toEqual([1, 1, 2, 2, 3, 4]);
  });

  test('top-p works on what top-k left', () => {
    // Of two, the first has 4/7: it alone reaches 0.5.
    const one = samplingDistribution(logits, [], { ...open, topK: 2, topP: 0.5 });
    expect(rounded(one)).toEqual([1, 0, 0, 0]);
  });

  test('a repeated token is penalised once: divided above zero, multiplied below', () => {
    const mixed = Float64Array.of(2, -2, 0.5);
    const penalised = samplingDistribution(mixed, [0, 1, 0, 0], { ...open, repetitionPenalty: 2 });
    const expected = samplingDistribution(Float64Array.of(1, -4, 0.5), [], open);
    expect(rounded(penalised)).toEqual(rounded(expected));
  });

  test('argmax takes the lower of equals; a draw names its margin', () => {
    expect(argmax(Float64Array.of(1, 3, 3, 2))).toBe(1);
    const counts = [0, 0];
    for (let seed = 0; seed < 4000; seed += 1) {
      const { token, margin } = drawToken(Float64Array.of(0.25, 0.75), seed, 9);
      counts[token] = (counts[token] ?? 0) + 1;
      expect(margin).toBeLessThanOrEqual(0.375);
    }
    expect(Math.abs((counts[0] ?? 0) - 1000)).toBeLessThan(4 * Math.sqrt(4000 * 0.25 * 0.75));
  });
});
