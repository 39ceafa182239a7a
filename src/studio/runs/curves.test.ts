import fc from '../../../test/properties.ts';
import { describe, expect, it } from 'vitest';
import type { StepMetrics } from '../../contract/runs.ts';
import { axisTicks, CurveBook, drawLine } from './curves.ts';
import { Series } from './series.ts';

function metrics(stage: number, step: number, nll = 1): StepMetrics {
  return {
    stage,
    step,
    nll,
    orthogonal: stage === 0 ? null : 10 * step,
    learningRate: 1e-3,
    gradientNorm: 0.5,
    targetTokens: 10,
    tokens: 40,
    milliseconds: 200,
  };
}

function stageOf(stage: number, count: number): StepMetrics[] {
  return Array.from({ length: count }, (_, step) => metrics(stage, step, stage + step / 100));
}

function seriesOf(values: Iterable<number>): Series {
  const series = new Series();
  for (const value of values) series.push(value);
  return series;
}

describe('CurveBook', () => {
  it('joins the stages on one axis', () => {
    const book = new CurveBook();
    book.append(stageOf(0, 3));
    book.append(stageOf(1, 2));
    expect([...book.positions]).toEqual([0, 1, 2, 3, 4]);
    expect(book.spans()).toEqual([
      { stage: 0, start: 0, end: 3 },
      { stage: 1, start: 3, end: 5 },
    ]);
    expect(book.place(3)).toEqual({ stage: 1, step: 0 });
    expect(book.missing).toBe(false);
    expect([...book.curve('orthogonal')]).toEqual([Number.NaN, Number.NaN, Number.NaN, 0, 10]);
    expect(book.curve('tokensPerSecond')[0]).toBe(200);
  });

  it('keeps every value over many appended steps', () => {
    const book = new CurveBook();
    const steps = stageOf(0, 10_000);
    for (const step of steps) book.append([step]);
    expect(book.length).toBe(10_000);
    expect([...book.curve('nll')]).toEqual(steps.map(({ nll }) => nll));
  });

  it('replaces steps that a resumed run computes again', () => {
    const book = new CurveBook();
    book.append(stageOf(0, 8));
    book.append([metrics(0, 5, 42), metrics(0, 6, 43)]);
    expect(book.length).toBe(7);
    expect([...book.curve('nll')].slice(4)).toEqual([0.04, 42, 43]);
    expect(book.missing).toBe(false);
  });

  it('goes back across a stage boundary', () => {
    const book = new CurveBook();
    book.append([...stageOf(0, 4), ...stageOf(1, 2)]);
    book.append([metrics(0, 3, 9)]);
    expect(book.spans()).toEqual([{ stage: 0, start: 0, end: 4 }]);
    book.append([metrics(1, 0)]);
    expect([...book.positions]).toEqual([0, 1, 2, 3, 4]);
  });

  it('says when steps are missing, and places the others right', () => {
    const book = new CurveBook();
    book.append([metrics(0, 0), metrics(0, 3)]);
    expect(book.missing).toBe(true);
    expect([...book.positions]).toEqual([0, 3]);
    book.replace({ steps: stageOf(0, 4), validation: [] });
    expect(book.missing).toBe(false);
    expect(book.length).toBe(4);
  });

  it('starts late without losing the place', () => {
    const book = new CurveBook();
    book.append([metrics(0, 7)]);
    expect(book.missing).toBe(true);
    expect([...book.positions]).toEqual([7]);
    expect(book.spans()).toEqual([{ stage: 0, start: 0, end: 8 }]);
  });

  it('finds the nearest step to a position', () => {
    const book = new CurveBook();
    expect(book.nearest(3)).toBe(-1);
    book.append([metrics(0, 0), metrics(0, 10), metrics(0, 11)]);
    expect(book.nearest(-5)).toBe(0);
    expect(book.nearest(4)).toBe(0);
    expect(book.nearest(6)).toBe(1);
    expect(book.nearest(10.6)).toBe(2);
    expect(book.nearest(99)).toBe(2);
  });

  it('places validation points, also before the first step of their stage', () => {
    const book = new CurveBook();
    const point = { stage: 0, step: 0, knowledge: 2, alignment: null, snapshot: 'base' };
    book.addValidation(point);
    expect(book.positionOf(point)).toBe(0);
    book.append(stageOf(0, 5));
    expect(book.positionOf({ stage: 0, step: 4 })).toBe(4);
    expect(book.positionOf({ stage: 1, step: 0 })).toBe(5);
    book.addValidation({ ...point, knowledge: 1 });
    expect(book.validation).toEqual([{ ...point, knowledge: 1 }]);
    const before = book.version;
    book.addValidation({ ...point, snapshot: 'stage1.end' });
    expect(book.validation).toHaveLength(2);
    expect(book.version).toBeGreaterThan(before);
  });
});

describe('Series.sample', () => {
  const series = fc.array(
    fc.oneof(
      { weight: 9, arbitrary: fc.double({ noNaN: true, noDefaultInfinity: true }) },
      fc.constant(Number.NaN),
    ),
    { maxLength: 3000 },
  );

  it('never drops a spike, keeps both ends, stays within its points, in order', () => {
    fc.assert(
      fc.property(series, fc.integer({ min: 4, max: 600 }), (numbers, maxPoints) => {
        const grown = seriesOf(numbers);
        const { values } = grown;
        const finite = numbers.filter(Number.isFinite);
        const indices = grown.sample(maxPoints);
        const drawn = indices.map((index) => values[index] ?? Number.NaN);
        expect(indices.length).toBeLessThanOrEqual(maxPoints);
        for (let at = 1; at < indices.length; at += 1) {
          expect(indices[at] ?? 0).toBeGreaterThan(indices[at - 1] ?? 0);
        }
        if (finite.length <= maxPoints) expect(drawn).toEqual(finite);
        if (finite.length === 0) return;
        const reduce = (pick: (a: number, b: number) => number, of: number[]) =>
          of.reduce((a, b) => pick(a, b));
        expect(reduce(Math.max, drawn)).toBe(reduce(Math.max, finite));
        expect(reduce(Math.min, drawn)).toBe(reduce(Math.min, finite));
        expect(drawn[0]).toBe(finite[0]);
        expect(drawn[drawn.length - 1]).toBe(finite[finite.length - 1]);
      }),
    );
  });

  it('keeps a single spike among 10,000 flat values', () => {
    const values = new Float64Array(10_000).fill(1);
    values[7321] = 50;
    const indices = seriesOf(values).sample(600);
    expect(indices).toContain(7321);
    expect(indices.length).toBeLessThanOrEqual(600);
  });

  it('gives the same whether it was asked while it grew, was cut back, or not', () => {
    fc.assert(
      fc.property(series, fc.nat(3000), fc.integer({ min: 4, max: 60 }), (numbers, cut, most) => {
        const asked = new Series();
        for (const [index, value] of numbers.entries()) {
          asked.push(value);
          if (index % 50 === 0) asked.sample(most);
        }
        asked.truncate(cut);
        asked.sample(most);
        const later = numbers.slice(cut);
        for (const value of later) asked.push(value);
        expect(asked.sample(most)).toEqual(seriesOf(numbers).sample(most));
      }),
      { numRuns: 50 },
    );
  });
});

describe('Series.smoothed', () => {
  it('starts at the first value and follows the formula', () => {
    const smoothed = seriesOf([4, 2]).smoothed(0.9);
    expect(smoothed[0]).toBeCloseTo(4, 12);
    expect(smoothed[1]).toBeCloseTo((0.9 * 0.1 * 4 + 0.1 * 2) / (1 - 0.81), 12);
  });

  it('leaves a constant as it is, whatever the weight', () => {
    for (const value of seriesOf(new Float64Array(50).fill(3)).smoothed(0.97)) {
      expect(value).toBeCloseTo(3, 12);
    }
  });

  it('begins anew at a boundary and steps over what is not a number', () => {
    const smoothed = seriesOf([8, 8, 1, Number.NaN, 1]).smoothed(0.5, [0, 2]);
    expect([...smoothed]).toEqual([8, 8, 1, 1, 1]);
  });

  it('goes on where it was, also with another weight in between and after steps were taken back', () => {
    const values = Array.from({ length: 300 }, (_, index) => Math.sin(index * 12.9898));
    const grown = seriesOf(values.slice(0, 100));
    grown.smoothed(0.9, [0, 40]);
    for (const value of values.slice(100, 200)) grown.push(value);
    const whole = (count: number) => [...seriesOf(values.slice(0, count)).smoothed(0.9, [0, 40])];
    expect([...grown.smoothed(0.9, [0, 40])]).toEqual(whole(200));
    grown.smoothed(0.5, [0, 40]);
    grown.truncate(150);
    for (const value of values.slice(150)) grown.push(value);
    expect([...grown.smoothed(0.9, [0, 40])]).toEqual(whole(300));
  });
});

describe('drawLine', () => {
  it('breaks the line between stages and stays within its points', () => {
    const book = new CurveBook();
    book.append([...stageOf(0, 5000), ...stageOf(1, 5000)]);
    const { rows, range } = drawLine(book, 'nll', 0.9, 600);
    expect(rows.length).toBeLessThanOrEqual(600);
    const gap = rows.findIndex(({ value }) => value === null);
    expect(rows[gap]?.x).toBe(4999.5);
    expect(rows[gap - 1]?.x).toBeLessThan(5000);
    expect(rows[gap + 1]?.x).toBeGreaterThanOrEqual(5000);
    expect(range).toEqual([0, 50.99]);
  });

  it('draws a quantity of the second stage only from where it exists', () => {
    const book = new CurveBook();
    book.append([...stageOf(0, 3), ...stageOf(1, 3)]);
    const { rows } = drawLine(book, 'orthogonal', 0, 600);
    expect(rows).toEqual([
      { x: 3, value: 0, smoothed: null },
      { x: 4, value: 10, smoothed: null },
      { x: 5, value: 20, smoothed: null },
    ]);
  });

  it('has no range while there is nothing', () => {
    expect(drawLine(new CurveBook(), 'nll', 0.5, 600)).toEqual({ rows: [], range: null });
  });
});

describe('axisTicks', () => {
  it('gives round numbers within the bounds', () => {
    expect(axisTicks(0, 1, 5)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
    expect(axisTicks(1.93, 2.61, 3)).toEqual([2, 2.25, 2.5]);
    expect(axisTicks(2, 2, 4)).toEqual([2]);
  });
});
