/** What an archive says of where its run came from: machine, base model, data sets, scores. */
import type { CanaryMark } from '../engine/evaluation/memorisation/planting.ts';
import type { Difference } from '../engine/evaluation/comparison.ts';
import type {
  CalibrationFigures,
  TaskCalibration,
} from '../engine/evaluation/trust/calibration-report.ts';
import type { ShortcutFinding } from '../engine/evaluation/shortcuts/shortcut-report.ts';
import type { Metric } from '../engine/evaluation/answers/reading.ts';
import type { DataKind, IdentifierReport } from './data.ts';
import type { Precision } from './models.ts';

/** The base model of a run, in the detail that another machine needs to recognise it. */
export interface ArchivedBase {
  readonly name: string;
  readonly architecture: string;
  readonly parameters: number;
  readonly licence: string;
  /** `owner/name@commit` of a hub; empty for other models. */
  readonly hub: string;
  /** SHA-256 over the hashes of its files, hex; null where the model was gone when the run was archived. */
  readonly fingerprint: string | null;
  readonly precision: Precision | null;
}

/** The name of a data set of which nothing is known any longer; pages and cards word it. */
export const REMOVED_SET = 'a data set that was removed since';

/** One data set of a run. The records themselves never leave in an archive. */
export interface ArchivedDataSet {
  readonly name: string;
  readonly kind: DataKind;
  readonly records: number;
  /** SHA-256 of the normalised records, hex; null where the set was removed before. */
  readonly fingerprint: string | null;
  /** Of a set that plants canaries: what they follow from. */
  readonly canaries?: CanaryMark;
  /** What was counted when identifiers of the set were replaced; absent where none were. */
  readonly replaced?: IdentifierReport;
}

/** The score of one task for one state of a run, with the number of items behind it. */
export interface ArchivedScore {
  /** Snapshot of the run; `base` is its base model. */
  readonly snapshot: string;
  readonly label: string;
  readonly task: string;
  readonly kind: DataKind;
  readonly metric: Metric;
  /** Between 0 and 1; a perplexity is at least 1. */
  readonly score: number;
  /** The range that holds 95 of 100 draws of the items. */
  readonly interval: { readonly low: number; readonly high: number } | null;
  readonly items: number;
  readonly measuredAt: number;
  /** What guessing reaches, 0 … 1, where it is known. Archives of earlier versions have none of what follows. */
  readonly chance?: number;
  /** The answer that is right most often, and what giving it to every question scores. */
  readonly constant?: { readonly answer: string; readonly score: number };
  /** The answer given most often, where it is given to nearly every question. */
  readonly repeats?: { readonly answer: string; readonly given: number; readonly right: number };
  /** The paired difference from the base model, where both answered the same questions. */
  readonly againstBase?: Difference;
  /** The questions that come up in the run's training records, and the score of the others; null of none. */
  readonly overlap?: {
    readonly questions: number;
    readonly without: {
      readonly score: number;
      readonly interval: { readonly low: number; readonly high: number } | null;
    } | null;
  };
  /** Whether it is as often right as it is sure, where likelihood decided. */
  readonly calibration?: ArchivedCalibration;
}

/** Calibration as an archive holds it: without the counts from which a page answers for any sureness. */
export interface ArchivedCalibration
  extends ArchivedCalibrationFigures, Pick<TaskCalibration, 'bins' | 'curve'> {
  readonly subjects: readonly (ArchivedCalibrationFigures & { readonly subject: string })[];
}

export type ArchivedCalibrationFigures = Omit<CalibrationFigures, 'atLeast'>;

/** What the shortcut check of one state found in one variation of its questions. */
export interface ArchivedShortcut extends ShortcutFinding {
  /** Snapshot of the run; `base` is its base model. */
  readonly snapshot: string;
  readonly label: string;
  readonly tasks: readonly string[];
}

/** The machine and program that wrote an archive. */
export interface ArchivedEnvironment {
  readonly studio: string;
  readonly browser: string;
  readonly archivedAt: number;
}

/** The origin of a run that was opened from an archive. */
export interface RunOrigin extends ArchivedEnvironment {
  readonly base: ArchivedBase;
  readonly dataSets: readonly ArchivedDataSet[];
  readonly scores: readonly ArchivedScore[];
  /** Absent in runs that earlier versions opened. */
  readonly shortcuts?: readonly ArchivedShortcut[];
  /** Whether a model with the base's fingerprint is here, so that the run's states can be used. */
  readonly baseHere: boolean;
  /** Whether the archive brought the branches of the stages that ended. */
  readonly branches: boolean;
}
