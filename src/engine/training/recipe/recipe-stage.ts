/** Lays out a stage of a recipe exactly as a run trains it. */
import { layOutBranches } from '../../branches/layout.ts';
import type { DeviceTraits } from '../../gpu/kernel.ts';
import type { ModelConfig } from '../../model/config.ts';
import type { ModelWeights } from '../../model/weights.ts';
import { mergingOf, stageBranches } from '../stage/branch-plans.ts';
import type { Recipe } from './recipe.ts';
import { planStage, type StagePlan } from '../stage/stage-plan.ts';

export interface RecipeStageOptions {
  readonly config: ModelConfig;
  readonly weights: ModelWeights;
  readonly recipe: Recipe;
  readonly stage: number;
  /** Tasks by which routing is counted. */
  readonly tasks: number;
  readonly traits: DeviceTraits;
}

/**
 * Lays out every stage of a recipe.
 * @throws StudioError `merge-needs-float32`
 */
export function planRecipe(options: Omit<RecipeStageOptions, 'stage'>): StagePlan[] {
  return options.recipe.stages.map((_, stage) => planRecipeStage({ ...options, stage }));
}

/**
 * Lays out a stage of a recipe as a run trains it, without a device.
 * @throws StudioError `merge-needs-float32`
 */
export function planRecipeStage(options: RecipeStageOptions): StagePlan {
  const { config, weights, recipe, stage, tasks, traits } = options;
  return planStage({
    config,
    weights,
    layout: layOutBranches(config, stageBranches(recipe, stage, mergingOf(weights))),
    optimizer: recipe.optimizer,
    orthogonal: recipe.stages[stage]?.orthogonal ?? null,
    rows: recipe.batch.microBatchTokens,
    checkpointing: recipe.checkpointing,
    products: recipe.products,
    tasks,
    traits,
  });
}
