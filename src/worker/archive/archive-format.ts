/**
 * The format of a run archive: its manifest, the names of its files, and how older layouts become the current
 * one.
 */
import { DATA_KINDS } from '../../formats/records/record-types.ts';
import { z } from 'zod';
import { precisions } from '../../engine/model/settings.ts';
import { parseRecipe } from '../../engine/training/recipe/recipe.ts';
import { projections } from '../../engine/model/projections.ts';
import { kernelChoicesSchema } from '../../engine/tuning/record.ts';
import type { ArchiveReason } from '../../faults/catalogue/results.ts';
import { schemaReason } from '../../faults/schema-reason.ts';
import { fault, type StudioError } from '../../faults/fault.ts';
import type { JsonObject } from '../../formats/texts/json.ts';
import type { StoredGrowth, StoredRouting, StoredStep } from '../../storage/stored.ts';
import type {
  ArchivedBase,
  ArchivedDataSet,
  ArchivedEnvironment,
  ArchivedScore,
} from '../../contract/run-origin.ts';
import { scoresSchema } from './archive-scores.ts';
import type { RunSummary, ValidationPoint } from '../../contract/runs.ts';

export const ARCHIVE_VERSION = 1;
export const MANIFEST = 'manifest.json';
/** The manifest of the earliest archives, which state no version. */
export const EARLIER_MANIFEST = 'run.json';
export const VALIDATION = 'curves/validation.json';
export const ROUTING = 'routing.json';
export const CHECKPOINT = 'checkpoint.safetensors';
export const METRICS = 'metrics.csv';
export const GROWTH = 'growth.json';

export const stepsPath = (part: number): string =>
  `curves/steps-${String(part + 1).padStart(4, '0')}.jsonl`;
export const stagePath = (stage: number): string => `branches/stage-${stage + 1}.safetensors`;
export const bestPath = (stage: number): string => `branches/best-${stage + 1}.safetensors`;

/** Every name that a file of an archive may have, below its folder. */
export const KNOWN_FILE =
  /^(?:manifest\.json|run\.json|recipe\.json|README\.md|metrics\.csv|routing\.json|growth\.json|curves\/(?:validation\.json|steps-\d{4}\.jsonl)|branches\/(?:stage|best)-[1-4]\.safetensors|checkpoint\.safetensors)$/;

/** Numbers as an archive writes them: JSON has no NaN or Infinity. */
type WrittenNumber = number | 'NaN' | 'Infinity' | '-Infinity';

export function writtenNumber(value: number): WrittenNumber {
  return Number.isFinite(value) ? value : (String(value) as WrittenNumber);
}

const text = (most: number) => z.string().max(most);
const id = z.string().min(1).max(200);
const hash = z.string().regex(/^[0-9a-f]{64}$/);
const count = z.int().min(0);
const time = z.number().min(0).max(1e16);
const figure = z.union([z.number(), z.enum(['NaN', 'Infinity', '-Infinity']).transform(Number)]);
const kind = z.enum(DATA_KINDS);
const precision = z.enum(precisions);

const stepSchema = z.strictObject({
  stage: count.max(15),
  step: count,
  nll: figure,
  orthogonal: figure.nullable(),
  learningRate: figure,
  gradientNorm: figure,
  targetTokens: count,
  tokens: count,
  milliseconds: figure,
});

const storedStepSchema = z.strictObject({
  metrics: stepSchema,
  rows: z
    .array(z.int().min(0).max(0xffffffff))
    .max(200_000)
    .transform((rows) => Uint32Array.from(rows)),
});

const pointSchema = z.strictObject({
  stage: count.max(15),
  step: count,
  knowledge: figure.nullable(),
  alignment: figure.nullable(),
  snapshot: id,
});

const place = { layer: count.max(511), projection: z.enum(projections) };

const countsSchema = z
  .array(
    z.strictObject({
      ...place,
      task: text(400),
      tokens: count,
      pairs: z.array(z.number().min(0)).max(64 * 64),
      weights: z.array(z.number()).max(64),
    }),
  )
  .max(200_000);

const routingSchema = z.strictObject({
  experts: z.int().min(1).max(64),
  active: z.int().min(1).max(8),
  counts: countsSchema,
});

const norms = { a: figure, b: figure };
const growthSchema: z.ZodType<StoredGrowth[]> = z
  .array(
    z.strictObject({
      point: z.strictObject({
        stage: count.max(15),
        step: count,
        linears: z
          .array(
            z.strictObject({
              ...place,
              norms: z
                .array(
                  z.strictObject({
                    branch: text(100),
                    ...norms,
                    experts: z.array(z.strictObject(norms)).max(64),
                  }),
                )
                .max(64),
              overlaps: z
                .array(
                  z.strictObject({
                    between: z.tuple([text(100), text(100)]),
                    meanAbs: figure,
                    cosine: figure,
                  }),
                )
                .max(64),
            }),
          )
          .max(4000),
      }),
      routing: countsSchema,
    }),
  )
  .max(1000);

const baseSchema: z.ZodType<ArchivedBase> = z.strictObject({
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

const dataSetSchema: z.ZodType<ArchivedDataSet> = z.strictObject({
  name: text(1000),
  kind,
  records: count,
  fingerprint: hash.nullable(),
});

const environmentSchema: z.ZodType<ArchivedEnvironment> = z.strictObject({
  studio: text(100),
  browser: text(1000),
  archivedAt: time,
});

const fileSchema = z.strictObject({ bytes: count, sha256: hash });

const errorSchema = z.strictObject({
  code: text(200),
  message: text(4000),
  kept: text(4000),
  remedy: text(4000),
  data: z.record(
    text(200),
    z.union([text(4000), z.number(), z.boolean(), z.array(text(400)).max(10_000)]),
  ),
});

/**
 * Fields of a summary as an archive has them; the compiler reports a forgotten field. The origin of a run is
 * missing: the machine that opens the archive sets it.
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
} satisfies Readonly<Required<Record<Exclude<keyof RunSummary, 'origin'>, z.ZodType>>>;

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
  run: z.strictObject(summaryShape),
  tasks: z.array(text(400)).max(1000),
  fingerprint: text(200),
  base: baseSchema,
  dataSets: z.array(dataSetSchema).max(10_000),
  environment: environmentSchema,
  scores: scoresSchema,
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
  if (typeof version === 'number' && version > ARCHIVE_VERSION) throw newer(version);
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
  const run = parsed(z.strictObject(summaryShape), summary, EARLIER_MANIFEST) as RunSummary;
  const counts = routing === null || routing === undefined ? null : parseRouting(routing);
  const manifest: Manifest = {
    run,
    tasks: [...new Set(counts?.counts.map(({ task }) => task))],
    fingerprint: '',
    base: baseByName(run),
    dataSets: [],
    environment: { studio: '', browser: '', archivedAt: run.updatedAt },
    scores: [],
    steps: 0,
    stepParts: 0,
    stages: [],
    best: [],
    checkpoint: null,
  };
  return { manifest, routing: counts };
}

export function parseStep(json: unknown): StoredStep {
  return parsed(storedStepSchema, json, 'curves/steps');
}

export function parseValidation(json: unknown): ValidationPoint[] {
  return parsed(z.array(pointSchema).max(1_000_000), json, VALIDATION);
}

export function parseRouting(json: unknown): StoredRouting {
  return parsed(routingSchema, json, ROUTING);
}

export function parseGrowth(json: unknown): StoredGrowth[] {
  return parsed(growthSchema, json, GROWTH);
}

/** Rows of metrics.csv in earlier archives, which quote no cell. */
export function parseEarlierMetrics(csv: string): {
  readonly steps: readonly StoredStep[];
  readonly validation: readonly ValidationPoint[];
} {
  const number = (cell: string | undefined): unknown =>
    cell === undefined || cell === '' ? null : Number.isFinite(Number(cell)) ? Number(cell) : cell;
  const steps: StoredStep[] = [];
  const validation: ValidationPoint[] = [];
  for (const line of csv.split('\r\n').slice(1)) {
    if (line === '') continue;
    const cells = line.split(',');
    const [name, stage, step] = cells;
    if (name === 'step') {
      const metrics = {
        stage: Number(stage) - 1,
        step: Number(step) - 1,
        nll: number(cells[3]),
        orthogonal: number(cells[4]),
        learningRate: number(cells[5]),
        gradientNorm: number(cells[6]),
        targetTokens: number(cells[7]),
        tokens: number(cells[8]),
        milliseconds: number(cells[9]),
      };
      steps.push(parseStep({ metrics, rows: [] }));
    } else {
      const [, , , , , , , , , , snapshot, knowledge, alignment] = cells;
      const place = { stage: Number(stage) - 1, step: Number(step), snapshot };
      const point = { ...place, knowledge: number(knowledge), alignment: number(alignment) };
      validation.push(parsed(pointSchema, point, METRICS));
    }
  }
  return { steps, validation };
}

function parsed<T>(schema: z.ZodType<T>, json: unknown, file: string): T {
  const result = schema.safeParse(json);
  if (result.success) return result.data;
  const { path, why } = schemaReason(result.error, json);
  throw invalidArchive(file, path === '' ? file : `${file}.${path}`, why);
}

export function invalidArchive(file: string, where: string, why: ArchiveReason): StudioError {
  return fault(
    'run-archive-invalid',
    { file, where: where.slice(0, 200), ...why },
    { kept: 'runs-not-archive' },
  );
}

function newer(version: number): StudioError {
  return fault(
    'run-archive-newer',
    { version, known: ARCHIVE_VERSION },
    { kept: 'runs-not-archive' },
  );
}
