/** The recipes that come with the engine. */
import { paperRecipe, quickRecipe, smallGpuRecipe } from '../training/recipe/presets.ts';
import { parseRecipe, type Recipe } from '../training/recipe/recipe.ts';

/** Recipes to train by. Each call gives a new document, which you may change freely. */
export const recipes = {
  /** The paper's pipeline with the released code's settings. */
  paper: (): Recipe => paperRecipe(),
  /** Small branches and batches, a higher rate: the whole path on a small model in minutes. */
  quick: (): Recipe => quickRecipe(),
  /** The paper's branches with shorter records and smaller moments. */
  smallGpu: (): Recipe => smallGpuRecipe(),
  /** A recipe from JSON. @throws StudioError naming the first field that is wrong */
  parse: (document: unknown): Recipe => parseRecipe(document),
};
