/** Scores of a model state on questions with known answers. */
import type { EvaluationItem } from '../evaluation/items.ts';
import { promptText } from '../evaluation/prompt-text.ts';
import type { ChoiceMethod } from '../evaluation/settings.ts';
import { evaluateItems, type TaskAnswers } from '../evaluation/tasks.ts';
import { openedState, type ModelState } from './state.ts';

export interface EvaluateOptions {
  readonly state: ModelState;
  readonly items: readonly EvaluationItem[];
  /** Longest written answer in tokens; 64 unless told. */
  readonly maxTokens?: number;
  /** How multiple choice is decided; `likelihood` unless told. */
  readonly choices?: ChoiceMethod;
  readonly onProgress?: (done: number, total: number) => void;
  /** Ends it after the batch it is in, with the signal's reason as error. */
  readonly signal?: AbortSignal;
}

/**
 * Asks every item and scores the answers by task; the same items give the same answers.
 * @throws StudioError what the device refuses
 */
export async function evaluate({
  state,
  items,
  maxTokens = 64,
  choices,
  onProgress,
  signal,
}: EvaluateOptions): Promise<readonly TaskAnswers[]> {
  const { model, weights } = openedState(state);
  const answering = {
    generateBatch: weights.generateBatch.bind(weights),
    score: (records: readonly { ids: Uint32Array; labels: Int32Array }[]) =>
      weights.score(records.map((record) => ({ ...record, task: 0 }))),
  };
  return evaluateItems(answering, promptText(model.tokenizer, model.chat), items, {
    ...{ maxTokens, contextLength: weights.context },
    ...(choices === undefined ? {} : { choices }),
    ...(onProgress === undefined ? {} : { onProgress }),
    check: () => signal?.throwIfAborted(),
  });
}
