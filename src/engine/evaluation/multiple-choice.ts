/** The ways to read a choice: the likelihood of each option after the prompt, or a written answer. */
import {
  askAll,
  fit,
  recordOf,
  type AnsweringModel,
  type AskedText,
  type OptionPlace,
} from './answering.ts';
import { isMultipleChoice, rightLetters, type EvaluationItem, type ItemAnswer } from './items.ts';
import { readLetters, statedLetters, type ReadBy } from './answers/stated-answer.ts';
import { writtenQuestion } from './harness/questions.ts';
import type { ChoiceMethod } from './settings.ts';

/** How likely an option is at its place. */
interface OptionLikelihood {
  /** Sum of log p over its tokens; −∞ for an option without a token. */
  readonly logLikelihood: number;
  readonly perToken: number;
  /** Whether the model would write it greedily; null where that was not found. */
  readonly greedy: boolean | null;
}

async function optionLikelihoods(
  model: Pick<AnsweringModel, 'score'>,
  places: readonly OptionPlace[],
  contextLength: number,
): Promise<OptionLikelihood[][]> {
  const records = places.flatMap(({ before, options, whole }) =>
    options.map(({ ids }) =>
      recordOf(fit(before, whole ? contextLength + 1 : contextLength, ids.length), ids),
    ),
  );
  const scores = await model.score(records);
  let at = 0;
  return places.map(({ options }) =>
    options.map(() => {
      const { nll = Number.POSITIVE_INFINITY, targets = 1, greedy = null } = { ...scores[at] };
      at += 1;
      const logLikelihood = targets === 0 ? Number.NEGATIVE_INFINITY : -nll;
      return { logLikelihood, perToken: logLikelihood / Math.max(1, targets), greedy };
    }),
  );
}

/** Log p per token of each option at each place, in the order given; −∞ for an option without a token. */
export async function optionScores(
  model: Pick<AnsweringModel, 'score'>,
  places: readonly OptionPlace[],
  contextLength: number,
): Promise<number[][]> {
  const scores = await optionLikelihoods(model, places, contextLength);
  return scores.map((options) => options.map(({ perToken }) => perToken));
}

/** The option chosen at a place, and the log-likelihood of every option there. */
export interface LikeliestOption {
  readonly name: string;
  readonly logLikelihoods: readonly number[];
  /** Of every option, whether the model would write it greedily; null where that was not found. */
  readonly greedy: readonly boolean[] | null;
}

/** The option with the highest log p per token at each place (or of all its tokens), ties to the earlier one. */
export async function likeliest(
  model: Pick<AnsweringModel, 'score'>,
  places: readonly OptionPlace[],
  contextLength: number,
): Promise<LikeliestOption[]> {
  const scores = await optionLikelihoods(model, places, contextLength);
  return places.map(({ options, whole }, place) => {
    const own = scores[place] ?? [];
    let best = '';
    let bestLogProbability = Number.NEGATIVE_INFINITY;
    options.forEach(({ name }, i) => {
      const logProbability = (whole ? own[i]?.logLikelihood : own[i]?.perToken) ?? Number.NaN;
      if (logProbability > bestLogProbability) {
        best = name;
        bestLogProbability = logProbability;
      }
    });
    const greedy = own.flatMap((option) => option.greedy ?? []);
    return {
      name: best,
      logLikelihoods: own.map(({ logLikelihood }) => logLikelihood),
      greedy: greedy.length === own.length ? greedy : null,
    };
  });
}

interface Closing {
  /** The end of the prompt, which tells the model the form. */
  readonly instruction: string;
  /** The same where the model is to reason first. */
  readonly reasoning: string;
  /** The text appended to the free answer. */
  readonly text: string;
}

const english: Closing = {
  instruction:
    'Explain your choice, then close with the final answer in this form: The answer is {answer}.',
  reasoning:
    'Think step by step. Then close with the letter of your choice in this form: The answer is {answer}.',
  text: '\nThe answer is ',
};
const chinese: Closing = {
  instruction: '请先说明理由，最后用以下格式给出答案：答案为{answer}。',
  reasoning: '请一步一步地思考，最后用以下格式给出所选字母：答案为{answer}。',
  text: '\n答案为',
};

function closingOf({ prompt }: EvaluationItem): Closing {
  return /\p{Script=Han}/u.test(prompt) ? chinese : english;
}

/** The prompt with the closing instruction, unless it already asks for that form. */
function promptWithClosing(item: EvaluationItem): string {
  const prompt = writtenQuestion(item);
  if (/the answer is \{|答案为\{/i.test(prompt)) return prompt;
  return `${prompt}\n${closingOf(item).instruction}`;
}

/**
 * Free greedy answers; after each the closing text, and the likeliest option letter as the next token.
 * Where several options are right, the answer's own letters count; an answer without any gets the one letter.
 */
export async function likeliestLetter(
  model: AnsweringModel,
  text: AskedText,
  items: readonly EvaluationItem[],
  { contextLength, room }: { readonly contextLength: number; readonly room: number },
): Promise<Omit<ItemAnswer, 'reference'>[]> {
  const closings = await askAll(items, (item) => text.piece(closingOf(item).text));
  const longest = Math.max(0, ...closings.map(({ length }) => length)) + 1;
  const answerRoom = Math.max(1, room - longest);
  const asked = await askAll(items, (item) => text.prompt(promptWithClosing(item)));
  const prompts = asked.map((prompt) => fit(prompt, contextLength, answerRoom + longest));
  const written = await model.generateBatch(prompts, answerRoom, text.eosIds);
  const chosen = await likeliest(
    model,
    await askAll(items, async ({ choices = [] }, i) => ({
      before: new Uint32Array([
        ...(prompts[i] ?? []),
        ...(written[i] ?? []),
        ...(closings[i] ?? []),
      ]),
      // One token: the last one of a letter that takes more, as with a word mark before it.
      options: await askAll(choices, async (name) => ({
        name,
        ids: (await text.piece(name)).slice(-1),
      })),
    })),
    contextLength,
  );
  const said = await askAll(written, (ids) => text.decode(ids));
  return items.map((item, i) => {
    const words = said[i]?.trim() ?? '';
    const stated =
      rightLetters(item).length > 1 ? statedLetters(words, item.choices ?? []).join('') : '';
    return { text: stated === '' ? (chosen[i]?.name ?? '') : stated, written: words };
  });
}

/** What a model is asked where it reasons before it answers. */
function reasoningPrompt(item: EvaluationItem): string {
  return `${writtenQuestion(item)}\n${closingOf(item).reasoning}`;
}

/** Chain of thought: free greedy answers of which only what is written counts; none where no option is named. */
export async function reasonedLetters(
  model: AnsweringModel,
  text: AskedText,
  items: readonly EvaluationItem[],
  { contextLength, room }: { readonly contextLength: number; readonly room: number },
): Promise<Omit<ItemAnswer, 'reference'>[]> {
  const asked = await askAll(items, (item) => text.prompt(reasoningPrompt(item)));
  const prompts = asked.map((prompt) => fit(prompt, contextLength, room));
  const written = await model.generateBatch(prompts, room, text.eosIds);
  const said = await askAll(written, (ids) => text.decode(ids));
  return items.map(({ choices = [] }, i) => {
    const words = said[i]?.trim() ?? '';
    return {
      ...{ text: statedLetters(words, choices).join(''), written: words },
      ...((written[i]?.length ?? 0) >= room && { cut: true as const }),
    };
  });
}

/** How an answer to a multiple-choice question came about: for the log of what was asked, written, read, and why. */
export interface Extraction {
  /** The text of the user's turn, or of the whole prompt where there is no template. */
  readonly asked: string;
  /**
   * `likelihood`: the likeliest option after the prompt; `closing`: the likeliest letter after the closing text; else
   * what in the answer decided, or why nothing was read.
   */
  readonly by: 'likelihood' | 'closing' | ReadBy;
  /** The words of the answer that decided. */
  readonly quote: string;
}

/** Null where an answer is no choice. */
export function extractionOf(
  item: EvaluationItem,
  { written }: ItemAnswer,
  method: ChoiceMethod,
): Extraction | null {
  if (!isMultipleChoice(item)) return null;
  if (written === null) return { asked: item.prompt, by: 'likelihood', quote: '' };
  const { by, quote } = readLetters(written, item.choices ?? []);
  if (method === 'reasoned') return { asked: reasoningPrompt(item), by, quote };
  const asked = promptWithClosing(item);
  return rightLetters(item).length > 1 && quote !== ''
    ? { asked, by, quote }
    : { asked, by: 'closing', quote: '' };
}
