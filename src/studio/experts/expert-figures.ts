/** Prepares the figures about experts: pairs by frequency and score, and branches over training. */
import { projections } from '../runs/recipe-schema.ts';
import type { Projection } from '../../contract/recipe.ts';
import type {
  GrowthPoint,
  PairEvaluation,
  RoutedScore,
  RoutedTaskScore,
} from '../../contract/experts.ts';
import type { RoutingSummary } from './experts.ts';
import {
  spearman,
  type RankCorrelation,
} from '../../engine/evaluation/statistics/rank-correlation.ts';

export type { RankCorrelation };

/** Share of questions with a choice answered right, or mean log p per token of the right answer. */
export type PairMeasure = 'accuracy' | 'logLikelihood';

/** One unordered pair: how often it was chosen (figure 4 a) and what it scores when forced (figure 4 b). */
export interface PairRow {
  readonly a: number;
  readonly b: number;
  readonly share: number;
  readonly times: number;
  /** Null where it was not measured. */
  readonly score: number | null;
}

/** The scores of some tasks together: accuracy over questions with a choice, mean log p over all. */
function pooledScore(
  { tasks }: RoutedScore,
  task: string | null,
): { readonly accuracy: number | null; readonly logLikelihood: number | null } {
  const own = tasks.filter((one) => task === null || one.task === task);
  const sum = (of: (one: RoutedTaskScore) => number): number =>
    own.reduce((total, one) => total + of(one), 0);
  const items = sum((one) => one.items);
  const choices = sum((one) => one.choices);
  return {
    accuracy: choices > 0 ? sum(({ right }) => right) / choices : null,
    logLikelihood: items > 0 ? sum((one) => one.logLikelihood) / items : null,
  };
}

function scoreOf(
  routed: RoutedScore | null | undefined,
  measure: PairMeasure,
  task: string | null,
): number | null {
  return routed ? pooledScore(routed, task)[measure] : null;
}

function accuraciesOf(
  evaluation: Pick<PairEvaluation, 'pairs'> | null,
  task: string | null,
): (number | null)[] {
  return (evaluation?.pairs ?? []).map((pair) => scoreOf(pair, 'accuracy', task));
}

/**
 * The accuracy that all scored pairs share, where it tells none of them apart: models that give one answer to every
 * question are right equally often, whichever experts they use. Null where accuracies differ or are not known.
 */
export function sameAccuracy(
  evaluation: Pick<PairEvaluation, 'pairs'> | null,
  task: string | null,
): number | null {
  const [first = null, ...others] = accuraciesOf(evaluation, task);
  return others.length > 0 && others.every((accuracy) => accuracy === first) ? first : null;
}

/** The measure to show: the one that a person chose, else accuracy where it is known and tells pairs apart. */
export function shownMeasure(
  evaluation: Pick<PairEvaluation, 'pairs' | 'choices'> | null,
  chosen: PairMeasure | null,
  task: string | null,
): PairMeasure {
  const accuracies = accuraciesOf(evaluation, task);
  // Questions without options have no accuracy.
  const none = accuracies.length > 0 && accuracies.every((accuracy) => accuracy === null);
  if (none || evaluation?.choices === 0) return 'logLikelihood';
  return chosen ?? (sameAccuracy(evaluation, task) === null ? 'accuracy' : 'logLikelihood');
}

/** Every pair in the order of experts, with the scores of an evaluation where it has them. */
export function pairRows(
  { experts, pairs, decisions }: RoutingSummary,
  evaluation: PairEvaluation | null,
  measure: PairMeasure,
  task: string | null,
): PairRow[] {
  const scored = new Map(evaluation?.pairs.map((score) => [score.pair?.join(), score]));
  return Array.from({ length: experts }, (_, a) => a).flatMap((a) =>
    Array.from({ length: experts - a - 1 }, (_, offset) => {
      const b = a + 1 + offset;
      const share = pairs[a * experts + b] ?? 0;
      const score = scoreOf(scored.get(`${a},${b}`), measure, task);
      return { a, b, share, times: Math.round(share * decisions), score };
    }),
  );
}

/** The score of the routers' own choices on the same questions. */
export function routedScore(
  evaluation: PairEvaluation | null,
  measure: PairMeasure,
  task: string | null,
): number | null {
  return scoreOf(evaluation?.routed, measure, task);
}

/** Spearman's ρ of frequency and score, over the pairs that have both. */
export function pairCorrelation(rows: readonly PairRow[]): RankCorrelation {
  const both = rows.flatMap(({ share, score }) => (score === null ? [] : [{ share, score }]));
  return spearman(
    both.map(({ share }) => share),
    both.map(({ score }) => score),
  );
}

/** Frobenius norms of A and of B, mean |A_k A_dᵀ| entry, mean |cosine| between rows. */
export type GrowthMeasure = 'a' | 'b' | 'meanAbs' | 'cosine';

export interface GrowthPlace {
  readonly stage: number;
  /** Optimiser steps of the stage taken. */
  readonly step: number;
  /** Steps taken since the run began. */
  readonly x: number;
}

/** One branch, or one pair of branches, at one layer over training. */
export interface GrowthSeries {
  readonly layer: number;
  readonly branches: readonly string[];
  readonly points: readonly (GrowthPlace & { readonly value: number })[];
}

/** Places of the points on the axis of steps: stages follow each other, each as long as its points reach. */
export function growthPlaces(points: readonly GrowthPoint[]): GrowthPlace[] {
  const lengths = new Map<number, number>();
  for (const { stage, step } of points) {
    lengths.set(stage, Math.max(step, lengths.get(stage) ?? 0));
  }
  return points.map(({ stage, step }) => {
    const before = [...lengths].reduce(
      (sum, [earlier, length]) => (earlier < stage ? sum + length : sum),
      0,
    );
    return { stage, step, x: before + step };
  });
}

/** Linears for which the points have branches, in the order of the model. */
export function growthProjections(points: readonly GrowthPoint[]): Projection[] {
  const found = new Set(points.flatMap(({ linears }) => linears.map((one) => one.projection)));
  return projections.filter((projection) => found.has(projection));
}

/**
 * Values over training by layer and branch (or pair of branches); with `projection` null, the mean over those
 * linears of a layer that have values.
 */
export function growthSeries(
  points: readonly GrowthPoint[],
  measure: GrowthMeasure,
  projection: Projection | null,
): GrowthSeries[] {
  const places = growthPlaces(points);
  const series = new Map<
    string,
    { layer: number; branches: readonly string[]; points: (GrowthPlace & { value: number })[] }
  >();
  points.forEach(({ linears }, index) => {
    const place = places[index];
    if (!place) return;
    const values = new Map<string, { layer: number; branches: readonly string[]; all: number[] }>();
    for (const linear of linears) {
      if (projection !== null && linear.projection !== projection) continue;
      const add = (branches: readonly string[], value: number): void => {
        const key = `${linear.layer} ${branches.join(' ')}`;
        const known = values.get(key) ?? { layer: linear.layer, branches, all: [] };
        known.all.push(value);
        values.set(key, known);
      };
      if (measure === 'a' || measure === 'b') {
        for (const norms of linear.norms) add([norms.branch], norms[measure]);
      } else for (const overlap of linear.overlaps) add(overlap.between, overlap[measure]);
    }
    for (const [key, { layer, branches, all }] of values) {
      const known = series.get(key) ?? { layer, branches, points: [] };
      const value = all.reduce((sum, one) => sum + one, 0) / all.length;
      known.points.push({ ...place, value });
      series.set(key, known);
    }
  });
  return [...series.values()].sort((a, b) => a.layer - b.layer);
}
