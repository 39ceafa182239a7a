/** Calibration of a run's states, as an archive must hold it. */
import { z } from 'zod';
import type { ArchivedCalibration, ArchivedCalibrationFigures } from '../contract/run-origin.ts';
import {
  CALIBRATION_SAYS,
  REFUSING_SAYS,
  type TaskCalibration,
} from '../engine/evaluation/trust/calibration-report.ts';

const count = z.int().min(0);
const share = z.number().min(0).max(1);
/** A Brier score reaches 2. */
const error = z.number().min(0).max(2);
const estimate = z.strictObject({
  value: error,
  interval: z.strictObject({ low: error, high: error }).nullable(),
});

const figures = {
  items: count,
  right: count,
  confidence: share,
  ece: estimate,
  brier: estimate,
  aurc: estimate,
  eceByChance: share,
  accuracyAt: z.array(z.strictObject({ coverage: share, accuracy: share })).max(100),
  says: z.enum(CALIBRATION_SAYS),
  refusing: z.enum(REFUSING_SAYS),
} satisfies Readonly<Required<Record<keyof ArchivedCalibrationFigures, z.ZodType>>>;

export const calibrationSchema: z.ZodType<ArchivedCalibration> = z.strictObject({
  ...figures,
  bins: z
    .array(
      z.strictObject({
        ...{ low: share, high: share, items: count, right: count },
        ...{ confidence: share, accuracy: share },
      }),
    )
    .max(100),
  curve: z.array(z.strictObject({ coverage: share, risk: share })).max(1000),
  subjects: z.array(z.strictObject({ ...figures, subject: z.string().max(400) })).max(1000),
});

const MOST_SUBJECTS = 1000;

/** What an archive holds of a task's calibration. */
export function archivedCalibration(calibration: TaskCalibration): ArchivedCalibration {
  const { atLeast: _counts, subjects, ...kept } = calibration;
  return {
    ...kept,
    subjects: subjects
      .slice(0, MOST_SUBJECTS)
      .map(({ atLeast: _own, ...subject }): ArchivedCalibration['subjects'][number] => subject),
  };
}
