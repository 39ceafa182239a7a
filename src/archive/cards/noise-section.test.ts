/** A card says what the Noise Aggregator held in both languages, by kinds of records; archives hold the same figures. */
import { expect, test } from 'vitest';
import type { RunNoise } from '../../contract/experts.ts';
import { noiseSchema } from '../archive-noise.ts';
import { noiseSection } from './noise-section.ts';

const losses = (records: number, difference: number) => ({
  ...{ records, withNoise: 1.5, without: 1.5 + difference },
  held: records > 1 ? { mean: difference, low: difference - 0.1, high: difference + 0.1 } : null,
});

const noise: RunNoise = {
  ...{ measuredAt: 1, states: { withNoise: 'stage1.end', without: 'stage1.after' } },
  ...{ trained: 500, notFinite: 0, all: losses(300, 0.25), heldOut: losses(40, -0.125) },
  byTask: [
    { task: 'notes | letters', ...losses(200, 0.5) },
    { task: 'questions', ...losses(100, 0.125) },
  ],
  length: { rho: -0.5, low: -0.6, high: -0.4 },
  ...{ repeated: losses(1, 0.5), single: losses(299, 0.25) },
  canaries: [{ times: 4, ...losses(8, 2) }],
};

test('a card has a line for each kind of records, with its interval', () => {
  const english = noiseSection('en', noise);
  expect(english).toContain('## What the Noise Aggregator held\n');
  expect(english).toContain('300 of the 500 records');
  expect(english).toContain('| all measured | 300 | 1.5000 | 1.7500 | 0.2500 (0.1500 to 0.3500) |');
  expect(english).toContain(
    '| kept for validation | 40 | 1.5000 | 1.3750 | −0.1250 (−0.2250 to −0.0250) |',
  );
  expect(english).toContain('| nearly the same as another | 1 | 1.5000 | 2.0000 | 0.5000 |');
  expect(english).toContain('| canaries planted 4 times | 8 |');
  // A bar in a name would begin a cell.
  expect(english).toContain('| notes letters | 200 |');
  expect(english).toContain('length of the answer: −0.50 (−0.60 to −0.40).');
  expect(noiseSection('zh', noise)).toContain('| 植入 4 次的金丝雀 | 8 |');
  expect(noiseSection('en', undefined)).toBe('');
});

test('an archive holds the figures; no record has no mean, and comes back so', () => {
  const none = { records: 0, withNoise: Number.NaN, without: Number.NaN, held: null };
  const archived: unknown = JSON.parse(JSON.stringify({ ...noise, repeated: none }));
  expect(noiseSchema.parse(archived)).toEqual({ ...noise, repeated: none });
  expect(noiseSchema.safeParse({ ...noise, records: [] }).success).toBe(false);
});
