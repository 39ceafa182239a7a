/** What one seed of the memorisation measurement gives, as it is kept. */
import { z } from 'zod';

/** Canaries planted as knowledge train in stage 1, those planted as alignment in both stages. */
export const KINDS = ['knowledge', 'alignment'] as const;

const exposures = z
  .array(z.object({ times: z.int(), bits: z.array(z.number()).readonly(), mean: z.number() }))
  .readonly();

const measuredState = z.object({
  id: z.string(),
  label: z.string(),
  exposures: z.object({ knowledge: exposures, alignment: exposures }),
  /** Null of the base model. */
  auc: z.number().nullable(),
  truePositives: z.number().nullable(),
  extracted: z.array(z.object({ tokens: z.int(), records: z.int(), of: z.int() })),
  /** Mean of the longest matches, in tokens. */
  matched: z.number(),
  trainedLoss: z.number(),
  heldOutLoss: z.number(),
});
export type MeasuredState = z.infer<typeof measuredState>;

export const seedSchema = z.object({
  seed: z.int(),
  adapter: z.string(),
  states: z.array(measuredState),
  members: z.int(),
  nonMembers: z.int(),
  cut: z.int(),
});
export type SeedResult = z.infer<typeof seedSchema>;
