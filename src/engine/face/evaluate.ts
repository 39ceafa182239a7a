/** Asks a model state questions with known answers, and scores what it says. */
import type { AnsweringModel } from '../evaluation/answering.ts';
import type { EvaluationItem } from '../evaluation/items.ts';
import { promptText } from '../evaluation/prompt-text.ts';
import { readQuestionFile, type ReadQuestions } from '../evaluation/questions/question-file.ts';
import type { ChoiceMethod } from '../evaluation/settings.ts';
import { evaluateItems, type AnswerKeeping, type TaskAnswers } from '../evaluation/tasks.ts';
import { openedState, type ModelState } from './state.ts';

export interface EvaluateOptions extends AnswerKeeping {
  readonly state: ModelState;
  readonly items: readonly EvaluationItem[];
  /** Longest written answer in tokens; 64 unless told. */
  readonly maxTokens?: number;
  /** How multiple choice is decided; `likelihood` unless told. */
  readonly choices?: ChoiceMethod;
  /** Items asked together; 8 unless told. */
  readonly batchSize?: number;
  readonly onProgress?: (done: number, total: number) => void;
  /** Ends it after the current batch, with the signal's reason as error. */
  readonly signal?: AbortSignal;
}

/**
 * Reads a file of questions with known answers: JSON, JSON lines or CSV, gzip-compressed or not, as records to train
 * on or as rows that name their metric.
 * @param name its name: the ending tells CSV from JSON, and the name is the task of rows that name none
 * @throws StudioError where it is not a file of rows
 */
export function readQuestions(file: Blob | Uint8Array, name: string): Promise<ReadQuestions> {
  const chunks = () => (file instanceof Uint8Array ? [file] : file.stream());
  return readQuestionFile({ chunks, name });
}

/**
 * Asks every item and scores the answers by task; the same items give the same answers.
 * @throws StudioError for requests that the device refuses
 */
export async function evaluate({
  state,
  items,
  signal,
  maxTokens = 64,
  ...options
}: EvaluateOptions): Promise<readonly TaskAnswers[]> {
  const opened = openedState(state);
  const { model } = opened;
  const answering: AnsweringModel = {
    generateBatch: (...asked) => opened.use((answers) => answers.generateBatch(...asked)),
    score: state.score.bind(state),
  };
  return evaluateItems(answering, promptText(model.tokenizer, model.chat), items, {
    ...options,
    ...{ maxTokens, contextLength: state.context },
    check: () => signal?.throwIfAborted(),
  });
}
