/** What evaluation asks of a model and of its text side, and how a question becomes a sequence. */
import { NO_TARGET } from '../../text/labels/no-target.ts';

/** What evaluation asks of a model; StateModel is one. */
export interface AnsweringModel {
  /** Greedy continuations of at most `maxTokens` tokens, without the end token. */
  generateBatch(
    prompts: readonly Uint32Array[],
    maxTokens: number,
    eosIds: readonly number[],
  ): Promise<readonly Uint32Array[]>;
  /** Sum of −log p over the targets of each record, and their number. */
  score(records: readonly ScoredRecord[]): Promise<readonly ScoredTargets[]>;
}

interface ScoredTargets {
  readonly nll: number;
  readonly targets: number;
  /** Whether each target is the likeliest token there; absent where that was not found. */
  readonly greedy?: boolean;
}

export interface ScoredRecord {
  readonly ids: Uint32Array;
  readonly labels: Int32Array;
}

/** A place where one of several options may follow. */
export interface OptionPlace {
  readonly before: Uint32Array;
  readonly options: readonly { readonly name: string; readonly ids: Uint32Array }[];
  /**
   * The log-likelihood of the whole option decides, not that of a token, as in lm-eval; there the last token needs no
   * place in the context, since nothing follows it.
   */
  readonly whole?: true;
}

/** What evaluation asks of a tokenizer and chat template, with answers at once or as promises. */
export interface AskedText {
  /** The prompt as a user turn, up to where the answer begins. */
  prompt(text: string): Uint32Array | Promise<Uint32Array>;
  /** Ids of an answer as it would follow the prompt, without the end token. */
  answer(text: string): Uint32Array | Promise<Uint32Array>;
  /** Ids of a piece of text alone. */
  piece(text: string): Uint32Array | Promise<Uint32Array>;
  /** Ids of a text in no template, with the begin token first where the model was trained with one. */
  plain(text: string): Uint32Array | Promise<Uint32Array>;
  decode(ids: Uint32Array): string | Promise<string>;
  readonly eosIds: readonly number[];
}

/** The same with every answer at once. */
export interface PromptText extends AskedText {
  prompt(text: string): Uint32Array;
  answer(text: string): Uint32Array;
  piece(text: string): Uint32Array;
  plain(text: string): Uint32Array;
  decode(ids: Uint32Array): string;
}

/** Asks everything before it waits, so that the answers can be computed together. */
export function askAll<T, R>(
  values: readonly T[],
  ask: (value: T, index: number) => R | Promise<R>,
): Promise<R[]> {
  return Promise.all(values.map(ask));
}

/** Keeps the end of a prompt, which holds the question, and leaves `room` tokens for the answer. */
export function fit(prompt: Uint32Array, contextLength: number, room: number): Uint32Array {
  const most = Math.max(1, contextLength - room);
  return prompt.length <= most ? prompt : prompt.slice(prompt.length - most);
}

/** A sequence of which only the last part is scored. */
export function recordOf(before: Uint32Array, scored: Uint32Array): ScoredRecord {
  const ids = new Uint32Array([...before, ...scored]);
  const labels = new Int32Array(ids.length).fill(NO_TARGET);
  labels.set(scored, before.length);
  return { ids, labels };
}
