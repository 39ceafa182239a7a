/** Fits the presets to the chosen data and model. */
import type { DataSetSummary } from '../../contract/data.ts';
import type { ModelSummary } from '../../contract/models.ts';
import { readHistogram, tokenView } from '../data/data-reads.ts';
import { useRecipe } from './recipe.ts';

let latest: Promise<void> = Promise.resolve();

/**
 * Reads how long the records are for the model, and fits the preset to it. What cannot be read fits nothing: the
 * preset stays as it was.
 */
export function fitRecipe(
  sets: readonly Pick<DataSetSummary, 'id' | 'kind' | 'records'>[],
  model: Pick<ModelSummary, 'id' | 'contextLength' | 'parameters'>,
): void {
  const { recipe } = useRecipe.getState();
  const view = tokenView(model.id, recipe);
  const { contextLength: context, parameters } = model;
  const mine = Promise.all(
    sets.map(async ({ id, kind, records }) => {
      const { needed, usualLongest, counted, refused, totalTokens } = await readHistogram(id, view);
      const mean = totalTokens / Math.max(1, counted - refused);
      return { kind, records, needed, longest: usualLongest, mean };
    }),
  )
    .then((found) => {
      // The choice may have changed meanwhile.
      if (latest === mine) useRecipe.getState().fit({ sets: found, context, parameters });
    })
    .catch(() => undefined);
  latest = mine;
}

/** Resolves when the latest fit is done. */
export async function recipeFitted(): Promise<void> {
  let waited: Promise<void> | null = null;
  while (waited !== latest) {
    waited = latest;
    await waited;
  }
}
