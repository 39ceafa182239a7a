/** Parts of a run as its archive, its folder and the database hold them. */
import type { GrowthPoint, RoutingCounts } from '../contract/experts.ts';
import type { StepMetrics } from '../contract/runs.ts';
import type { Recipe } from '../engine/training/recipe/recipe.ts';

export interface StoredStep {
  readonly metrics: StepMetrics;
  /** Data set (index into the run's list) and row of every record of the step, in pairs. */
  readonly rows: Uint32Array;
}

export interface StoredRouting {
  readonly experts: number;
  readonly active: number;
  readonly counts: readonly RoutingCounts[];
}

/** Routing counts with the size of the recipe's mixture; null where it has none, or nothing was counted. */
export function storedRouting(
  recipe: Recipe,
  counts: readonly RoutingCounts[],
): StoredRouting | null {
  const mixture = recipe.stages
    .flatMap(({ attach }) => attach)
    .find(({ type }) => type === 'mixture');
  if (mixture?.type !== 'mixture' || counts.length === 0) return null;
  const { experts, active } = mixture;
  return { experts, active, counts };
}

export interface StoredGrowth {
  readonly point: GrowthPoint;
  /** Choices counted from the beginning of the stage to this point. */
  readonly routing: readonly RoutingCounts[];
}
