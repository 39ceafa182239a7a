/** What a run's Noise Aggregator holds of its records, as an archive must hold it: figures of kinds of records. */
import { z } from 'zod';
import type { RunNoise } from '../contract/experts.ts';

const count = z.int().min(0);
/** Means of −log p and differences of them, in nats; null where JSON had no number, as of no record. */
const figure = z.number().min(-1e6).max(1e6);
const interval = z.strictObject({ mean: figure, low: figure, high: figure });

const losses = {
  records: count,
  withNoise: figure.nullable().transform((value) => value ?? Number.NaN),
  without: figure.nullable().transform((value) => value ?? Number.NaN),
  held: interval.nullable(),
};
const state = z.string().min(1).max(200);
const correlation = z.number().min(-1).max(1);

export const noiseSchema: z.ZodType<RunNoise> = z.strictObject({
  measuredAt: z.number().min(0).max(1e16),
  states: z.strictObject({ withNoise: state, without: state }),
  trained: count,
  notFinite: count,
  all: z.strictObject(losses),
  heldOut: z.strictObject(losses).nullable(),
  byTask: z.array(z.strictObject({ task: z.string().max(1000), ...losses })).max(256),
  length: z.strictObject({ rho: correlation, low: correlation, high: correlation }).nullable(),
  repeated: z.strictObject(losses),
  single: z.strictObject(losses),
  canaries: z.array(z.strictObject({ times: count, ...losses })).max(100),
});
