import { expect, test } from 'vitest';
import { gigabytesPerSecond, orderedFamilies, shades, shortTime } from './families.ts';

const family = (name: Parameters<typeof orderedFamilies>[0][number]['family'], time: number) => ({
  family: name,
  dispatches: 1,
  bytes: 1,
  milliseconds: time,
});

test('products and attention stand first, whatever took longest', () => {
  const families = [
    family('norm', 9),
    family('attention', 3),
    family('gate', 2),
    family('matmul', 1),
  ];
  expect(orderedFamilies(families).map((each) => each.family)).toEqual([
    ...['attention', 'matmul', 'norm', 'gate'],
  ]);
  expect(Object.fromEntries(shades(families))).toEqual({
    attention: 'product-3',
    matmul: 'product-1',
    norm: 'rest-1',
    gate: 'rest-2',
  });
});

test('times and rates in the units that fit them', () => {
  expect([0.0042, 0.0384, 0.4, 3.416, 38.16, 381.6, 1210].map(shortTime)).toEqual([
    ...['4.2 µs', '38 µs', '400 µs', '3.42 ms', '38.2 ms', '382 ms', '1.21 s'],
  ]);
  expect(gigabytesPerSecond(5e6, 2)).toBe(2.5);
  expect(gigabytesPerSecond(5e6, 0)).toBeNull();
});
