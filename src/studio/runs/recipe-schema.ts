/** Reads the recipe's schema: the range of each number, and the choices of each list. */
import { z } from 'zod';
import {
  attentionProjections,
  feedForwardProjections,
  projections,
  recipeSchema,
  type Projection,
  type Recipe,
} from '../../engine/training/recipe/recipe.ts';

export { projections };

/** The two halves of a block, and the linears in each. */
export const blockHalves: readonly [
  { readonly key: 'attention'; readonly targets: readonly Projection[] },
  { readonly key: 'feedForward'; readonly targets: readonly Projection[] },
] = [
  { key: 'attention', targets: attentionProjections },
  { key: 'feedForward', targets: feedForwardProjections },
];

export interface NumberRange {
  readonly min: number;
  readonly max: number;
  /** Whether `min` itself is excluded. */
  readonly above: boolean;
  /** Whether `max` itself is excluded. */
  readonly below: boolean;
  readonly integer: boolean;
}

/** The schema inside `optional`, `nullable` and `default`. */
function bare(schema: unknown): unknown {
  return schema instanceof z.ZodOptional ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodDefault
    ? bare(schema.unwrap())
    : schema;
}

/** The schema of one key or index; undefined where there is none. */
function inside(schema: unknown, key: string): unknown {
  if (schema instanceof z.ZodObject) return bare(schema.shape[key]);
  if (schema instanceof z.ZodArray) return bare(schema.element);
  if (schema instanceof z.ZodRecord) return bare(schema.valueType);
  if (!(schema instanceof z.ZodDiscriminatedUnion)) return undefined;
  return schema.options.map((option) => inside(option, key)).find((found) => found !== undefined);
}

/** A choice for any setting outside the stages. */
export type RecipeChoice =
  | Recipe['scaling' | 'initialisation' | 'labels' | 'checkpointing' | 'products']
  | NonNullable<Recipe['truncation']>
  | Recipe['optimizer']['schedule' | 'moments'];

const settingAt = (path: string): unknown => path.split('.').reduce(inside, recipeSchema);

/** The choices for the setting at a path. @throws RangeError where the recipe has no choice */
export function recipeChoices(path: string): readonly RecipeChoice[] {
  const schema = settingAt(path);
  if (!(schema instanceof z.ZodEnum)) throw new RangeError(`The recipe has no choice at ${path}`);
  return schema.options as readonly RecipeChoice[];
}

/**
 * @param path keys and indices joined by dots: `stages.0.epochs`
 * @throws RangeError where the recipe has no number
 */
export function recipeRange(path: string): NumberRange {
  const schema = settingAt(path);
  if (!(schema instanceof z.ZodNumber)) throw new RangeError(`The recipe has no number at ${path}`);
  const { minValue, maxValue } = schema;
  if (minValue === null || maxValue === null) throw new RangeError(`${path} has no range`);
  const allowed = (value: number): boolean => schema.safeParse(value).success;
  return {
    min: minValue,
    max: maxValue,
    above: !allowed(minValue),
    below: !allowed(maxValue),
    integer: schema.format === 'safeint',
  };
}
