/** Keeps the preset fitted to the chosen data and model while a page is open. */
import { useEffect, useEffectEvent } from 'react';
import { trainingSets, useDataSets } from '../../../studio/data/data-sets.ts';
import { needsTemplate, selectedModel, useModels } from '../../../studio/models/models.ts';
import { useRecipe } from '../../../studio/runs/recipe.ts';
import { fitRecipe } from '../../../studio/runs/recipe-fit.ts';

export function useFittedRecipe(): void {
  const model = useModels(selectedModel);
  const sets = trainingSets(useDataSets());
  const truncation = useRecipe((state) => state.recipe.truncation);
  const readable = model && !model.aside && !needsTemplate(model) && sets.length > 0;
  const key = readable
    ? JSON.stringify([model.id, model.template, truncation, sets.map(({ id, kind }) => [id, kind])])
    : null;
  const fit = useEffectEvent(() => {
    if (model) fitRecipe({ sets, model });
  });
  useEffect(() => {
    if (key !== null) fit();
  }, [key]);
}
