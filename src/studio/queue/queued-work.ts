/** What can wait for the device: runs, grids of recipes, measurements; and how it is kept across reloads. */
import { z } from 'zod';
import type { ModelStateId } from '../../contract/fields.ts';
import { parseRecipe } from '../../engine/training/recipe/recipe.ts';
import type { Measurement } from '../evaluation/evaluation.ts';
import { keptSettings } from '../evaluation/kept-settings.ts';
import type { NewRun } from '../runs/runs.ts';

export interface RunWork extends NewRun {
  readonly kind: 'run';
}

/** A grid that is stored with its questions and goes on where it stopped. */
export interface GridWork {
  readonly kind: 'grid';
  readonly gridId: string;
  readonly name: string;
}

export interface MeasurementWork extends Omit<Measurement, 'own'> {
  readonly kind: 'measurement';
  /** Names of a person's own files. */
  readonly own: readonly string[];
}

/** More work on one result: the questions that it lacks, or its shortcut check. */
export interface ResultWork {
  readonly kind: 'result' | 'shortcuts';
  readonly evaluationId: string;
  readonly label: string;
}

export type Work = RunWork | GridWork | MeasurementWork | ResultWork;

export type QueuedWork = Work & {
  readonly id: string;
  /** Why it could not be started; it is then skipped until somebody tries it again. */
  readonly failed?: string;
};

/** Whether work only asks a model: it goes on beside a paused run, and before runs that wait. */
export function isMeasuring({ kind }: Pick<Work, 'kind'>): boolean {
  return kind !== 'run' && kind !== 'grid';
}

const text = z.string();
const texts = z.array(text);
const id = { id: text };
const state: z.ZodType<ModelStateId> = z.object({
  modelId: text,
  runId: text.nullable(),
  snapshot: text,
});

const queuedSchema = z.discriminatedUnion('kind', [
  z.object({
    ...{ ...id, kind: z.literal('run'), name: text, modelId: text, dataSetIds: texts },
    recipe: z.unknown().transform((value) => parseRecipe(value)),
  }),
  z.object({ ...id, kind: z.literal('grid'), gridId: text, name: text }),
  z.object({
    ...{ ...id, kind: z.literal('measurement'), bundled: texts, own: texts },
    states: z.array(z.object({ state, label: text })).min(1),
    settings: keptSettings,
  }),
  z.object({ ...id, kind: z.enum(['result', 'shortcuts']), evaluationId: text, label: text }),
]);

/** Reads what was kept; leaves out what another version stored and this one could not start. */
export function readQueue(kept: unknown): QueuedWork[] {
  if (!Array.isArray(kept)) return [];
  return kept.flatMap((entry: unknown) => {
    try {
      // Version 0.1.0 kept runs only, and named no kind.
      const read = queuedSchema.safeParse({ kind: 'run', ...(entry as object) });
      return read.success ? [read.data] : [];
    } catch {
      return [];
    }
  });
}
