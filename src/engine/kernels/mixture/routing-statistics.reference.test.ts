import { expect, test } from 'vitest';
import { routingStatistics } from './routing-statistics.reference.ts';

test('counts experts, unordered pairs and weights per task', () => {
  const { pairCounts, weightSums } = routingStatistics({
    indices: [2, 0, 0, 2, 1, 2, 0, 1],
    weights: [0.75, 0.25, 0.5, 0.5, 0.625, 0.375, 1, 1],
    taskOf: [1, 1, 0, 0xffffffff],
    linears: 1,
    activeExperts: 2,
    experts: 3,
    tasks: 2,
  });
  expect(pairCounts.slice(0, 9)).toEqual([0, 0, 0, 0, 1, 1, 0, 0, 1]);
  expect(pairCounts.slice(9)).toEqual([2, 0, 2, 0, 0, 0, 0, 0, 2]);
  expect(weightSums).toEqual([0, 0.625, 0.375, 0.75, 0, 1.25]);
});
