/** The result of tuning: its schema, the choices in it, the device it holds for. */
import { z } from 'zod';
import type { KernelChoices } from '../gpu/kernel.ts';
import { adapterKey, kernelsFingerprint } from '../kernels/fingerprint.ts';
import { kernelClasses } from '../kernels/kernel-classes.ts';
import { shaderParts } from '../kernels/shaders.ts';
import type { AdapterDescription } from '../gpu/device.ts';

/** The stored result of tuning on a device; when read back it is checked like any foreign file. */

const name = z.string().min(1).max(100);
const size = z.int().min(0);
const candidate = z.strictObject({
  variant: name,
  /**
   * `timed`: correct and timed; `checked`: correct, but not timed, as nothing else was correct or the
   * device had no room or was too slow; `wrong`: its result or its repetition was wrong; `failed`: it did not
   * run; `skipped`: time was over.
   */
  state: z.enum(['timed', 'checked', 'wrong', 'failed', 'skipped']),
  /** Median of one run; null where it was not timed. */
  milliseconds: z.number().min(0).nullable(),
  /** Relative L2 distance from the float64 reference; null where it was not checked. */
  error: z.number().min(0).nullable(),
});
/** The same as ClassShape. */
const shape = z.union([
  z.strictObject({ rows: size, columns: size, inner: size.optional() }),
  z.strictObject({
    rows: size,
    capacity: size.optional(),
    heads: size,
    groups: size,
    headSize: size,
  }),
]);
const tunedClass = z.strictObject({
  kernelClass: name,
  /** The sizes that were timed; 0.1.0 stored them in English words. */
  shape: z.union([z.string().max(200), shape]),
  /** Multiplications of one run at these sizes; absent in records that did not keep them. */
  work: z.number().min(0).optional(),
  /** The device's default without tuning. */
  standard: name,
  chosen: name,
  candidates: z.array(candidate).min(1).max(50),
});
const record = z.strictObject({
  format: z.literal('medcare-tuning-1'),
  /** Adapter, driver and kernels for which it holds. */
  device: z.string().min(1).max(2000),
  /** Milliseconds since 1970. */
  tunedAt: z.number().min(0),
  /** How long timing took, and compiling and checking beside it. */
  milliseconds: z.number().min(0),
  checking: z.number().min(0).optional(),
  /** Whether classes were left out because time was over. */
  unfinished: z.boolean(),
  classes: z.array(tunedClass).max(2000).readonly(),
});

export type TunedCandidate = Readonly<z.infer<typeof candidate>>;
export type TunedClass = Readonly<z.infer<typeof tunedClass>>;
export type TuningRecord = Readonly<z.infer<typeof record>>;

/** A table of choices as it may come from storage or a file: short strings by short strings. */
export const kernelChoicesSchema = z
  .record(name, name)
  .refine((choices) => Object.keys(choices).length <= 2000);

/** A stored record, or null where it is not for this device: then the device is not tuned. */
export function parseTuning(stored: unknown, device: string): TuningRecord | null {
  const parsed = record.safeParse(stored);
  return parsed.success && parsed.data.device === device ? parsed.data : null;
}

/** A stored table of choices; anything else counts as an empty table, which means the defaults. */
export function parseChoices(stored: unknown): KernelChoices {
  const parsed = kernelChoicesSchema.safeParse(stored);
  return parsed.success ? parsed.data : {};
}

/** Whether every candidate of a class had its turn. */
export function isDecided({ candidates }: Pick<TunedClass, 'candidates'>): boolean {
  return candidates.every(({ state }) => state !== 'skipped');
}

/** The choices of a record: the classes in which a variant other than the default was better. */
export function choicesOf(found: Pick<TuningRecord, 'classes'> | null): KernelChoices {
  const decided = (found?.classes ?? []).filter(({ chosen, standard }) => chosen !== standard);
  return Object.fromEntries(decided.map(({ kernelClass, chosen }) => [kernelClass, chosen]));
}

/**
 * Multiplications per millisecond of the chosen kernels, over all classes that were timed; null where none was.
 * Classes with the most work weigh most.
 */
export function rateOf(found: Pick<TuningRecord, 'classes'> | null): number | null {
  let work = 0;
  let time = 0;
  for (const { candidates, chosen, work: one = 0 } of found?.classes ?? []) {
    const milliseconds = candidates.find(({ variant }) => variant === chosen)?.milliseconds ?? 0;
    if (one === 0 || milliseconds === 0) continue;
    work += one;
    time += milliseconds;
  }
  return time > 0 ? work / time : null;
}

let ofClasses: string | null = null;

/** The fingerprint of the shaders of all classes: tuning holds only for the kernels that were timed. */
function classesFingerprint(): string {
  const shaders = new Set(kernelClasses.flatMap((each) => each.shaders));
  ofClasses ??= kernelsFingerprint(shaderParts(shaders));
  return ofClasses;
}

/** Names the adapter, its driver as far as it is known, its features, and the kernels. */
export function tuningDevice(adapter: AdapterDescription): string {
  return `${adapterKey(adapter)} | kernels ${classesFingerprint()}`;
}
