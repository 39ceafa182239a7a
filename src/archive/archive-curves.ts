/** The curves, routing counts and growth of an archive, and the table that held the curves of the earliest. */
import { z } from 'zod';
import { DATA_KINDS } from '../formats/records/record-types.ts';
import { projections } from '../engine/model/projections.ts';
import type { StoredGrowth, StoredRouting, StoredStep } from './run-parts.ts';
import type { ValidationPoint } from '../contract/runs.ts';
import {
  count,
  figure,
  GROWTH,
  id,
  jsonText,
  METRICS,
  parsed,
  ROUTING,
  text,
  VALIDATION,
} from './archive-files.ts';

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
  records: z
    .array(
      z.strictObject({
        dataSet: count.max(9999),
        kind: z.enum(DATA_KINDS),
        nll: figure,
        targets: count,
      }),
    )
    .max(100_000)
    .exactOptional(),
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

/** A step as one line of a file, with the line break. */
export function stepLine({ metrics, rows }: StoredStep): string {
  return `${jsonText({ metrics, rows: [...rows] })}\n`;
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
