import { describe, expect, it } from 'vitest';
import type { GrowthPoint, PairEvaluation } from '../../contract/experts.ts';
import {
  growthSeries,
  pairCorrelation,
  pairRows,
  routedScore,
  sameAccuracy,
  shownMeasure,
} from './expert-figures.ts';

const summary = {
  experts: 3,
  decisions: 10,
  pairs: Float64Array.of(0, 0.6, 0.3, 0.6, 0, 0.1, 0.3, 0.1, 0),
  load: Float64Array.of(0.9, 0.7, 0.4),
  meanWeight: Float64Array.of(0.5, 0.5, 0.5),
  largestPair: 0.6,
};
const score = (right: number, logLikelihood: number) => [
  { task: 'exam', items: 4, choices: 4, right, logLikelihood },
  { task: 'note', items: 1, choices: 0, right: 0, logLikelihood: -9 },
];
const evaluation: PairEvaluation = {
  id: 'e',
  runId: 'r',
  snapshot: 'stage1.end',
  createdAt: 0,
  experts: 3,
  files: [],
  items: 5,
  choices: 4,
  tasks: ['exam', 'note'],
  routed: { pair: null, tasks: score(4, -1) },
  pairs: [
    { pair: [0, 1], tasks: score(1, -8) },
    { pair: [0, 2], tasks: score(2, -6) },
    { pair: [1, 2], tasks: score(3, -4) },
  ],
};

describe('pairs', () => {
  it('stand with frequency and score, by task', () => {
    const rows = pairRows(summary, evaluation, 'accuracy', null);
    expect(rows.map(({ a, b, times, score: value }) => [a, b, times, value])).toEqual([
      [0, 1, 6, 0.25],
      [0, 2, 3, 0.5],
      [1, 2, 1, 0.75],
    ]);
    expect(pairCorrelation(rows)).toMatchObject({ count: 3, rho: -1 });
    const exam = pairRows(summary, evaluation, 'logLikelihood', 'exam');
    expect(exam.map((row) => row.score)).toEqual([-2, -1.5, -1]);
    expect(pairRows(summary, evaluation, 'accuracy', 'note')[0]?.score).toBeNull();
    expect(routedScore(evaluation, 'logLikelihood', null)).toBe(-2);
  });

  it('that are right equally often are told apart by likelihood, unless a person chose', () => {
    expect(sameAccuracy(evaluation, null)).toBeNull();
    expect(shownMeasure(evaluation, null, null)).toBe('accuracy');
    const pairs = evaluation.pairs.map(({ pair, tasks }) => ({
      pair,
      tasks: tasks.map((task) => ({ ...task, right: Math.min(2, task.choices) })),
    }));
    const alike = { ...evaluation, pairs };
    expect(sameAccuracy(alike, null)).toBe(0.5);
    expect(shownMeasure(alike, null, null)).toBe('logLikelihood');
    expect(shownMeasure(alike, 'accuracy', null)).toBe('accuracy');
    // A task without options has no accuracy at all.
    expect(sameAccuracy(evaluation, 'note')).toBeNull();
    expect(shownMeasure(evaluation, 'accuracy', 'note')).toBe('logLikelihood');
    expect(shownMeasure({ ...evaluation, choices: 0 }, null, null)).toBe('logLikelihood');
  });

  it('not measured yet have no score, and correlate with nothing', () => {
    const begun = { ...evaluation, pairs: evaluation.pairs.slice(0, 1) };
    const rows = pairRows(summary, begun, 'accuracy', null);
    expect(rows.map((row) => row.score)).toEqual([0.25, null, null]);
    expect(pairCorrelation(rows).rho).toBeNull();
  });
});

describe('growth', () => {
  const point = (stage: number, step: number, scale: number): GrowthPoint => ({
    stage,
    step,
    linears: (['gate', 'up'] as const).map((projection, i) => ({
      layer: 0,
      projection,
      norms: [{ branch: 'ka', a: scale * (i + 1), b: 0, experts: [] }],
      overlaps:
        stage === 1 ? [{ between: ['ka', 'align'] as const, meanAbs: scale, cosine: i }] : [],
    })),
  });
  const points = [point(0, 0, 1), point(0, 4, 2), point(1, 0, 2), point(1, 3, 4)];

  it('runs on over stages, one linear or the mean of all', () => {
    const [ka] = growthSeries(points, 'a', 'up');
    expect(ka?.points.map(({ x, value }) => [x, value])).toEqual([
      [0, 2],
      [4, 4],
      [4, 4],
      [7, 8],
    ]);
    expect(growthSeries(points, 'a', null)[0]?.points.map(({ value }) => value)).toEqual([
      1.5, 3, 3, 6,
    ]);
    const [overlap] = growthSeries(points, 'cosine', null);
    expect(overlap?.branches).toEqual(['ka', 'align']);
    expect(overlap?.points.map(({ x, value }) => [x, value])).toEqual([
      [4, 0.5],
      [7, 0.5],
    ]);
  });
});
