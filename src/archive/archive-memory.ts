/** What the states of a run remember, as an archive must hold it: figures and counts, no records and no places of them. */
import { z } from 'zod';
import type { RunMemory, StateMemory } from '../contract/memorisation.ts';
import { DROP_SAYS, MEMORY_MEASURES } from '../engine/evaluation/memorisation/state-memory.ts';
import { DATA_KINDS } from '../formats/records/record-types.ts';

const count = z.int().min(0);
const id = z.string().min(1).max(200);
/** Bits, shares and tokens, and differences of them. */
const figure = z.number().min(-1000).max(1000);
const estimate = z.strictObject({
  value: figure,
  interval: z.strictObject({ low: figure, high: figure }).nullable(),
});

const state: z.ZodType<StateMemory & { readonly snapshot: string }> = z.strictObject({
  snapshot: id,
  exposures: z
    .array(
      z.strictObject({ kind: z.enum(DATA_KINDS), times: count, canaries: count, bits: estimate }),
    )
    .max(100),
  planted: estimate.nullable(),
  membership: z.strictObject({ auc: estimate, truePositives: estimate }).nullable(),
  extraction: z
    .strictObject({
      records: count,
      matched: estimate,
      shares: z
        .array(z.strictObject({ tokens: count, records: count, greedy: count, of: count }))
        .max(16),
    })
    .nullable(),
});

export const memorySchema: z.ZodType<RunMemory> = z.strictObject({
  measuredAt: z.number().min(0).max(1e16),
  adapter: z.string().max(1000),
  milliseconds: z.number().min(0),
  settings: z.strictObject({ records: count, continued: count, draws: count }),
  members: count,
  heldOut: count,
  continued: count,
  references: count.nullable(),
  canaries: count,
  planted: count,
  states: z.array(state).min(1).max(64),
  drop: z
    .strictObject({
      branches: z.array(z.string().max(100)).max(64),
      before: id,
      after: id,
      changes: z
        .array(
          z.strictObject({
            measure: z.enum(MEMORY_MEASURES),
            before: z.boolean(),
            after: z.boolean(),
            change: estimate,
          }),
        )
        .max(MEMORY_MEASURES.length),
      says: z.enum(DROP_SAYS),
    })
    .nullable(),
  leaked: count,
  leaks: z.array(z.never()).max(0),
});

/** The same without the places of records that leak: who has the archive need not have the records. */
export function archivedMemory(memory: RunMemory): RunMemory {
  return { ...memory, leaks: [] };
}
