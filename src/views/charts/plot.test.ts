import fc from '../../../test/properties.ts';
import { describe, expect, it } from 'vitest';
import { CurveBook } from '../../studio/runs/curves.ts';
import type { StepMetrics } from '../../contract/runs.ts';
import { FrameQueue } from './frames.ts';
import { layOutFrame, linePath, margins, plotScales, stageBands, tickedDomain } from './plot.ts';

function step(stage: number, index: number): StepMetrics {
  return {
    stage,
    step: index,
    nll: 1,
    orthogonal: null,
    learningRate: 0,
    gradientNorm: 0,
    targetTokens: 1,
    tokens: 1,
    milliseconds: 1,
  };
}

const stages = [
  { name: 'one', steps: 10, stepsDone: 0, records: 1 },
  { name: 'two', steps: 4, stepsDone: 0, records: 1 },
];

describe('stageBands', () => {
  it('is as planned at first and as it went later', () => {
    const book = new CurveBook();
    expect(stageBands(stages, book).map(({ start, end }) => [start, end])).toEqual([
      [0, 10],
      [10, 14],
    ]);
    book.append([step(0, 0), step(0, 1), step(1, 0)]);
    expect(stageBands(stages, book).map(({ start, end }) => [start, end])).toEqual([
      [0, 2],
      [2, 6],
    ]);
  });
});

describe('tickedDomain', () => {
  it('holds the values, ends on ticks and has a sensible number of them', () => {
    const numbers = fc.double({ min: -1e6, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(numbers, numbers, (one, other) => {
        const low = Math.min(one, other);
        const high = Math.max(one, other);
        fc.pre(high === low || high - low > 1e-6 * Math.max(1, Math.abs(low), Math.abs(high)));
        const { domain, ticks } = tickedDomain(low, high, 4);
        const slack = (domain[1] - domain[0]) * 1e-6;
        expect(domain[0]).toBeLessThanOrEqual(low + slack);
        expect(domain[1]).toBeGreaterThanOrEqual(high - slack);
        expect(ticks.length).toBeGreaterThanOrEqual(2);
        expect(ticks.length).toBeLessThanOrEqual(12);
      }),
    );
  });

  it('makes room around a single value, however small', () => {
    expect(tickedDomain(-4e-323, -4e-323, 4)).toEqual({
      domain: [-1, 1],
      ticks: [-1, -0.5, 0, 0.5, 1],
    });
    expect(tickedDomain(0, 5e-324, 4).domain).toEqual([-1, 1]);
    expect(tickedDomain(10, 10, 4).domain).toEqual([9, 11]);
  });

  it('does not move for a value inside it', () => {
    expect(tickedDomain(1.1, 3.9, 4)).toEqual({ domain: [1, 4], ticks: [1, 2, 3, 4] });
    expect(tickedDomain(1.02, 3.97, 4)).toEqual(tickedDomain(1.1, 3.9, 4));
  });
});

describe('linePath', () => {
  const ring = 'm-2 0a2 2 0 1 0 4 0a2 2 0 1 0-4 0';

  it('maps values to pixels, y upwards, and breaks at nulls', () => {
    const frame = layOutFrame([0, 10], stageBands(stages, new CurveBook()), true, { x: 5, y: 5 });
    const size = {
      width: margins.left + margins.right + 140,
      height: margins.top + margins.bottom + 100,
    };
    const scales = plotScales(frame, size);
    const rows = [
      { x: 0, value: 0, smoothed: null },
      { x: 6, value: 10, smoothed: null },
      { x: 9.5, value: null, smoothed: null },
      { x: 13, value: 5, smoothed: 5 },
    ];
    const left = margins.left;
    expect(linePath(rows, 'value', scales)).toBe(
      `M${left + 10} ${margins.top + 100}L${left + 70} ${margins.top}M${left + 140} ${margins.top + 50}${ring}`,
    );
    expect(linePath(rows, 'smoothed', scales)).toBe(`M${left + 140} ${margins.top + 50}${ring}`);
    expect(scales.stepsAt(scales.x(7))).toBeCloseTo(7, 9);
  });
});

describe('FrameQueue', () => {
  it('draws one thing a frame, each only once however often it asked', () => {
    const waiting: (() => void)[] = [];
    const queue = new FrameQueue((callback) => waiting.push(callback));
    const drawn: string[] = [];
    queue.request('a', () => drawn.push('a1'));
    queue.request('b', () => drawn.push('b'));
    queue.request('a', () => drawn.push('a2'));
    queue.request('c', () => drawn.push('c'));
    queue.cancel('c');
    expect(waiting).toHaveLength(1);
    waiting.shift()?.();
    expect(drawn).toEqual(['a2']);
    waiting.shift()?.();
    expect(drawn).toEqual(['a2', 'b']);
    expect(waiting).toEqual([]);
    queue.request('d', () => drawn.push('d'));
    waiting.shift()?.();
    expect(drawn).toEqual(['a2', 'b', 'd']);
  });
});
