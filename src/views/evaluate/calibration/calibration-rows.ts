/** Calibration of results as lines of a table and of a file: one for each state, and for each subject of it. Pure. */
import { wilsonInterval } from '../../../studio/evaluation/evaluation.ts';
import type {
  CalibrationFigures,
  EvaluationSummary,
  Figure,
  TaskCalibration,
} from '../../../contract/evaluation.ts';

type Result = Pick<EvaluationSummary, 'id' | 'label' | 'figures'>;

/** One state on one task, or on one subject of it. */
export interface CalibrationRow {
  readonly key: string;
  readonly label: string;
  readonly subject: string | null;
  readonly figures: CalibrationFigures;
}

/** One state's curves. */
export interface CalibrationLine {
  readonly key: string;
  readonly label: string;
  readonly calibration: TaskCalibration;
}

/** Tasks of these results that likelihood decided. */
export function calibratedTasks(results: readonly Result[]): string[] {
  const names = results.flatMap(({ figures }) =>
    (figures?.tasks ?? []).flatMap(({ task, method }) => (method === 'likelihood' ? [task] : [])),
  );
  return [...new Set(names)];
}

export function calibrationLines(results: readonly Result[], task: string): CalibrationLine[] {
  return results.flatMap(({ id, label, figures }) => {
    const calibration = figures?.tasks.find((other) => other.task === task)?.calibration;
    return calibration ? [{ key: id, label, calibration }] : [];
  });
}

/** Each state, then its subjects. */
export function calibrationRows(lines: readonly CalibrationLine[]): CalibrationRow[] {
  return lines.flatMap(({ key, label, calibration }) => [
    { key, label, subject: null, figures: calibration },
    ...calibration.subjects.map(({ subject, ...figures }) => {
      return { key: `${key}\n${subject}`, label, subject, figures };
    }),
  ]);
}

/** What is left when answers below a sureness are refused. */
export interface Kept {
  readonly answered: number;
  readonly items: number;
  /** Share right among the answered; null where none is. */
  readonly accuracy: Figure | null;
}

/** @param below in whole per cent */
export function keptFrom({ items, atLeast }: CalibrationFigures, below: number): Kept {
  const answered = atLeast.answered[below] ?? 0;
  const right = atLeast.right[below] ?? 0;
  const accuracy =
    answered === 0 ? null : { value: right / answered, interval: wilsonInterval(right, answered) };
  return { answered, items, accuracy };
}

/** The rows of a file with every figure. */
export function calibrationFile(
  task: string,
  lines: readonly CalibrationLine[],
  below: number,
): (string | number)[][] {
  const ends = ({ value, interval }: Figure): (string | number)[] => [
    ...[value, interval?.low ?? '', interval?.high ?? ''],
  ];
  return [
    [
      ...['model state', 'task', 'subject', 'questions', 'right', 'mean confidence'], // words: columns of a file
      ...['ECE', 'ECE low', 'ECE high', 'ECE by chance', 'Brier', 'Brier low', 'Brier high'], // words: columns of a file
      ...['AURC', 'AURC low', 'AURC high', 'answered', 'right of answered', 'abstain below'], // words: columns of a file
    ],
    ...calibrationRows(lines).map(({ label, subject, figures }): (string | number)[] => [
      ...[label, task, subject ?? '', figures.items, figures.right, figures.confidence],
      ...[...ends(figures.ece), figures.eceByChance, ...ends(figures.brier)],
      ...ends(figures.aurc),
      ...[figures.atLeast.answered[below] ?? 0, figures.atLeast.right[below] ?? 0, below / 100],
    ]),
  ];
}
