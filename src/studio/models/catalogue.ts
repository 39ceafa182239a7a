/** The catalogue of known bases: what they are, what a run on them takes, and their look-up on the hub. */
import type { CatalogueEntry, CatalogueNeeds } from '../../contract/models.ts';
import type { Recipe } from '../../contract/recipe.ts';
import { worker } from '../../worker/client.ts';
import { useHub } from './hub.ts';

export function readCatalogue(): Promise<readonly CatalogueEntry[]> {
  return worker.call('models.catalogue', {});
}

/** Plans for the recipe in use, by base: several cells of a table ask for the same. */
let plans = { recipe: '', needs: new Map<string, Promise<CatalogueNeeds | null>>() };

let last: Promise<unknown> = Promise.resolve();

/** @throws StudioError where there is no device */
export function readCatalogueNeeds(name: string, recipe: Recipe): Promise<CatalogueNeeds | null> {
  const key = JSON.stringify(recipe);
  if (plans.recipe !== key) plans = { recipe: key, needs: new Map() };
  const { needs } = plans;
  const known = needs.get(name);
  if (known) return known;
  const asked = last.then(async () => {
    // One at a time, after whatever else was asked: nobody waits for a plan of a model that is not here.
    await worker.idle();
    // A plan that waited until the recipe changed is of no use.
    return plans.recipe === key ? worker.call('models.catalogueNeeds', { name, recipe }) : null;
  });
  last = asked.catch(() => undefined);
  needs.set(name, asked);
  // Without a device nothing is known: the next question is asked anew.
  asked.catch(() => needs.delete(name));
  return asked;
}

/** Asks the hub for a known base, as if its name had been typed. */
export function lookUpBase(name: string): Promise<void> {
  useHub.getState().setName(name);
  return useHub.getState().lookUp();
}
