import { describe, expect, it } from 'vitest';
import { paperRecipe } from '../../engine/training/recipe/presets.ts';
import type { DataKind } from '../../contract/data.ts';
import type { RecordLoss, StepMetrics, ValidationPoint } from '../../contract/runs.ts';
import { CurveBook } from './curves.ts';
import {
  changeOver,
  keptShare,
  pairedChange,
  sufficiency,
  verdictOf,
  wholeChanges,
  type Part,
} from './verdict.ts';

/** Losses of `count` records of one set: −log p per token around `mean`, spread by a fixed pattern. */
function losses(kind: DataKind, dataSet: number, mean: number, count = 12): RecordLoss[] {
  return Array.from({ length: count }, (_, i) => {
    const targets = 4 + (i % 5);
    return { dataSet, kind, targets, nll: targets * (mean + 0.3 * Math.sin(i + mean)) };
  });
}

function point(stage: number, snapshot: string, knowledge: number, alignment: number) {
  const records = [...losses('knowledge', 0, knowledge), ...losses('alignment', 1, alignment)];
  return { stage, step: 9, knowledge, alignment, snapshot, records } satisfies ValidationPoint;
}

function metrics(stage: number, step: number, orthogonal: number | null): StepMetrics {
  const rest = {
    learningRate: 1e-3,
    gradientNorm: 1,
    targetTokens: 9,
    tokens: 30,
    milliseconds: 5,
  };
  return { stage, step, nll: 2, orthogonal, ...rest };
}

function bookOf(validation: readonly ValidationPoint[], orthogonal: readonly number[] = []) {
  const book = new CurveBook();
  const steps = [
    ...Array.from({ length: 4 }, (_, step) => metrics(0, step, null)),
    ...orthogonal.map((value, step) => metrics(1, step, value)),
  ];
  book.replace({ steps, validation });
  return book;
}

const recipe = paperRecipe();
const whole = (part: Part): boolean => part.kind === 'whole';

/** The course that the method intends: NA takes alignment with it, stage 2 brings it back and forgets a little. */
const intended = bookOf(
  [
    point(0, 'base', 3, 6),
    point(0, 'stage1.end', 2, 3),
    point(0, 'stage1.after', 2, 4.5),
    point(1, 'stage2.end', 2.5, 2),
    point(1, 'merged', 2.5, 2),
  ],
  [100, 100, 100, 50, 10, 10, 10],
);

describe('the verdict of a run', () => {
  it('names its parts and compares the same records at both ends', () => {
    const { parts, lines } = verdictOf({ recipe }, intended);
    expect(parts.map(({ part, from, to }) => [part.kind, from, to])).toEqual([
      ['stage', 'base', 'stage1.end'],
      ['drop', 'stage1.end', 'stage1.after'],
      ['stage', 'stage1.after', 'stage2.end'],
      ['whole', 'base', 'merged'],
    ]);
    expect(lines.map(({ kind, dataSet }) => [kind, dataSet])).toEqual([
      ['knowledge', 0],
      ['alignment', 1],
    ]);
    expect(lines[0]?.changes.map((change) => change?.direction)).toEqual([
      'fell',
      'unclear',
      'rose',
      'fell',
    ]);
    expect(lines[1]?.changes.map((change) => change?.direction)).toEqual([
      'fell',
      'rose',
      'fell',
      'fell',
    ]);
  });

  it('tells the change of each kind over the whole run', () => {
    const told = wholeChanges(verdictOf({ recipe }, intended));
    expect(told.map(({ kind, change: { records } }) => [kind, records])).toEqual([
      ['knowledge', 12],
      ['alignment', 12],
    ]);
    expect(told[1]?.change.from).toBeCloseTo(6, 0);
    expect(told[1]?.change.to).toBeCloseTo(2, 0);
    expect(wholeChanges(verdictOf({ recipe }, bookOf([])))).toEqual([]);
  });

  it('says how much of a gain stays when NA is dropped', () => {
    const verdict = verdictOf({ recipe }, intended);
    expect(keptShare(verdict, 'knowledge', 0)).toBeCloseTo(1, 6);
    const share = keptShare(verdict, 'alignment', 0) ?? Number.NaN;
    expect(share).toBeGreaterThan(0.4);
    expect(share).toBeLessThan(0.6);
  });

  it('reads the orthogonal loss at both ends of its stage', () => {
    expect(verdictOf({ recipe }, intended).separations).toEqual([
      { stage: 1, between: recipe.stages[1]?.orthogonal?.between, first: 100, last: 10 },
    ]);
  });

  it('splits a kind of several sets, and puts their sum first', () => {
    const two = (mean: number) => [
      ...losses('alignment', 1, mean),
      ...losses('alignment', 2, mean),
    ];
    const book = bookOf([
      { ...point(0, 'base', 3, 6), records: two(6) },
      { ...point(0, 'stage1.end', 3, 5), records: two(5) },
    ]);
    const { lines } = verdictOf({ recipe }, book);
    const alignment = lines.filter(({ kind }) => kind === 'alignment');
    expect(alignment.map(({ dataSet }) => dataSet)).toEqual([null, 1, 2]);
    expect(alignment.map(({ changes }) => changes[0]?.records)).toEqual([24, 12, 12]);
  });

  it('does not judge few records, nor losses without records, nor nothing', () => {
    const few = bookOf([
      { ...point(0, 'base', 3, 6), records: losses('knowledge', 0, 3, 7) },
      { ...point(0, 'stage1.end', 1, 6), records: losses('knowledge', 0, 1, 7) },
    ]);
    const verdict = verdictOf({ recipe }, few);
    expect(changeOver(verdict, 'knowledge', whole)).toMatchObject({
      direction: 'few',
      interval: null,
      records: 7,
    });
    const { records: _, ...base } = point(0, 'base', 3, 6);
    const { records: __, ...end } = point(0, 'stage1.end', 2, 5);
    const earlier = verdictOf({ recipe }, bookOf([base, end]));
    expect(changeOver(earlier, 'alignment', whole)).toMatchObject({
      from: 6,
      to: 5,
      records: null,
    });
    expect(sufficiency(earlier)).toBe('unknown');
    expect(sufficiency(verdictOf({ recipe }, bookOf([])))).toBe('none');
    // A run that ended within its first stage was measured, but only as the base.
    expect(sufficiency(verdictOf({ recipe }, bookOf([base])))).toBe('alone');
    expect(sufficiency(verdictOf({ recipe }, intended))).toBe('enough');
  });
});

describe('the paired change of a loss', () => {
  it('has the interval of the paired t-test where all records are of one length', () => {
    const of = (values: readonly number[]): RecordLoss[] =>
      values.map((nll) => ({ dataSet: 0, kind: 'knowledge', nll, targets: 1 }));
    // Differences −1, 0, −1, 1, −1, 0, −2, −1: mean −0.625, variance 0.83929; t of 7 degrees 2.364624.
    const change = pairedChange(of([2, 2, 4, 3, 6, 6, 9, 9]), of([1, 2, 3, 4, 5, 6, 7, 8]));
    expect(change.to - change.from).toBeCloseTo(-0.625, 12);
    expect(change.direction).toBe('unclear');
    const reach = 2.364624 * Math.sqrt(0.8392857142857143 / 8);
    expect(Math.abs((change.interval?.low ?? Number.NaN) - (-0.625 - reach))).toBeLessThan(1e-3);
    expect(Math.abs((change.interval?.high ?? Number.NaN) - (-0.625 + reach))).toBeLessThan(1e-3);
  });

  it('lets a loss that is not finite reach the figures', () => {
    const records = losses('knowledge', 0, 2);
    const broken = records.map((one, i) => (i === 3 ? { ...one, nll: Number.NaN } : one));
    expect(pairedChange(records, broken).direction).toBe('unclear');
    expect(pairedChange(records, broken).to).toBeNaN();
  });
});
