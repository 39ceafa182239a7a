/** What scores must look like where they arrive: in a request of the page, and in an archive. */
import { z } from 'zod';
import type { ArchivedScore } from './archive-protocol.ts';

const text = z.string().max(400);

const score: z.ZodType<ArchivedScore> = z.strictObject({
  snapshot: z.string().min(1).max(200),
  label: text,
  task: text,
  kind: z.enum(['knowledge', 'alignment']),
  metric: z.enum(['accuracy', 'micro-f1', 'macro-f1', 'weighted-f1', 'rouge-l']),
  score: z.number().min(0).max(1),
  items: z.int().min(0),
  measuredAt: z.number().min(0).max(1e16),
});

export const scoresSchema = z.array(score).max(10_000);
