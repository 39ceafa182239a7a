import { expect, test } from 'vitest';
import { meanRanks, spearman } from './rank-correlation.ts';

test('equal values share the mean of their ranks', () => {
  expect(meanRanks([30, 10, 20, 10, 10])).toEqual([5, 2, 4, 2, 2]);
});

// ρ as scipy.stats.spearmanr gives it; p counted over every order by another program.
test.each([
  { x: [1, 2, 3, 4, 5], y: [5, 6, 7, 8, 7], rho: 0.8207826816681233, p: 16 / 120 },
  { x: [1, 1, 2, 2, 3, 3], y: [2, 1, 2, 3, 3, 1], rho: 0.25, p: 560 / 720 },
  {
    x: [106, 100, 86, 101, 99, 103, 97, 113],
    y: [7, 27, 2, 50, 28, 29, 20, 12],
    rho: 0.11904761904761904,
    p: 31974 / 40320,
  },
  { x: [1, 2, 3], y: [9, 5, 1], rho: -1, p: 2 / 6 },
])('known values, ties included: ρ = $rho', ({ x, y, rho, p }) => {
  const found = spearman(x, y);
  expect(found.rho).toBeCloseTo(rho, 12);
  expect(found.p).toBe(p);
  expect(found.method).toBe('exact');
});

test('beyond eight values p comes from drawn orders, the same ones every time', () => {
  const x = [106, 100, 86, 101, 99, 103, 97, 113, 112, 110];
  const y = [7, 27, 2, 50, 28, 29, 20, 12, 6, 17];
  const found = spearman(x, y);
  expect(found.rho).toBeCloseTo(-0.17575757575757575, 12);
  expect(found.method).toBe('permutation');
  // The t approximation gives 0.627.
  expect(found.p).toBeGreaterThan(0.6);
  expect(found.p).toBeLessThan(0.66);
  expect(spearman(x, y)).toEqual(found);
});

test('nothing is said where one side does not vary, or of two values', () => {
  expect(spearman([1, 1, 1, 1], [1, 2, 3, 4]).rho).toBeNull();
  expect(spearman([1, 2], [1, 2]).p).toBeNull();
});
