/** What the folder of a run says of it: its summary, its inputs, and the files that count. */
import { z } from 'zod';
import { count, parsed, text } from '../../archive/archive-files.ts';
import {
  baseSchema,
  dataSetSchema,
  fileSchema,
  runSchema,
} from '../../archive/archive-manifest.ts';
import { parseRouting } from '../../archive/archive-curves.ts';
import { scoresSchema } from '../../archive/archive-scores.ts';
import type { StoredRouting } from '../../archive/run-parts.ts';
import type { ArchivedBase, ArchivedDataSet, ArchivedScore } from '../../contract/run-origin.ts';
import type { RunSummary } from '../../contract/runs.ts';
import type { DataKind } from '../../formats/records/record-types.ts';
import { DATA_KINDS } from '../../formats/records/record-types.ts';
import type { FileSeal } from '../../formats/files/sealer.ts';

export const STATE_FILE = 'run.json';

/** A file of the folder with the length and hash that it must have. */
export interface FolderFile extends FileSeal {
  readonly path: string;
}

export interface FolderState {
  readonly run: RunSummary;
  readonly tasks: readonly string[];
  /** Hash of everything that decides what the run sees. */
  readonly fingerprint: string;
  readonly base: ArchivedBase;
  readonly dataSets: readonly ArchivedDataSet[];
  /** Where model and records lay; null where the run came in an archive and these were not named. */
  readonly inputs: {
    readonly model: string;
    readonly data: readonly { readonly path: string; readonly kind: DataKind }[];
  } | null;
  /** When the run was handed off, in milliseconds; absent or null where it was not, or went on here since. */
  readonly handedOff?: number | null;
  readonly routing: StoredRouting | null;
  readonly scores: readonly ArchivedScore[];
  /** Branches at the end of each stage that ended. */
  readonly stages: readonly FolderFile[];
  readonly best: readonly {
    readonly stage: number;
    readonly step: number;
    readonly loss: number;
    readonly file: FolderFile;
  }[];
  readonly checkpoint: {
    readonly stage: number;
    readonly step: number;
    readonly file: FolderFile;
  } | null;
}

/** Files lie in the folder itself. */
const file = fileSchema.extend({ path: z.string().regex(/^[a-z0-9-]{1,60}\.safetensors$/) });
const place = { stage: count.max(15), step: count, file };

const stateSchema = z.strictObject({
  format: z.literal('medcare-run-folder'),
  version: z.literal(1),
  run: runSchema,
  tasks: z.array(text(400)).max(1000),
  fingerprint: text(200),
  base: baseSchema,
  dataSets: z.array(dataSetSchema).max(10_000),
  inputs: z
    .strictObject({
      model: text(4000),
      data: z.array(z.strictObject({ path: text(4000), kind: z.enum(DATA_KINDS) })).max(10_000),
    })
    .nullable(),
  handedOff: count.nullable().optional(),
  routing: z.unknown().transform((json) => (json === null ? null : parseRouting(json))),
  scores: scoresSchema,
  stages: z.array(file).max(4),
  best: z.array(z.strictObject({ ...place, loss: z.number() })).max(4),
  checkpoint: z.strictObject(place).nullable(),
});

/** @throws StudioError `run-archive-invalid` with the field that is not as it must be, `recipe-invalid` */
export function parseState(json: unknown): FolderState {
  // JSON holds no undefined: an optional field is present with a value or absent.
  return parsed(stateSchema, json, STATE_FILE) as FolderState;
}

export function writtenState(state: FolderState): object {
  return { format: 'medcare-run-folder', version: 1, ...state };
}
