/** What page and worker say about the files that a run can become. */
import { z } from 'zod';
import {
  folderFormats,
  ggufFormats,
  type FolderFormat,
  type GgufFormat,
} from '../engine/exports/number-formats.ts';
import { takesOne } from './call.ts';
import { loadingState } from './faults.ts';
import { id, task, type MadeFile } from './fields.ts';

export type { FolderFormat, GgufFormat };

const of = { runId: id, task };
const best = z.boolean().exactOptional();
/** Of the cards and the READMEs; English unless told otherwise. */
const language = z.enum(['en', 'zh']);
export type WardLanguage = z.infer<typeof language>;
const float = z.enum(folderFormats);

/** Which part of the run, and the number format of its weights. */
const choice = z.discriminatedUnion('what', [
  z.strictObject({
    ...of,
    what: z.enum(['metrics', 'recipe']),
    dtype: float,
  }),
  z.strictObject({
    ...of,
    what: z.enum(['adapters', 'card']),
    dtype: float,
    language: language.exactOptional(),
  }),
  /** The last state of the run or, on request, the last stage's best step; all branches merged. */
  z.strictObject({
    ...of,
    what: z.literal('merged'),
    dtype: float,
    best,
    language: language.exactOptional(),
  }),
  /** The run as an archive, with or without the branches of its stages and its checkpoint. */
  z.strictObject({
    ...of,
    what: z.literal('run'),
    dtype: z.literal('F32'),
    branches: z.boolean(),
    checkpoint: z.boolean(),
    language: language.exactOptional(),
  }),
  /** A page for a colleague, with questions whose answers changed unless `quotes` is false. */
  z.strictObject({
    ...of,
    what: z.literal('ward'),
    dtype: z.literal('F32'),
    language,
    quotes: z.boolean().exactOptional(),
  }),
  z.strictObject({
    ...of,
    what: z.literal('gguf'),
    dtype: z.enum(ggufFormats),
    best,
  }),
]);

type Without<T> = T extends unknown ? Readonly<Omit<T, keyof typeof of>> : never;
export type ExportChoice = Without<z.infer<typeof choice>>;

export const exportCalls = {
  'exports.build': takesOne(choice)
    .onDevice('run-and-branches')
    .fails(...loadingState, 'run-under-way', 'stage-missing', 'model-not-merged')
    .gives<MadeFile>(),
};
