/** Reads the settings of a measurement as the page keeps them. */
import { z } from 'zod';
import type { EvaluationSettings } from '../../contract/evaluation.ts';

export const keptSettings: z.ZodType<EvaluationSettings> = z.object({
  maxItems: z.int().min(0),
  choices: z.enum(['likelihood', 'generated']),
  perplexity: z.boolean(),
  closed: z.enum(['labels', 'text']).exactOptional(),
  answerTokens: z.int().min(0).max(4096).exactOptional(),
  unsure: z.boolean().exactOptional(),
  products: z.enum(['float32', 'float16']).exactOptional(),
});
