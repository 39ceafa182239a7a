/** What requests about evaluations and ablations must look like (schemas.ts). */
import { z } from 'zod';
import { CLOSED_ANSWERS } from '../../engine/evaluation/record-items.ts';
import { choiceMethods } from '../../engine/evaluation/tasks.ts';
import { ablationIds } from '../../engine/training/recipe/ablations.ts';
import type { Recipe } from '../../engine/training/recipe/recipe.ts';
import type { AblationCalls } from './ablation-protocol.ts';
import type { EvaluateCalls } from './evaluate-protocol.ts';
import type { ModelVariant } from '../protocol.ts';

const name = z.string().min(1).max(200);
const files = z.array(z.instanceof(File)).max(100);
const settings = z.strictObject({
  maxItems: z.int().min(0),
  choices: z.enum(choiceMethods),
  perplexity: z.boolean(),
  closed: z.enum(CLOSED_ANSWERS).exactOptional(),
});
const shares = z.array(z.number().gt(0).max(1)).max(20);

export function evaluateSchemas(
  variant: z.ZodType<ModelVariant>,
  recipe: z.ZodType<Recipe>,
): {
  readonly [K in keyof (EvaluateCalls & AblationCalls)]: z.ZodType<
    (EvaluateCalls & AblationCalls)[K]['in']
  >;
} {
  return {
    'evaluate.run': z.strictObject({ variant, label: name, files, settings, task: name }),
    'evaluate.continue': z.strictObject({ id: name, task: name }),
    'evaluate.list': z.strictObject({}),
    'evaluate.remove': z.strictObject({ ids: z.array(name).max(1000) }),
    'evaluate.samples': z.strictObject({
      id: name,
      task: name,
      order: z.enum(['best', 'worst']),
      count: z.int().min(1).max(100),
    }),
    'evaluate.compare': z.strictObject({ first: name, second: name }),
    'evaluate.export': z.strictObject({
      ids: z.array(name).min(1).max(1000),
      format: z.enum(['csv', 'jsonl']),
    }),
    'ablation.recipes': z.strictObject({}),
    'ablation.create': z.strictObject({
      name: z.string().max(200),
      modelId: name,
      dataSetIds: z.array(name).min(1),
      recipe,
      choice: z.strictObject({
        ablations: z.array(z.enum(ablationIds)),
        fractions: z.tuple([shares, shares]),
      }),
      files,
      settings,
    }),
    'ablation.run': z.strictObject({ id: name, task: name }),
    'ablation.list': z.strictObject({}),
    'ablation.report': z.strictObject({ id: name }),
    'ablation.remove': z.strictObject({ id: name }),
    'ablation.export': z.strictObject({ id: name, format: z.enum(['csv', 'markdown']) }),
  };
}
