import { expect, test } from 'vitest';
import { typedNumber } from './Field.tsx';

test('numbers are read with and without grouped digits', () => {
  expect(['1000000', '1,000,000', ' 2,000.5 ', '-1,024', '2e-4', '0.05'].map(typedNumber)).toEqual([
    1_000_000, 1_000_000, 2000.5, -1024, 2e-4, 0.05,
  ]);
  // A decimal comma is not taken for a group.
  expect(['1,5', '1,00,000', '12,3456', ',100', 'one'].map(typedNumber)).toEqual([
    ...Array.from({ length: 5 }, () => Number.NaN),
  ]);
});
