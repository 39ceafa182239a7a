import type { EvaluationItem, TaskItems } from './items.ts';
import { groupByTask, scoreAnswers } from './items.ts';
import { mean } from './metrics.ts';

/** What evaluation asks of a model; VariantModel is one. */
export interface AnsweringModel {
  /** Greedy continuations of at most `maxTokens` tokens, without the end token. */
  generateBatch(
    prompts: readonly Uint32Array[],
    maxTokens: number,
    eosIds: readonly number[],
  ): Promise<readonly Uint32Array[]>;
  /** Sum of −log p over the targets of each record, and their number. */
  score(
    records: readonly { readonly ids: Uint32Array; readonly labels: Int32Array }[],
  ): Promise<readonly { readonly nll: number; readonly targets: number }[]>;
}

/** What evaluation asks of tokenizer and chat template. */
export interface PromptText {
  /** The prompt as a user turn, up to where the answer begins. */
  prompt(text: string): Uint32Array;
  /** Ids of an answer as it would follow the prompt, without the end token. */
  answer(text: string): Uint32Array;
  decode(ids: Uint32Array): string;
  readonly eosIds: readonly number[];
}

export interface EvaluateOptions {
  /** Longest generated answer, in tokens. */
  readonly maxTokens: number;
  /** Longest sequence that the model takes. */
  readonly contextLength: number;
  readonly batchSize?: number;
  readonly onProgress?: (done: number, total: number) => void;
  /** Throws to stop. Called between batches. */
  readonly check?: () => void;
}

export interface ItemsResult {
  readonly task: string;
  readonly kind: TaskItems['kind'];
  readonly metric: TaskItems['metric'];
  readonly score: number;
  /** Null where likelihoods were compared: no answer was written. */
  readonly formatAdherence: number | null;
  readonly items: number;
  /** What the model answered, item by item. */
  readonly answers: readonly string[];
}

const DEFAULT_BATCH = 8;
const NO_TARGET = -100;

/**
 * Asks every item and scores the answers by task. Multiple choice is decided by likelihood: the option
 * letter with the highest log p per token after the prompt, ties to the earlier one. Everything else is
 * answered greedily and parsed. Prompts longer than the context lose their beginning.
 */
export async function evaluateItems(
  model: AnsweringModel,
  text: PromptText,
  items: readonly EvaluationItem[],
  options: EvaluateOptions,
): Promise<ItemsResult[]> {
  const total = items.length;
  let done = 0;
  const advance = (count: number): void => {
    done += count;
    options.onProgress?.(done, total);
  };
  const results: ItemsResult[] = [];
  for (const task of groupByTask(items)) {
    const choice = task.metric === 'accuracy' && task.items.every(isMultipleChoice);
    const answers = choice
      ? await chooseAll(model, text, task.items, options, advance)
      : await answerAll(model, text, task.items, options, advance);
    const { task: name, kind, metric } = task;
    const { score, formatAdherence } = choice
      ? { score: shareRight(task.items, answers), formatAdherence: null }
      : scoreAnswers(task, answers);
    const count = task.items.length;
    results.push({ task: name, kind, metric, score, formatAdherence, items: count, answers });
  }
  return results;
}

/** Options named by letters. Labels in words (yes, no, …) are answers to be written. */
function isMultipleChoice({ choices }: EvaluationItem): boolean {
  return choices?.every((choice) => /^[A-Z]$/.test(choice)) ?? false;
}

function shareRight(items: readonly EvaluationItem[], answers: readonly string[]): number {
  return mean(items.map(({ answer }, i) => (answer === answers[i] ? 1 : 0)));
}

function batches<T>(items: readonly T[], size: number): T[][] {
  const found: T[][] = [];
  for (let first = 0; first < items.length; first += size) {
    found.push(items.slice(first, first + size));
  }
  return found;
}

/** Keeps the end of a prompt, where the question stands, and leaves `room` tokens for the answer. */
function fit(prompt: Uint32Array, contextLength: number, room: number): Uint32Array {
  const most = Math.max(1, contextLength - room);
  return prompt.length <= most ? prompt : prompt.slice(prompt.length - most);
}

async function answerAll(
  model: AnsweringModel,
  text: PromptText,
  items: readonly EvaluationItem[],
  options: EvaluateOptions,
  advance: (count: number) => void,
): Promise<string[]> {
  const { maxTokens, contextLength, batchSize = DEFAULT_BATCH } = options;
  const room = Math.min(maxTokens, Math.floor(contextLength / 2));
  const answers: string[] = [];
  for (const batch of batches(items, batchSize)) {
    options.check?.();
    const prompts = batch.map(({ prompt }) => fit(text.prompt(prompt), contextLength, room));
    const written = await model.generateBatch(prompts, room, text.eosIds);
    for (const ids of written) answers.push(text.decode(ids).trim());
    advance(batch.length);
  }
  return answers;
}

async function chooseAll(
  model: AnsweringModel,
  text: PromptText,
  items: readonly EvaluationItem[],
  options: EvaluateOptions,
  advance: (count: number) => void,
): Promise<string[]> {
  const { contextLength, batchSize = DEFAULT_BATCH } = options;
  const answers: string[] = [];
  for (const batch of batches(items, batchSize)) {
    options.check?.();
    const records: { ids: Uint32Array; labels: Int32Array }[] = [];
    for (const { prompt, choices = [] } of batch) {
      const promptIds = text.prompt(prompt);
      for (const choice of choices) {
        const option = text.answer(choice);
        const kept = fit(promptIds, contextLength, option.length);
        const ids = new Uint32Array([...kept, ...option]);
        const labels = new Int32Array(ids.length).fill(NO_TARGET);
        labels.set(option, kept.length);
        records.push({ ids, labels });
      }
    }
    const scores = await model.score(records);
    let at = 0;
    for (const { choices = [] } of batch) {
      let best = '';
      let bestLogProbability = Number.NEGATIVE_INFINITY;
      for (const choice of choices) {
        const { nll, targets } = scores[at] ?? { nll: Number.POSITIVE_INFINITY, targets: 1 };
        at += 1;
        const logProbability = -nll / Math.max(1, targets);
        if (logProbability > bestLogProbability) {
          best = choice;
          bestLogProbability = logProbability;
        }
      }
      answers.push(best);
    }
    advance(batch.length);
  }
  return answers;
}
