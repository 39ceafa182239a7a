/** The recipe of a run: a file, or one of those that come with the engine. */
import { readFile } from 'node:fs/promises';
import { recipes, type Recipe } from '../../engine/index.ts';
import { fault } from '../../faults/fault.ts';
import { parseJson } from '../../formats/texts/json.ts';

const builtIn: Readonly<Record<string, () => Recipe>> = {
  paper: recipes.paper,
  quick: recipes.quick,
  'small-gpu': recipes.smallGpu,
};

/**
 * @param place path of a recipe, or the name of a built-in one
 * @throws StudioError `path-missing`, `json-…`, `recipe-invalid` with the first field that is wrong
 */
export async function readRecipe(place: string): Promise<Recipe> {
  const known = Object.hasOwn(builtIn, place) ? builtIn[place] : undefined;
  if (known) return known();
  const text = await readFile(place, 'utf8').catch((cause: unknown) => {
    throw fault('path-missing', { path: place }, { cause });
  });
  return recipes.parse(parseJson(text, { name: place }));
}
