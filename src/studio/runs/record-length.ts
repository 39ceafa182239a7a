/** What the next run does with records that are too long: how many teach nothing, and the changes that mend it. */
import type { CutOfSet, RunData } from '../../contract/runs.ts';
import { useRecipe } from './recipe.ts';

/** Lets records keep this many tokens. Returns the act that undoes it. */
export function allowLength(length: number): () => void {
  const { recipe, setRecipe } = useRecipe.getState();
  const { batch } = recipe;
  // A record has to fit a micro-batch as well.
  const microBatchTokens = Math.max(batch.microBatchTokens, length);
  setRecipe({ ...recipe, batch: { ...batch, maxLength: length, microBatchTokens } });
  return () => void setRecipe(recipe);
}

/** Cuts the prompt of a record that is too long, where the recipe cut off its answer. Returns the act that undoes it. */
export function cutPrompts(): () => void {
  const { recipe, setRecipe } = useRecipe.getState();
  setRecipe({ ...recipe, truncation: 'prompt-middle' });
  return () => void setRecipe(recipe);
}

/** The set most of whose records teach nothing because they are cut; the one with the most such records. */
export function mostlyNothing({ cutBySet = [] }: Pick<RunData, 'cutBySet'>): CutOfSet | null {
  const found = cutBySet.filter(({ records, nothing }) => 2 * nothing > records);
  return found.toSorted((one, other) => other.nothing - one.nothing)[0] ?? null;
}
