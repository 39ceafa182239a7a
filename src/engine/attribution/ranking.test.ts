import { expect, test } from 'vitest';
import { randomSource } from '../testing/numbers.ts';
import { likenesses, ranked } from './ranking.ts';
import { sketchOf, sketchSize } from './sketch.ts';

/** About normal: the sum of twelve uniform numbers. */
function randomVector(length: number, seed: number): Float32Array {
  const next = randomSource(seed);
  const normal = (): number => Array.from({ length: 12 }, next).reduce((sum, x) => sum + x, -6);
  return Float32Array.from({ length }, normal);
}

function cosine(one: Float32Array, other: Float32Array): number {
  const dot = (a: Float32Array, b: Float32Array) =>
    a.reduce((sum, x, i) => sum + x * (b[i] ?? 0), 0);
  return dot(one, other) / Math.sqrt(dot(one, one) * dot(other, other));
}

test('sketches keep cosines, and different seeds give different ones', () => {
  const one = randomVector(40_000, 1);
  const noise = randomVector(40_000, 2);
  const half = one.map((value, i) => value + (noise[i] ?? 0));
  const sketch = sketchOf(one, 7);
  expect(sketch).toHaveLength(sketchSize);
  const error = Math.abs(cosine(sketch, sketchOf(half, 7)) - cosine(one, half));
  expect(error).toBeLessThan(4 / Math.sqrt(sketchSize));
  expect(Math.abs(cosine(sketch, sketchOf(noise, 7)))).toBeLessThan(4 / Math.sqrt(sketchSize));
  expect(cosine(sketch, sketchOf(one, 8))).toBeLessThan(0.1);
  expect(sketchOf(one.fill(Number.NaN, 5, 6), 7).some(Number.isNaN)).toBe(true);
});

test('what all records share, and what the prompt alone does, ranks no record', () => {
  const [shared, prompt, fact] = [1, 2, 3].map((seed) => randomVector(2000, seed));
  const mixed = (a: number, b: number, c: number, seed: number): Float32Array =>
    randomVector(2000, seed).map(
      (noise, i) =>
        a * (shared?.[i] ?? 0) + b * (prompt?.[i] ?? 0) + c * (fact?.[i] ?? 0) + 0.3 * noise,
    );
  // Record 5 holds the fact, record 9 only the prompt; all hold much of what they share.
  const records = Array.from({ length: 20 }, (_, i) =>
    mixed(4, i === 9 ? 3 : 0, i === 5 ? 1 : 0, 100 + i),
  );
  // Other words after the same prompt: what they have in common is what the prompt does.
  const others = Array.from({ length: 8 }, (_, i) => mixed(4, 3, 0, 60 + i));
  const query = { phrase: mixed(4, 3, 1, 50), others };
  expect(ranked(records.map((record) => cosine(query.phrase, record)))[0]).toBe(9);
  const values = likenesses(query, records);
  expect(ranked(values)[0]).toBe(5);
  expect(values[9]).toBeLessThan(0.3);
});

test('nothing left of a gradient is no likeness, and no number ranks last', () => {
  const records = [new Float32Array(4), Float32Array.of(1, 0, 0, 0), Float32Array.of(0, 1, 0, 0)];
  const query = { phrase: Float32Array.of(0, 1, 0, 0), others: [] };
  expect(likenesses(query, records)[0]).toBe(0);
  expect(ranked([Number.NaN, 1, 2, 2])).toEqual([2, 3, 1, 0]);
});
