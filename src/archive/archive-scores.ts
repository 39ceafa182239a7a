/** The scores of a run's states, as an archive must hold them. */
import { z } from 'zod';
import type { Difference, EvaluationOverlap, TaskReport } from '../contract/evaluation.ts';
import type { ArchivedScore } from '../contract/run-origin.ts';
import { archivedCalibration, calibrationSchema } from './archive-calibration.ts';
import { metrics } from '../engine/evaluation/answers/reading.ts';
import { DATA_KINDS } from '../formats/records/record-types.ts';

const text = z.string().max(400);
const value = z.number().min(0);

/** A paired difference as an archive holds it. */
export const differenceSchema: z.ZodType<Difference> = z.strictObject({
  value: z.number(),
  interval: z.strictObject({ low: z.number(), high: z.number() }).nullable(),
  items: z.int().min(0),
  shows: z.boolean(),
  reach: z.strictObject({ visible: z.number().nullable(), questions: z.int().min(0) }).nullable(),
});

const score: z.ZodType<ArchivedScore> = z.strictObject({
  snapshot: z.string().min(1).max(200),
  label: text,
  task: text,
  kind: z.enum(DATA_KINDS),
  metric: z.enum(metrics),
  score: value,
  interval: z.strictObject({ low: value, high: value }).nullable(),
  items: z.int().min(0),
  measuredAt: z.number().min(0).max(1e16),
  chance: z.number().min(0).max(1).exactOptional(),
  constant: z.strictObject({ answer: text, score: value }).exactOptional(),
  repeats: z
    .strictObject({ answer: text, given: z.int().min(0), right: z.int().min(0) })
    .exactOptional(),
  againstBase: differenceSchema.exactOptional(),
  overlap: z
    .strictObject({
      questions: z.int().min(0),
      without: z
        .strictObject({
          score: value,
          interval: z.strictObject({ low: value, high: value }).nullable(),
        })
        .nullable(),
    })
    .exactOptional(),
  calibration: calibrationSchema.exactOptional(),
});

export const scoresSchema = z.array(score).max(10_000);

/** What an archive holds of a task's questions among the training records. */
export function overlapOf(
  overlap: EvaluationOverlap | undefined,
  task: string,
): Pick<ArchivedScore, 'overlap'> {
  const own = overlap?.tasks.find((other) => other.task === task);
  if (!own) return {};
  const { overlapping: questions, without } = own;
  const { value: score = 0, interval = null } = without ?? {};
  return { overlap: { questions, without: without && { score, interval } } };
}

/** The score of a task, and its paired difference from the base where both answered the same questions. */
export function scoreOf(
  report: TaskReport,
  difference?: Difference,
): Omit<ArchivedScore, 'snapshot' | 'label' | 'measuredAt'> {
  const { task, kind, metric, value: scored, interval, items, baseline } = report;
  const { calibration } = report;
  const { answer, given, right } = baseline?.favourite ?? { answer: '', given: 0, right: 0 };
  return {
    ...{ task, kind, metric, items, score: scored },
    interval: interval && { low: interval.low, high: interval.high },
    ...(typeof baseline?.chance === 'number' && { chance: baseline.chance }),
    ...(baseline && {
      constant: { answer: baseline.usual.answer.slice(0, 400), score: baseline.constant },
    }),
    ...(baseline?.repeats === true && { repeats: { answer: answer.slice(0, 400), given, right } }),
    ...(difference && { againstBase: difference }),
    ...(calibration && { calibration: archivedCalibration(calibration) }),
  };
}
