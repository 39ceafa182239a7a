/** The recipe as page and worker name it; the document and its schema are the engine's. */
export type { Projection } from '../engine/model/projections.ts';
export type { Difference, Fate } from '../engine/training/recipe/recipe-difference.ts';
export type {
  FitSettings,
  Recipe,
  RecipeBranch,
  RecipeStage,
} from '../engine/training/recipe/recipe.ts';
