/** How the chosen model reads records under the recipe of the next run. */
import { tokenView } from '../../studio/data/data-reads.ts';
import { selectedModel, useModels } from '../../studio/models/models.ts';
import type { Recipe } from '../../contract/recipe.ts';

/** The model, its view of records, and a key that changes with it; null where no record can be read. */
export function useTokenView(recipe: Recipe) {
  const model = useModels(selectedModel);
  const view = model && tokenView(model.id, recipe);
  // With another template the same record reads differently. A model that is set aside is asked nothing.
  const viewKey = model && !model.aside ? `${model.template}/${JSON.stringify(view)}` : null;
  return { model, view, viewKey };
}
