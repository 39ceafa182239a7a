/** What page and worker say about evaluations. */
import { z } from 'zod';
import type { LeftOutRow } from '../engine/evaluation/questions/file-rows.ts';
import type { KnownFile } from '../engine/evaluation/questions/question-files.ts';
import type { Repeats } from '../engine/evaluation/questions/repeated-questions.ts';
import type { Baseline } from '../engine/evaluation/statistics/baseline.ts';
import type { Comparison, Difference, TaskComparison } from '../engine/evaluation/comparison.ts';
import type { Extraction } from '../engine/evaluation/multiple-choice.ts';
import type { EvaluationFigures, Figure, TaskReport } from '../engine/evaluation/report.ts';
import type {
  ShortcutFinding,
  ShortcutSays,
} from '../engine/evaluation/shortcuts/shortcut-report.ts';
import type { Shortcut } from '../engine/evaluation/shortcuts/variations.ts';
import {
  choiceMethods,
  CLOSED_ANSWERS,
  KNOWN_TASKS,
  MOST_SHOTS,
  type ChoiceMethod,
  type ClosedAnswers,
} from '../engine/evaluation/settings.ts';
import type {
  CalibrationFigures,
  CalibrationSays,
  RefusingSays,
  TaskCalibration,
} from '../engine/evaluation/trust/calibration-report.ts';
import type { TaskOverlap } from '../engine/evaluation/trust/overlap-report.ts';
import { productTypes } from '../engine/model/settings.ts';
import type { AnswerMethod } from '../engine/evaluation/tasks.ts';
import { answerFormats } from '../formats/texts/answer-files.ts';
import { knownColumns, type FieldMapping } from './data.ts';
import { takes } from './call.ts';
import { loadingState, readingQuestions, readingRows } from './faults.ts';
import { files, id, modelStateId, task, type MadeFile, type ModelStateId } from './fields.ts';

export type {
  AnswerMethod,
  Baseline,
  CalibrationFigures,
  CalibrationSays,
  ChoiceMethod,
  ClosedAnswers,
  Comparison,
  Difference,
  EvaluationFigures,
  Extraction,
  Figure,
  KnownFile,
  LeftOutRow,
  RefusingSays,
  Shortcut,
  ShortcutFinding,
  ShortcutSays,
  TaskCalibration,
  TaskComparison,
  TaskOverlap,
  TaskReport,
};

export const evaluationFiles = files.unwrap().max(100).readonly();

export const evaluationSettings = z.strictObject({
  /** Most items, taken in turn from every task; 0 takes all. */
  maxItems: z.int().min(0),
  choices: z.enum(choiceMethods),
  /** Also measures how likely the reference answers are. */
  perplexity: z.boolean(),
  /** How to score records whose answers are a few short ones that recur; as labels unless told otherwise. */
  closed: z.enum(CLOSED_ANSWERS).exactOptional(),
  /** How files of lm-eval's tasks are asked; as lm-eval does unless told otherwise. */
  known: z.enum(KNOWN_TASKS).exactOptional(),
  /** Examples above each question of lm-eval's tasks; none where it is absent. */
  shots: z.int().min(0).max(MOST_SHOTS).exactOptional(),
  /** Longest written answer, in tokens; as long as the task needs where it is 0 or absent. */
  answerTokens: z.int().min(0).max(4096).exactOptional(),
  /** Offers “I do not know” as one more option of each multiple-choice question. */
  unsure: z.boolean().exactOptional(),
  /** What products multiply while prompts are read and scored; float32 unless told otherwise. */
  products: z.enum(productTypes).exactOptional(),
});
export type EvaluationSettings = Readonly<z.infer<typeof evaluationSettings>>;

/** Rows that gave no question: all are counted, the first are listed. */
export interface LeftOutRows {
  readonly count: number;
  readonly listed: readonly LeftOutRow[];
}

/** The questions of one task, as they would be asked. */
export interface TaskQuestions {
  readonly task: string;
  readonly kind: TaskReport['kind'];
  readonly metric: TaskReport['metric'];
  readonly items: number;
  /** The first one, as a model sees it. */
  readonly prompt: string;
  readonly answer: string;
}

/** What files would ask, before anything is measured. */
export interface QuestionPreview {
  readonly tasks: readonly TaskQuestions[];
  /** Rows that give no question. */
  readonly leftOut: number;
  /** For each file, which column was read as what; null where the shape of its rows says it. */
  readonly mappings: readonly (FieldMapping | null)[];
  /** Files of lm-eval's tasks. */
  readonly known: readonly KnownFile[];
}

/** The records that a run kept for validation, as a file of questions. */
export interface HeldOutQuestions {
  readonly questions: number;
  readonly file: MadeFile;
}

/** Records that a run kept for validation, and how many of them ask nearly what one that it trained on asks. */
export interface HeldOutRepeats {
  readonly heldOut: number;
  readonly near: number;
}

/** Questions that come up in the records of a set on which a run trained. */
export interface RepeatedQuestions extends Repeats {
  readonly dataSet: string;
}

/** A variation of the questions of another evaluation. */
export interface ShortcutOf {
  readonly of: string;
  readonly shortcut: Shortcut;
}

/** One variation of a shortcut check. */
export interface ShortcutState {
  readonly shortcut: Shortcut;
  /** Questions to which it applies, and how many of them are answered varied. */
  readonly applies: number;
  readonly answered: number;
  /** Null before the first answer. */
  readonly finding: ShortcutFinding | null;
}

/** What answers took on one adapter. */
export interface EvaluationPace {
  readonly adapter: string;
  /** Milliseconds before the first question: the model and the questions are made ready. */
  readonly loading: number;
  /** Questions answered each way, and the time they took. */
  readonly methods: Readonly<
    Partial<Record<AnswerMethod, { readonly questions: number; readonly milliseconds: number }>>
  >;
}

/** How long a measurement will take. */
export interface EvaluationForecast {
  /** Of each model state. */
  readonly questions: number;
  /** All states together; null where nothing alike was measured on the adapter. */
  readonly milliseconds: number | null;
}

/** Which questions of an evaluation come up in the records on which a run trained. */
export interface EvaluationOverlap {
  readonly runId: string;
  /** Records that were compared. */
  readonly records: number;
  /** Questions too short for a run of words: only their whole text was compared. */
  readonly short: number;
  readonly tasks: readonly TaskOverlap[];
}

/** One model state on one set of questions. */
export interface EvaluationSummary {
  readonly id: string;
  /** The model state; `variant` is the name it is stored by. */
  readonly variant: ModelStateId;
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
  /** Rows of the files that were left out; absent in evaluations of earlier versions. */
  readonly leftOut?: LeftOutRows;
  /** Longest answer of each task whose answers are written, in tokens; absent in evaluations of earlier versions. */
  readonly answerTokens?: Readonly<Record<string, number>>;
  /** Absent in evaluations of earlier versions. */
  readonly pace?: EvaluationPace;
  /** Only of the varied questions of a shortcut check; lists leave these out. */
  readonly check?: ShortcutOf;
  /** Absent where it was not looked for, or the run's records were gone. */
  readonly overlap?: EvaluationOverlap;
  /** Figures of the answers so far; null before the first answer. */
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
  /** How a choice came about; null where the answer is none. */
  readonly extraction: Extraction | null;
  /** −log p of the reference per token, where it was measured. */
  readonly referenceLoss: number | null;
}

export const evaluationCalls = {
  /**
   * Measures a model state. An unfinished evaluation goes on where it stopped, a complete one is
   * measured again. Answers so far stay when it is cancelled.
   */
  'evaluation.run': takes({
    state: modelStateId,
    label: id,
    /** An empty list takes the questions that come with the studio. */
    files: evaluationFiles,
    columns: knownColumns.optional(),
    settings: evaluationSettings,
    task,
  })
    .onDevice('answers')
    .fails(...loadingState, ...readingQuestions, 'evaluation-elsewhere', 'products-need-float16')
    .gives<EvaluationSummary>(),
  /** What files would ask: they are read whole, and nothing is stored. */
  'evaluation.preview': takes({
    files: files.unwrap().min(1).max(100).readonly(),
    columns: knownColumns.optional(),
    closed: z.enum(CLOSED_ANSWERS).optional(),
    known: z.enum(KNOWN_TASKS).optional(),
    shots: z.int().min(0).max(MOST_SHOTS).optional(),
  })
    .fails(...readingQuestions)
    .gives<QuestionPreview>(),
  /** How long a measurement of states of one model will take on an adapter, by its name. Needs no device. */
  'evaluation.forecast': takes({
    modelId: id,
    states: z.int().min(1),
    adapter: z.string().max(1000),
    files: files.unwrap().min(1).max(100).readonly(),
    columns: knownColumns.optional(),
    settings: evaluationSettings,
  })
    .fails(...readingQuestions)
    .gives<EvaluationForecast>(),
  /** The records that a run kept for validation; none where a set is gone or nothing was kept. */
  'evaluation.heldOut': takes({ runId: id })
    .fails('run-missing', ...readingRows)
    .gives<HeldOutQuestions>(),
  /** How many of the records that a run kept for validation nearly repeat others; null where a set is gone or none was kept. */
  'evaluation.heldOutRepeats': takes({ runId: id, task })
    .fails('run-missing', 'cancelled', ...readingRows)
    .gives<HeldOutRepeats | null>(),
  /** How many questions of these files repeat records on which a run trained, by set; sets without repeats are absent. */
  'evaluation.repeats': takes({
    files: files.unwrap().min(1).max(100).readonly(),
    columns: knownColumns.optional(),
    runId: id,
  })
    .fails('run-missing', ...readingQuestions, ...readingRows)
    .gives<readonly RepeatedQuestions[]>(),
  /**
   * Looks for the questions of an evaluation among the records on which a run trained, and keeps what it found with the
   * evaluation; measuring a state of the run does it by itself. Nothing is kept where a set of the run is gone.
   */
  'evaluation.overlap': takes({ id, runId: id, task })
    .fails('run-missing', 'evaluation-missing', 'evaluation-elsewhere', 'cancelled', ...readingRows)
    .gives<EvaluationSummary>(),
  /** Goes on with an evaluation, from the questions stored with it. */
  'evaluation.continue': takes({ id, task })
    .onDevice('answers')
    .fails(...loadingState, 'evaluation-missing', 'evaluation-elsewhere', 'products-need-float16')
    .gives<EvaluationSummary>(),
  /**
   * Asks the questions of an evaluation again in every variation of the shortcut check. Variations that were answered
   * after the evaluation stay as they are; answers so far stay when it is cancelled.
   */
  'evaluation.checkShortcuts': takes({ id, task })
    .onDevice('answers')
    .fails(...loadingState, 'evaluation-missing', 'evaluation-elsewhere', 'products-need-float16')
    .gives<readonly ShortcutState[]>(),
  /** What the shortcut check of an evaluation found so far. */
  'evaluation.shortcuts': takes({ id })
    .fails('evaluation-missing')
    .gives<readonly ShortcutState[]>(),
  'evaluation.list': takes({}).fails('evaluation-missing').gives<readonly EvaluationSummary[]>(),
  'evaluation.remove': takes({ ids: z.array(id).max(1000).readonly() })
    .fails('evaluation-elsewhere')
    .gives<null>(),
  /** The answers of a task with the highest or the lowest value, ties in the order of the file. */
  'evaluation.samples': takes({
    id,
    task: z.string().min(1).max(200),
    order: z.enum(['best', 'worst']),
    count: z.int().min(1).max(100),
  })
    .fails('evaluation-missing')
    .gives<readonly AnswerSample[]>(),
  /** Compares both on the items that both answered. */
  'evaluation.compare': takes({ first: id, second: id })
    .fails('evaluation-missing', 'evaluation-mismatch')
    .gives<Comparison>(),
  /** Every answer of these evaluations, one per line; or the results of lm-eval's tasks of the first in its JSON. */
  'evaluation.export': takes({
    ids: z.array(id).min(1).max(1000).readonly(),
    format: z.enum(answerFormats),
  })
    .fails('evaluation-missing', 'evaluation-no-harness')
    .gives<MadeFile>(),
};
