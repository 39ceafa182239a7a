import { describe, expect, it } from 'vitest';
import type { RoutingCounts, RoutingReport, RoutingTrace } from '../../contract/experts.ts';
import {
  evenPairShare,
  everything,
  routingChoices,
  summariseRouting,
  tokenChoices,
} from './experts.ts';

/** Counts of given expert pairs, one decision each, weights 0.75 and 0.25. */
function counts(
  layer: number,
  projection: RoutingCounts['projection'],
  task: string,
  decisions: readonly (readonly [number, number])[],
): RoutingCounts {
  const pairs = new Array<number>(9).fill(0);
  const weights = new Array<number>(3).fill(0);
  for (const [first, second] of decisions) {
    const low = Math.min(first, second);
    const high = Math.max(first, second);
    pairs[low * 3 + high] = (pairs[low * 3 + high] ?? 0) + 1;
    for (const expert of [first, second]) pairs[expert * 4] = (pairs[expert * 4] ?? 0) + 1;
    weights[first] = (weights[first] ?? 0) + 0.75;
    weights[second] = (weights[second] ?? 0) + 0.25;
  }
  return { layer, projection, task, tokens: decisions.length, pairs, weights };
}

const report: RoutingReport = {
  runId: 'r',
  experts: 3,
  active: 2,
  steps: null,
  hasParts: false,
  counts: [
    counts(1, 'gate', 'qa', [
      [0, 1],
      [1, 0],
      [0, 2],
    ]),
    counts(0, 'down', 'ner', [[1, 2]]),
  ],
};

describe('summariseRouting', () => {
  it('adds up over everything', () => {
    const summary = summariseRouting(report, everything);
    expect(summary.decisions).toBe(4);
    expect([...summary.load]).toEqual([0.75, 0.75, 0.5]);
    expect(summary.load.reduce((a, b) => a + b)).toBe(2);
    expect([...summary.pairs]).toEqual([0, 0.5, 0.25, 0.5, 0, 0.25, 0.25, 0.25, 0]);
    expect(summary.largestPair).toBe(0.5);
    expect([...summary.meanWeight]).toEqual([1.75 / 3, 1.75 / 3, 0.25]);
  });

  it('takes only what the filter lets through', () => {
    const one = summariseRouting(report, { layer: 0, projection: null, task: null });
    expect(one.decisions).toBe(1);
    expect([...one.load]).toEqual([0, 1, 1]);
    expect(one.meanWeight[0]).toBeNaN();
    expect(summariseRouting(report, { ...everything, task: 'qa' }).decisions).toBe(3);
    expect(summariseRouting(report, { ...everything, projection: 'gate' }).decisions).toBe(3);
    const none = summariseRouting(report, { layer: 0, projection: 'gate', task: null });
    expect([...none.load]).toEqual([0, 0, 0]);
    expect(none.largestPair).toBe(0);
  });

  it('lists what can be chosen, in order', () => {
    expect(routingChoices(report)).toEqual({
      layers: [0, 1],
      projections: ['gate', 'down'],
      tasks: ['ner', 'qa'],
    });
  });
});

describe('evenPairShare', () => {
  it('is one over the number of pairs for K = 2 and certain for K = E', () => {
    expect(evenPairShare(8, 2)).toBeCloseTo(1 / 28, 12);
    expect(evenPairShare(4, 4)).toBe(1);
    expect(evenPairShare(8, 1)).toBe(0);
  });
});

describe('tokenChoices', () => {
  it('reads the row of a token at every linear', () => {
    const trace: RoutingTrace = {
      tokens: ['a', 'b'],
      experts: 3,
      linears: [
        { layer: 0, projection: 'up', experts: [0, 1, 2, 0], weights: [0.9, 0.1, 0.6, 0.4] },
      ],
    };
    expect(tokenChoices(trace, 1)).toEqual([
      {
        layer: 0,
        projection: 'up',
        experts: [
          { expert: 2, weight: 0.6 },
          { expert: 0, weight: 0.4 },
        ],
      },
    ]);
  });
});
