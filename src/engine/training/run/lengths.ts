/** How long the records and micro-batches of a recipe may be. */
import type { ModelConfig } from '../../model/config.ts';
import type { Limit } from '../../../text/labels/truncation.ts';
import type { Recipe } from '../recipe/recipe.ts';

/** Rows of a micro-batch of this recipe. */
export function microBatchRows(recipe: Recipe): number {
  return recipe.batch.microBatchTokens;
}

/** Longest record that a run can train on: the least of recipe, model context and micro-batch. */
export function longestRecord(config: ModelConfig, recipe: Recipe): number {
  return Math.min(recipe.batch.maxLength, config.contextLength, microBatchRows(recipe));
}

/** What a run does with longer records: how much they keep, and what is cut out. */
export function recordLimit(config: ModelConfig, recipe: Recipe): Limit {
  return { maxLength: longestRecord(config, recipe), truncation: recipe.truncation ?? 'end' };
}

/** Rotary positions for which a run keeps tables. */
export function rotaryPositions(config: ModelConfig, recipe: Recipe): number {
  return longestRecord(config, recipe);
}
