/** Fits the presets to the chosen data and model. */
import type { DataSetSummary } from '../../contract/data.ts';
import type { ModelSummary } from '../../contract/models.ts';
import type { Recipe } from '../../contract/recipe.ts';
import type { FitFacts } from '../../engine/training/recipe/fitted.ts';
import { readHistogram, tokenView } from '../data/data-reads.ts';
import { useRecipe } from './recipe.ts';

let latest: Promise<void> = Promise.resolve();

/** The sets and the model of a run: what a preset is fitted to. */
export interface FitInputs {
  readonly sets: readonly Pick<DataSetSummary, 'id' | 'kind' | 'records'>[];
  readonly model: Pick<ModelSummary, 'id' | 'contextLength' | 'parameters'>;
}

/** Reads how long the records are for the model, as the recipe renders them. */
export async function readFitFacts({ sets, model }: FitInputs, recipe: Recipe): Promise<FitFacts> {
  const view = tokenView(model.id, recipe);
  const found = await Promise.all(
    sets.map(async ({ id, kind, records }) => {
      const { needed, usualLongest, counted, refused, totalTokens } = await readHistogram(id, view);
      const mean = totalTokens / Math.max(1, counted - refused);
      return { kind, records, needed, longest: usualLongest, mean };
    }),
  );
  return { sets: found, context: model.contextLength, parameters: model.parameters };
}

/** Fits the preset to the records and the model. What cannot be read fits nothing: the preset stays as it was. */
export function fitRecipe(inputs: FitInputs): void {
  const mine = readFitFacts(inputs, useRecipe.getState().recipe)
    .then((facts) => {
      // The choice may have changed meanwhile.
      if (latest === mine) useRecipe.getState().fit(facts);
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
