/** Puts evaluation items to a model, a batch at a time and resumable: options by likelihood, answers by writing. */
import { answerRoom } from './answer-room.ts';
import { askAll, fit, recordOf, type AnsweringModel, type AskedText } from './answering.ts';
import {
  groupByTask,
  isMultipleChoice,
  rightLetters,
  type EvaluationItem,
  type ItemAnswer,
  type TaskItems,
} from './items.ts';
import { harnessPlace } from './harness/questions.ts';
import { likeliest, likeliestLetter, reasonedLetters } from './multiple-choice.ts';
import { scoreAnswers, type AnswerScore } from './answers/read-answers.ts';
import type { ReferenceLoss } from './answers/reading.ts';
import type { ChoiceMethod } from './settings.ts';

export interface EvaluateOptions {
  /** Longest generated answer, in tokens; unless it is given, answers have the room that their task needs. */
  readonly maxTokens?: number | undefined;
  /** Told the longest answer of each task whose answers are written. */
  readonly onRoom?: (task: string, tokens: number) => void;
  /** Longest sequence that the model takes. */
  readonly contextLength: number;
  readonly batchSize?: number;
  /** `likelihood` unless told otherwise. */
  readonly choices?: ChoiceMethod;
  /** Also measures how likely the reference answers are. */
  readonly perplexity?: boolean;
  readonly onProgress?: (done: number, total: number) => void;
  /** Throws to stop. Called between batches. */
  readonly check?: () => void;
}

/** How a task's answers were obtained. */
export type AnswerMethod = ChoiceMethod | 'written' | 'reference';

/** A batch of answers, with the places of their items among all. */
export type AnswerBatch = readonly (readonly [place: number, answer: ItemAnswer])[];

const DEFAULT_BATCH = 8;
/** Longest chain of thought with its answer, in tokens. */
const REASONING_ROOM = 256;

/**
 * How to ask a task. A question with several right answers is always written: likelihoods would have to
 * compare all sets of options.
 */
export function methodOf(
  { metric, items }: Pick<TaskItems, 'metric' | 'items'>,
  choices: ChoiceMethod = 'likelihood',
): AnswerMethod {
  if (metric === 'perplexity') return 'reference';
  if (!items.every(isMultipleChoice)) return 'written';
  const several = items.some((item) => rightLetters(item).length > 1);
  return several && choices === 'likelihood' ? 'generated' : choices;
}

interface KnownAnswers {
  /** Whether the item at a place has an answer already, so that it is not asked again. */
  readonly known: (place: number) => boolean;
}

/**
 * Asks the items that have no answer yet, task by task, and yields the answers batch by batch.
 * Prompts longer than the context lose their beginning.
 */
export async function* answerItems(
  model: AnsweringModel,
  text: AskedText,
  items: readonly EvaluationItem[],
  { known = () => false, ...options }: EvaluateOptions & Partial<KnownAnswers>,
): AsyncGenerator<AnswerBatch> {
  const { batchSize = DEFAULT_BATCH, perplexity = false } = options;
  let done = items.filter((_item, place) => known(place)).length;
  for (const task of groupByTask(items)) {
    const method = methodOf(task, options.choices);
    const open = task.places.filter((place) => !known(place));
    const maxTokens = await roomFor(text, task, method, options);
    for (let first = 0; first < open.length; first += batchSize) {
      options.check?.();
      const places = open.slice(first, first + batchSize);
      const batch = places.flatMap((place) => items[place] ?? []);
      const answers = await answerBatch(model, text, batch, { ...options, method, maxTokens });
      const references =
        perplexity || method === 'reference'
          ? await referenceLosses(model, text, batch, options.contextLength)
          : [];
      done += places.length;
      options.onProgress?.(done, items.length);
      yield places.map((place, i) => {
        const answer = answers[i] ?? { text: '', written: null };
        return [place, { ...answer, reference: references[i] ?? null }] as const;
      });
    }
  }
}

/** The longest answer of a task; 0 where nothing is written. */
async function roomFor(
  text: AskedText,
  { task, items }: TaskItems,
  method: AnswerMethod,
  { maxTokens, onRoom }: Pick<EvaluateOptions, 'maxTokens' | 'onRoom'>,
): Promise<number> {
  if (method === 'likelihood' || method === 'reference') return 0;
  const room =
    maxTokens ?? (method === 'reasoned' ? REASONING_ROOM : await answerRoom(text, items));
  onRoom?.(task, room);
  return room;
}

export interface TaskAnswers extends TaskItems, AnswerScore {
  readonly method: AnswerMethod;
  /** Item by item. */
  readonly answers: readonly ItemAnswer[];
}

/** Where an evaluation goes on, and who keeps its answers. */
export interface AnswerKeeping {
  /** Existing answers by the place of their item; these items are not asked again. */
  readonly known?: readonly (ItemAnswer | undefined)[];
  /** Called with each batch of answers and awaited, so that an evaluation can go on from the answers it keeps. */
  readonly onAnswers?: (answers: AnswerBatch) => void | Promise<void>;
}

/** Asks every item; answers and score by task. */
export async function evaluateItems(
  model: AnsweringModel,
  text: AskedText,
  items: readonly EvaluationItem[],
  { known = [], onAnswers, ...options }: EvaluateOptions & AnswerKeeping,
): Promise<TaskAnswers[]> {
  const answers = [...known];
  const asked = { ...options, known: (place: number) => answers[place] !== undefined };
  for await (const batch of answerItems(model, text, items, asked)) {
    for (const [place, answer] of batch) answers[place] = answer;
    await onAnswers?.(batch);
  }
  return groupByTask(items).map((task) => {
    const own = task.places.flatMap((place) => answers[place] ?? []);
    const method = methodOf(task, options.choices);
    return { ...task, ...scoreAnswers(task, own), method, answers: own };
  });
}

async function answerBatch(
  model: AnsweringModel,
  text: AskedText,
  items: readonly EvaluationItem[],
  {
    method,
    contextLength,
    maxTokens,
  }: Pick<EvaluateOptions, 'contextLength'> & {
    readonly method: AnswerMethod;
    readonly maxTokens: number;
  },
): Promise<readonly Omit<ItemAnswer, 'reference'>[]> {
  const room = Math.min(maxTokens, Math.floor(contextLength / 2));
  switch (method) {
    case 'reference':
      return items.map(() => ({ text: '', written: null }));
    case 'likelihood': {
      const chosen = await likeliest(
        model,
        await askAll(items, async (item) => {
          if (item.harness) return harnessPlace(text, item);
          const { prompt, choices = [] } = item;
          const [before, options] = await Promise.all([
            text.prompt(prompt),
            askAll(choices, async (name) => ({ name, ids: await text.answer(name) })),
          ]);
          return { before, options };
        }),
        contextLength,
      );
      return chosen.map(({ name, logLikelihoods, greedy }) => ({
        ...{ text: name, written: null, options: logLikelihoods },
        ...(greedy && { greedy }),
      }));
    }
    case 'written': {
      const asked = await askAll(items, ({ prompt }) => text.prompt(prompt));
      const prompts = asked.map((prompt) => fit(prompt, contextLength, room));
      const written = await model.generateBatch(prompts, room, text.eosIds);
      const texts = await askAll(written, (ids) => text.decode(ids));
      return texts.map((said, i) => ({
        ...{ text: said.trim(), written: null },
        ...((written[i]?.length ?? 0) >= room && { cut: true as const }),
      }));
    }
    case 'reasoned':
      return reasonedLetters(model, text, items, { contextLength, room });
    case 'generated':
      return likeliestLetter(model, text, items, { contextLength, room });
  }
}

/** −log p of each reference after its prompt; a reference that does not fit keeps its beginning. */
async function referenceLosses(
  model: AnsweringModel,
  text: AskedText,
  items: readonly EvaluationItem[],
  contextLength: number,
): Promise<(ReferenceLoss | null)[]> {
  const records = await askAll(items, async ({ prompt, answer }) => {
    const [asked, answered] = await Promise.all([text.prompt(prompt), text.answer(answer)]);
    const reference = answered.subarray(0, Math.floor(contextLength / 2));
    return recordOf(fit(asked, contextLength, reference.length), reference);
  });
  const scores = await model.score(records);
  return scores.map(({ nll, targets }) => (targets > 0 ? { nll, tokens: targets } : null));
}
