/** Reads the settings of a measurement as the page keeps them. */
import { z } from 'zod';
import { choiceMethods, KNOWN_TASKS, MOST_SHOTS } from '../../engine/evaluation/settings.ts';
import type { EvaluationSettings } from '../../contract/evaluation.ts';

export { MOST_SHOTS };

export const keptSettings: z.ZodType<EvaluationSettings> = z.object({
  maxItems: z.int().min(0),
  choices: z.enum(choiceMethods),
  perplexity: z.boolean(),
  closed: z.enum(['labels', 'text']).exactOptional(),
  known: z.enum(KNOWN_TASKS).exactOptional(),
  shots: z.int().min(0).max(MOST_SHOTS).exactOptional(),
  answerTokens: z.int().min(0).max(4096).exactOptional(),
  unsure: z.boolean().exactOptional(),
  products: z.enum(['float32', 'float16']).exactOptional(),
});
