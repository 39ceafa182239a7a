/** How long the next run will take: from its steps, its tokens, and what steps took on this device before. */
import { create } from 'zustand';
import type { Recipe, RecipeStage } from '../../contract/recipe.ts';
import type { StageLoad } from '../../contract/runs.ts';
import {
  ablationOf,
  canBeAblated,
  withDataFraction,
  type AblationId,
} from '../../engine/training/recipe/ablations.ts';
import { worker } from '../../worker/client.ts';

export interface Estimate {
  readonly steps: number;
  /** Of one step on average, and of all steps; without validation and sample answers. */
  readonly stepMilliseconds: number;
  readonly milliseconds: number;
}

/** @param pace milliseconds per token */
export function estimateOf(stages: readonly StageLoad[], pace: number): Estimate {
  const steps = stages.reduce((sum, stage) => sum + stage.steps, 0);
  const tokens = stages.reduce((sum, stage) => sum + stage.tokens, 0);
  const milliseconds = tokens * pace;
  return { steps, milliseconds, stepMilliseconds: milliseconds / Math.max(1, steps) };
}

/** The whole method's work, from which that of its ablations follows. */
export interface WholeWork {
  readonly recipe: Recipe;
  /** Of each of its stages. */
  readonly stages: readonly StageLoad[];
}

/** The work of an ablation: each of its stages is as much as the whole method's on the same kinds of records. */
export function ablationLoads({ recipe, stages }: WholeWork, ablation: Recipe): StageLoad[] {
  const share = ({ data, epochs }: RecipeStage): number => data.fraction * epochs;
  return ablation.stages.map((stage) => {
    const kinds = [...stage.data.kinds].sort().join();
    const at = recipe.stages.findIndex(({ data }) => [...data.kinds].sort().join() === kinds);
    const [like, load] = [recipe.stages[at], stages[at]];
    if (!like || !load) return { steps: 0, tokens: 0 };
    const ratio = share(stage) / share(like);
    return { steps: Math.ceil(load.steps * ratio), tokens: load.tokens * ratio };
  });
}

/**
 * Milliseconds that the trainings of a grid take together, without measuring.
 * @param shares below 1 of the data of stage 1 and of stage 2, each a training of the whole method
 * @param pace milliseconds per token
 */
export function gridMilliseconds(
  whole: WholeWork,
  ids: readonly AblationId[],
  shares: readonly [readonly number[], readonly number[]],
  pace: number,
): number {
  if (!canBeAblated(whole.recipe)) return 0;
  const recipes = [
    ...ids.map((id) => ablationOf(id).recipe(whole.recipe)),
    ...([0, 1] as const).flatMap((stage) =>
      shares[stage].map((share) => withDataFraction(whole.recipe, stage, share)),
    ),
  ];
  const loads = recipes.flatMap((recipe) => ablationLoads(whole, recipe));
  return estimateOf(loads, pace).milliseconds;
}

interface PaceState {
  /** Milliseconds per token of the latest dry run of each model, since the page was opened. */
  readonly tried: Readonly<Record<string, number>>;
  readonly keep: (modelId: string, pace: number) => void;
}

export const usePace = create<PaceState>()((set) => ({
  tried: {},
  keep: (modelId, pace) => set(({ tried }) => ({ tried: { ...tried, [modelId]: pace } })),
}));

/** Milliseconds per token of the latest run of this model on this adapter; null without one. */
export function readPace(modelId: string, adapter: string): Promise<number | null> {
  return worker.call('runs.pace', { modelId, adapter });
}
