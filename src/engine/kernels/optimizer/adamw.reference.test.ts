import { expect, test } from 'vitest';
import { adamw, type AdamwState } from './adamw.reference.ts';

const settings = {
  learningRate: 0.1,
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
  weightDecay: 0,
  clipFactor: 1,
};

test('the first step moves every parameter by the learning rate against its gradient', () => {
  const state = {
    parameters: Float64Array.of(1, -2),
    firstMoment: new Float64Array(2),
    secondMoment: new Float64Array(2),
  };
  const next = adamw(state, Float64Array.of(0.5, -0.01), { ...settings, step: 1 });
  expect(next.parameters[0]).toBeCloseTo(0.9, 8);
  expect(next.parameters[1]).toBeCloseTo(-1.9, 6);
});

test('three steps, worked out by hand from the recursions', () => {
  let state: AdamwState = {
    parameters: Float64Array.of(2),
    firstMoment: new Float64Array(1),
    secondMoment: new Float64Array(1),
  };
  const gradients = [0.4, -0.2, 0.1];
  gradients.forEach((gradient, i) => {
    const next = { ...settings, weightDecay: 0.1, step: i + 1 };
    state = adamw(state, Float64Array.of(gradient), next);
  });
  // m: 0.04, 0.016, 0.0244; v: 1.6e-4, 1.9984e-4, 2.0964016e-4
  expect(state.firstMoment[0]).toBeCloseTo(0.0244, 14);
  expect(state.secondMoment[0]).toBeCloseTo(2.0964016e-4, 16);
  const moved = [
    [0.04 / 0.1, 1.6e-4 / 0.001],
    [0.016 / 0.19, 1.9984e-4 / 0.001999],
    [0.0244 / 0.271, 2.0964016e-4 / 0.002997001],
  ] as const;
  const expected = moved.reduce((p, [m, v]) => p * 0.99 - (0.1 * m) / (Math.sqrt(v) + 1e-8), 2);
  expect(state.parameters[0]).toBeCloseTo(expected, 12);
});
