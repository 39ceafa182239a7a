import { describe, expect, test } from 'vitest';
import { randomWord } from './random-words.ts';
import { keepScale, microBatchStream, unitFloat } from './random.reference.ts';

/** Chi-square of counts against an even spread, as a distance from its mean in standard deviations. */
function evenness(counts: readonly number[]): number {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const expected = total / counts.length;
  const chi = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  const degrees = counts.length - 1;
  return Math.abs(chi - degrees) / Math.sqrt(2 * degrees);
}

describe('random words', () => {
  const along: [string, (i: number) => number][] = [
    ['elements', (i) => randomWord(7, 3, 12, i)],
    ['streams', (i) => randomWord(7, 3, i, 12)],
    ['steps', (i) => randomWord(7, i, 3, 12)],
    ['seeds', (i) => randomWord(i, 7, 3, 12)],
    ['micro-batches', (i) => randomWord(7, 3, microBatchStream(5, i), 12)],
  ];

  test.each(along)('are even, singly and in pairs, along %s', (_, word) => {
    const single = new Array<number>(256).fill(0);
    const pairs = new Array<number>(256).fill(0);
    let previous = word(0);
    for (let i = 1; i <= 65536; i += 1) {
      const next = word(i);
      const top = next >>> 24;
      single[top] = (single[top] ?? 0) + 1;
      const pair = ((previous >>> 28) << 4) | (next >>> 28);
      pairs[pair] = (pairs[pair] ?? 0) + 1;
      previous = next;
    }
    expect(evenness(single)).toBeLessThan(5);
    expect(evenness(pairs)).toBeLessThan(5);
  });

  test('one changed input bit changes each of the upper output bits half the time', () => {
    const changed = new Array<number>(16).fill(0);
    let trials = 0;
    for (let i = 0; i < 400; i += 1) {
      const inputs = [i * 31, i, i % 24, i * 977] as const;
      const before = randomWord(...inputs);
      for (let word = 0; word < 4; word += 1) {
        for (let bit = 0; bit < 32; bit += 4) {
          const flipped = inputs.map((value, j) => (j === word ? value ^ (1 << bit) : value));
          const [a = 0, b = 0, c = 0, d = 0] = flipped;
          const difference = before ^ randomWord(a, b, c, d);
          for (let out = 0; out < 16; out += 1) {
            changed[out] = (changed[out] ?? 0) + ((difference >>> (16 + out)) & 1);
          }
          trials += 1;
        }
      }
    }
    for (const count of changed) expect(Math.abs(count / trials - 0.5)).toBeLessThan(0.04);
  });

  test('lie in [0, 1) as floats, with mean a half', () => {
    let sum = 0;
    for (let i = 0; i < 40000; i += 1) {
      const value = unitFloat(randomWord(1, 2, 3, i));
      expect(value >= 0 && value < 1 && Math.fround(value) === value).toBe(true);
      sum += value;
    }
    expect(Math.abs(sum / 40000 - 0.5)).toBeLessThan(0.01);
  });

  test('drop the asked share of elements and keep the mean', () => {
    const position = { seed: 11, step: 4, stream: 2 };
    for (const probability of [0, 0.05, 0.5]) {
      let sum = 0;
      let dropped = 0;
      for (let element = 0; element < 40000; element += 1) {
        const scale = keepScale({ ...position, microBatch: 1, element, probability });
        sum += scale;
        if (scale === 0) dropped += 1;
      }
      expect(Math.abs(dropped / 40000 - probability)).toBeLessThan(0.01);
      expect(Math.abs(sum / 40000 - 1)).toBeLessThan(0.02);
    }
    expect(() => keepScale({ ...position, microBatch: 0, element: 0, probability: 1 })).toThrow(
      RangeError,
    );
  });

  test('masks of different micro-batches, streams and steps are unlike', () => {
    const mask = (step: number, stream: number, microBatch: number): string =>
      Array.from({ length: 64 }, (_, element) =>
        keepScale({ seed: 1, step, stream, microBatch, element, probability: 0.5 }) ? 1 : 0,
      ).join('');
    const masks = new Set<string>();
    for (let step = 0; step < 8; step += 1) {
      for (let stream = 0; stream < 8; stream += 1) {
        for (let microBatch = 0; microBatch < 8; microBatch += 1) {
          masks.add(mask(step, stream, microBatch));
        }
      }
    }
    expect(masks.size).toBe(512);
  });
});
