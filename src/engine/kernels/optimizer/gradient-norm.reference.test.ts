import { expect, test } from 'vitest';
import { gradientNorm } from './gradient-norm.reference.ts';

test('clips to the norm, never beyond one, and not at all for 0', () => {
  const gradients = Float64Array.of(3, -4);
  expect(gradientNorm(gradients, 1)).toEqual({ norm: 5, clipFactor: 1 / (5 + 1e-6) });
  expect(gradientNorm(gradients, 10).clipFactor).toBe(1);
  expect(gradientNorm(gradients, 0).clipFactor).toBe(1);
});
