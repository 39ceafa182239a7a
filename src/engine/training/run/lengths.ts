/** How long the records and micro-batches of a recipe may be. */
import type { ModelConfig } from '../../model/config.ts';
import type { Recipe } from '../recipe/recipe.ts';

/** Rows of a micro-batch of this recipe. */
export function microBatchRows(recipe: Recipe): number {
  return recipe.batch.microBatchTokens;
}

/** Longest record a run can train on: of the recipe, the model's context and a micro-batch, the least. */
export function longestRecord(config: ModelConfig, recipe: Recipe): number {
  return Math.min(recipe.batch.maxLength, config.contextLength, microBatchRows(recipe));
}

/** Rotary positions that a run keeps tables for. */
export function rotaryPositions(config: ModelConfig, recipe: Recipe): number {
  return longestRecord(config, recipe);
}
