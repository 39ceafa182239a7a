/** The manifest of a run archive, and how the earliest layout becomes the current one. */
import { DATA_KINDS } from '../formats/records/record-types.ts';
import { z } from 'zod';
import { canaryMark } from '../engine/evaluation/memorisation/planting.ts';
import { precisions } from '../engine/model/settings.ts';
import { parseRecipe } from '../engine/training/recipe/recipe.ts';
import { kernelChoicesSchema } from '../engine/tuning/record.ts';
import { fault, type StudioError } from '../faults/fault.ts';
import { reportSchema } from '../text/identifiers/replace/report.ts';
import type { JsonObject } from '../formats/texts/json.ts';
import type { StoredRouting } from './run-parts.ts';
import type {
  ArchivedBase,
  ArchivedDataSet,
  ArchivedEnvironment,
  ArchivedScore,
  ArchivedShortcut,
} from '../contract/run-origin.ts';
import type { RunSummary } from '../contract/runs.ts';
import { parseRouting } from './archive-curves.ts';
import { count, EARLIER_MANIFEST, id, MANIFEST, parsed, text } from './archive-files.ts';
import { scoresSchema } from './archive-scores.ts';
import { memorySchema } from './archive-memory.ts';
import { noiseSchema } from './archive-noise.ts';
import { shortcutsSchema } from './archive-shortcuts.ts';

const ARCHIVE_VERSION = 1;

export const hash = z.string().regex(/^[0-9a-f]{64}$/);
const time = z.number().min(0).max(1e16);
const kind = z.enum(DATA_KINDS);
const precision = z.enum(precisions);

export const baseSchema: z.ZodType<ArchivedBase> = z.strictObject({
  name: text(400),
  architecture: text(100),
  parameters: count,
  licence: text(400),
  /** Owner and name at a commit, as baseOf writes it. */
  hub: z.union([
    z.literal(''),
    z.string().regex(/^[\w-][\w.-]{0,95}(?:\/[\w-][\w.-]{0,95})?@[\w.-]{1,100}$/),
  ]),
  fingerprint: hash.nullable(),
  precision: precision.nullable(),
});

export const dataSetSchema: z.ZodType<ArchivedDataSet> = z.strictObject({
  name: text(1000),
  kind,
  records: count,
  fingerprint: hash.nullable(),
  canaries: canaryMark.exactOptional(),
  replaced: reportSchema.exactOptional(),
});

const environmentSchema: z.ZodType<ArchivedEnvironment> = z.strictObject({
  studio: text(100),
  browser: text(1000),
  archivedAt: time,
});

export const fileSchema = z.strictObject({ bytes: count, sha256: hash });

export const errorSchema = z.strictObject({
  code: text(200),
  message: text(4000),
  kept: text(4000),
  remedy: text(4000),
  data: z.record(
    text(200),
    z.union([
      text(4000),
      z.number(),
      z.boolean(),
      z.array(text(400)).max(10_000),
      z.record(text(200), z.union([text(4000), z.number()])),
    ]),
  ),
});

const cutCounts = {
  promptCut: count,
  answerCut: count,
  nothing: count,
  little: count,
  enough: count.nullable(),
};

/**
 * Fields of a summary as an archive has them; the compiler reports a forgotten field. The origin of a run is
 * missing: the machine that opens the archive sets it. So is its recovery: only a run under way has one. So is when it
 * was handed off: its archive may go on anywhere.
 */
const summaryShape = {
  // The id becomes the name of a folder.
  id: z.string().regex(/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
  name: z.string().min(1).max(200),
  modelId: id,
  modelName: text(400),
  dataSetIds: z.array(id).max(10_000),
  recipe: z.unknown().transform(parseRecipe),
  precision: precision.optional(),
  // A run that is under way is not archived.
  state: z.enum(['interrupted', 'stopped', 'failed', 'done']),
  stages: z
    .array(z.strictObject({ name: text(200), steps: count, stepsDone: count, records: count }))
    .max(16),
  snapshots: z
    .array(z.strictObject({ id, label: text(400), branches: z.array(text(100)).max(64) }))
    .max(64),
  adapter: text(1000),
  kernels: z.strictObject({ choices: kernelChoicesSchema, fingerprint: text(100) }).optional(),
  createdAt: time,
  updatedAt: time,
  checkpoint: z.strictObject({ stage: count.max(15), step: count }).nullable(),
  error: errorSchema.nullable(),
  data: z
    .strictObject({
      maxLength: count,
      truncated: count,
      validationTruncated: count.optional(),
      cut: z.strictObject(cutCounts).optional(),
      cutBySet: z
        .array(z.strictObject({ dataSet: text(400), records: count, ...cutCounts }))
        .max(10_000)
        .optional(),
      withoutTargets: count,
      training: count,
      validation: count,
      leftOut: z
        .array(z.strictObject({ reason: errorSchema, count }))
        .max(64)
        .optional(),
      withoutEnd: count.optional(),
      reasoningDropped: count.optional(),
      otherPrompt: count.optional(),
      tokenised: count.optional(),
    })
    .optional(),
  tags: z.array(text(40)).max(20).optional(),
  notes: text(20_000).optional(),
  best: z
    .array(z.strictObject({ stage: count.max(15), step: count, loss: z.number() }))
    .max(16)
    .optional(),
  dryRun: z
    .strictObject({
      stage: count.max(15),
      longest: count,
      fromData: z.boolean(),
      rows: count,
      peakBytes: count,
      plannedBytes: count,
      milliseconds: z.number().min(0),
      record: z.strictObject({ dataSet: count, row: count }).nullable(),
    })
    .optional(),
  kernelsChanged: z.strictObject({ stage: count.max(15), step: count }).optional(),
  memorisation: memorySchema.optional(),
  noiseAudit: noiseSchema.optional(),
  cameFrom: id.optional(),
} satisfies Readonly<
  Required<
    Record<Exclude<keyof RunSummary, 'origin' | 'recovery' | 'paused' | 'handedOff'>, z.ZodType>
  >
>;

/** The summary of a run, as archives and the folders of runs hold it. */
export const runSchema = z.strictObject(summaryShape);

export interface Manifest {
  readonly run: RunSummary;
  /** Tasks by which routing is counted. */
  readonly tasks: readonly string[];
  /** Hash of records, model and template, which a resumed run must see again. */
  readonly fingerprint: string;
  readonly base: ArchivedBase;
  readonly dataSets: readonly ArchivedDataSet[];
  readonly environment: ArchivedEnvironment;
  readonly scores: readonly ArchivedScore[];
  readonly shortcuts: readonly ArchivedShortcut[];
  readonly steps: number;
  readonly stepParts: number;
  readonly stages: readonly { readonly bytes: number; readonly sha256: string }[];
  /** Branches at the best step of each stage, by validation loss. */
  readonly best: readonly {
    readonly stage: number;
    readonly step: number;
    readonly loss: number;
    readonly bytes: number;
    readonly sha256: string;
  }[];
  readonly checkpoint: {
    readonly bytes: number;
    readonly sha256: string;
    readonly stage: number;
    readonly step: number;
  } | null;
}

const manifestSchema = z.strictObject({
  format: z.literal('medcare-run'),
  version: z.literal(ARCHIVE_VERSION),
  run: runSchema,
  tasks: z.array(text(400)).max(1000),
  fingerprint: text(200),
  base: baseSchema,
  dataSets: z.array(dataSetSchema).max(10_000),
  environment: environmentSchema,
  scores: scoresSchema,
  shortcuts: shortcutsSchema.default([]),
  steps: count,
  stepParts: count.max(9000),
  stages: z.array(fileSchema).max(4),
  best: z
    .array(fileSchema.extend({ stage: count.max(3), step: count, loss: z.number() }))
    .max(4)
    .default([]),
  checkpoint: fileSchema.extend({ stage: count.max(15), step: count }).nullable(),
});

export function writeManifest(manifest: Manifest): unknown {
  return { format: 'medcare-run', version: ARCHIVE_VERSION, ...manifest };
}

/**
 * The manifest of an archive, whatever version wrote it.
 * @throws StudioError `run-archive-newer`, `run-archive-invalid` with the field, `recipe-invalid`
 */
export function parseManifest(json: JsonObject): Manifest {
  const { version } = json;
  if (typeof version === 'number' && version > ARCHIVE_VERSION)
    throw newerArchive(version, ARCHIVE_VERSION);
  // JSON holds no undefined: an optional field is present with a value or absent.
  return parsed(manifestSchema, json, MANIFEST) as Manifest;
}

/** The base of a run of which only the name is known. */
export function baseByName(run: RunSummary): ArchivedBase {
  return {
    name: run.modelName,
    architecture: '',
    parameters: 0,
    licence: '',
    hub: '',
    fingerprint: null,
    precision: run.precision ?? null,
  };
}

/** The earliest archives held the summary with the routing in it, and curves as CSV only. */
export function parseEarlierManifest(json: JsonObject): {
  readonly manifest: Manifest;
  readonly routing: StoredRouting | null;
} {
  const { routing, ...summary } = json;
  const run = parsed(runSchema, summary, EARLIER_MANIFEST) as RunSummary;
  const counts = routing === null || routing === undefined ? null : parseRouting(routing);
  const manifest: Manifest = {
    run,
    tasks: [...new Set(counts?.counts.map(({ task }) => task))],
    fingerprint: '',
    base: baseByName(run),
    dataSets: [],
    environment: { studio: '', browser: '', archivedAt: run.updatedAt },
    scores: [],
    shortcuts: [],
    steps: 0,
    stepParts: 0,
    stages: [],
    best: [],
    checkpoint: null,
  };
  return { manifest, routing: counts };
}

export function newerArchive(version: number, known: number): StudioError {
  return fault('run-archive-newer', { version, known }, { kept: 'runs-not-archive' });
}
