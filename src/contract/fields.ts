/** Fields that several calls share. */
import { z } from 'zod';
import type { Recipe } from '../engine/training/recipe/recipe.ts';

export const id = z.string().min(1).max(200);

/** Names a long job, for its progress and for `tasks.cancel`. */
export const task = z.string().min(1).max(200);

export const count = z.int().min(0);

export const file = z.instanceof(File);
export const files = z.array(file).readonly();

/** The handler reads it with parseRecipe, which names the field that is wrong. */
export const recipe = z.custom<Recipe>((value) => typeof value === 'object' && value !== null);

/** Which weights answer: a model, or a snapshot of a run on it. */
export const modelStateId = z.strictObject({ modelId: id, runId: id.nullable(), snapshot: id });
export type ModelStateId = Readonly<z.infer<typeof modelStateId>>;

/** A file that was made for the page to save. */
export interface MadeFile {
  readonly name: string;
  readonly blob: Blob;
}

/** A fault as it crosses between worker and page, with all its parts. */
export const faultHead = z.object({
  code: z.string(),
  message: z.string(),
  kept: z.string(),
  remedy: z.string(),
});
