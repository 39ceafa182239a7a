import { expect, test } from 'vitest';
import { learningRate, warmupSteps } from './schedule.ts';

const options = { learningRate: 0.005, warmupRatio: 0.03, schedule: 'cosine' } as const;

test('warm-up takes ceil(total · ratio) steps and the first rate is zero', () => {
  expect(warmupSteps(6, 0.03)).toBe(1);
  expect(warmupSteps(0, 0.03)).toBe(0);
  expect(learningRate(0, 6, options)).toBe(0);
});

test('the cosine is that of transformers, to the digit', () => {
  const rates = [0, 0.005, 0.0045225424859373685, 0.0032725424859373687, 0.0017274575140626316];
  rates.forEach((rate, step) => {
    expect(learningRate(step, 6, options)).toBeCloseTo(rate, 15);
  });
});

test('a constant schedule keeps its rate after the warm-up', () => {
  const constant = { ...options, warmupRatio: 0.5, schedule: 'constant' } as const;
  expect([0, 1, 2, 3].map((step) => learningRate(step, 4, constant))).toEqual([
    0, 0.0025, 0.005, 0.005,
  ]);
});
