/** What decides, beside tokenizer and template, how a record becomes tokens and targets. */
import type { ModelConfig } from '../../model/config.ts';
import type { Recipe } from '../recipe/recipe.ts';
import { longestRecord } from './lengths.ts';

export interface EncodingRules extends Pick<Recipe, 'labels' | 'reasoning' | 'truncation'> {
  /** The most tokens of a record. */
  readonly maxLength: number;
}

export function encodingRules(config: ModelConfig, recipe: Recipe): EncodingRules {
  const { labels, reasoning, truncation } = recipe;
  return {
    labels,
    ...(reasoning && { reasoning }),
    ...(truncation && { truncation }),
    maxLength: longestRecord(config, recipe),
  };
}
