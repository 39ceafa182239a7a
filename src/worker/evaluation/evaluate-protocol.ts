/** What page and worker say about evaluations. Part of the protocol (protocol.ts); types only. */
import type { WhyNoItem } from '../../engine/evaluation/items.ts';
import type { ClosedAnswers } from '../../engine/evaluation/record-items.ts';
import type { Comparison, EvaluationFigures } from '../../engine/evaluation/report.ts';
import type { AnswerMethod, ChoiceMethod } from '../../engine/evaluation/tasks.ts';
import type { ProblemCode } from '../../formats/records/record-types.ts';
import type { ModelVariant } from '../protocol.ts';

export type { Comparison, TaskComparison, TaskReport } from '../../engine/evaluation/report.ts';
export type { EvaluationFigures, Figure } from '../../engine/evaluation/report.ts';
export type { AnswerMethod, ChoiceMethod, ClosedAnswers };

export interface EvaluationSettings {
  /** Most items, taken in turn from every task; 0 takes all. */
  readonly maxItems: number;
  readonly choices: ChoiceMethod;
  /** Measure how likely the reference answers are, too. */
  readonly perplexity: boolean;
  /** How answers of records that are a few short ones over and over are scored; labels unless told. */
  readonly closed?: ClosedAnswers;
}

/** A row of an evaluation file that gave no question, and why. */
export interface LeftOutRow {
  readonly file: string;
  /** Physical line on which it begins, from 1. */
  readonly line: number;
  readonly column?: number;
  /** The field that is at fault; empty where it is none alone. */
  readonly field: string;
  readonly code: ProblemCode | WhyNoItem;
  readonly reason: string;
  readonly data: Readonly<Record<string, string | number>>;
}

/** Rows that gave no question: all are counted, the first are listed. */
export interface LeftOut {
  readonly count: number;
  readonly listed: readonly LeftOutRow[];
}

/** One model state on one set of questions. */
export interface EvaluationSummary {
  readonly id: string;
  readonly variant: ModelVariant;
  /** Name of the state when it was measured; the run may be gone since. */
  readonly label: string;
  readonly files: readonly string[];
  /** SHA-256 of the questions: evaluations that agree in it can be compared item by item. */
  readonly itemsId: string;
  readonly settings: EvaluationSettings;
  readonly total: number;
  readonly answered: number;
  readonly createdAt: number;
  readonly updatedAt: number;
  /** The grid of ablations that it belongs to. */
  readonly gridId: string | null;
  /** Rows of the files that were left out; absent where earlier versions measured. */
  readonly leftOut?: LeftOut;
  /** Of what is answered so far; null before the first answer. */
  readonly figures: EvaluationFigures | null;
}

/** One answer, as it was read. */
export interface AnswerSample {
  readonly place: number;
  readonly task: string;
  readonly metric: EvaluationFigures['tasks'][number]['metric'];
  readonly method: AnswerMethod;
  readonly prompt: string;
  readonly reference: string;
  readonly answer: string;
  /** The free answer before an option letter was chosen. */
  readonly written: string | null;
  readonly wanted: readonly string[];
  readonly given: readonly string[];
  readonly value: number | null;
  readonly adheres: boolean | null;
  /** −log p of the reference per token, where it was measured. */
  readonly referenceLoss: number | null;
}

export interface EvaluateCalls {
  /**
   * Measures a model state. One that was measured in part goes on where it stopped, a complete one is
   * measured anew. What is answered when it is cancelled stays.
   */
  'evaluate.run': {
    in: {
      variant: ModelVariant;
      label: string;
      /** Evaluation files; none takes the questions that come with the studio. */
      files: readonly File[];
      settings: EvaluationSettings;
      task: string;
    };
    out: EvaluationSummary;
  };
  /** Goes on with an evaluation, from the questions that are stored with it. */
  'evaluate.continue': { in: { id: string; task: string }; out: EvaluationSummary };
  'evaluate.list': { in: Record<string, never>; out: readonly EvaluationSummary[] };
  'evaluate.remove': { in: { ids: readonly string[] }; out: null };
  /** The answers of a task with the highest or the lowest value, ties in the order of the file. */
  'evaluate.samples': {
    in: { id: string; task: string; order: 'best' | 'worst'; count: number };
    out: readonly AnswerSample[];
  };
  /** Both on the items that both answered. @throws StudioError `evaluation-mismatch` */
  'evaluate.compare': { in: { first: string; second: string }; out: Comparison };
  /** Every answer of these evaluations, one a line. */
  'evaluate.export': {
    in: { ids: readonly string[]; format: 'csv' | 'jsonl' };
    out: { readonly name: string; readonly blob: Blob };
  };
}

export interface EvaluationEvent {
  readonly type: 'evaluate.changed';
  readonly evaluation: EvaluationSummary;
}
